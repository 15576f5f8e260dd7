import { Module } from '@nestjs/common';
import type { BeforeApplicationShutdown, DynamicModule, OnApplicationBootstrap } from '@nestjs/common';
import { Notifier } from './notifier.ts';
import type { NotifierDependencies } from './notifier.ts';

/** What starts with the service and stops with it. */
class NotifierLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly notifier: Notifier) {}

  onApplicationBootstrap(): void {
    this.notifier.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.notifier.stop();
  }
}

@Module({})
export class NotifierModule {
  static with(dependencies: NotifierDependencies): DynamicModule {
    const notifier = new Notifier(dependencies);
    return { module: NotifierModule, providers: [{ provide: NotifierLifecycle, useValue: new NotifierLifecycle(notifier) }] };
  }
}

import { Module } from '@nestjs/common';
import type { BeforeApplicationShutdown, DynamicModule, OnApplicationBootstrap } from '@nestjs/common';
import type { HealthRegistry } from '@jeroboam/platform';
import { DEFAULT_TELEMETRY_CONFIG } from './telemetry.config.ts';
import type { TelemetryConfig } from './telemetry.config.ts';
import { Telemetry } from './telemetry.service.ts';
import type { TelemetryParts } from './telemetry.service.ts';

export interface TelemetryDependencies extends Omit<TelemetryParts, 'config' | 'random'> {
  /** Told whether telemetry knows which bays there are. */
  readonly health?: HealthRegistry;
  readonly config: Partial<TelemetryConfig> & Pick<TelemetryConfig, 'dataDir'>;
}

/** Stops before the connections do, so that nothing it says is lost on the way. */
class TelemetryLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly telemetry: Telemetry) {}

  onApplicationBootstrap(): void {
    this.telemetry.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.telemetry.stop();
  }
}

@Module({})
export class TelemetryModule {
  static with({ health, config, ...parts }: TelemetryDependencies): DynamicModule {
    const telemetry = new Telemetry({ ...parts, random: Math.random, config: { ...DEFAULT_TELEMETRY_CONFIG, ...config } });
    health?.addReadiness('bays to watch', () => telemetry.check());
    return { module: TelemetryModule, providers: [{ provide: TelemetryLifecycle, useValue: new TelemetryLifecycle(telemetry) }] };
  }
}

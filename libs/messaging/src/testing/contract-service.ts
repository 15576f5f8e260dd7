import { DomainError } from '@jeroboam/domain';
import { logContext } from '@jeroboam/platform';
import { Controller, Inject, Module } from '@nestjs/common';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Handles } from '../handles.ts';
import { defineMessage } from '../message.ts';
import type { Message, MessageContext } from '../message.ts';
import type { Messaging } from '../messaging.ts';

export const echo = defineMessage<unknown, unknown>('contract.echo');
export const remember = defineMessage<{ list: number[] }, { list: number[] }>('contract.remember');
export const reflect = defineMessage<null, { context: MessageContext; logFields: unknown }>('contract.reflect');
export const refuse = defineMessage<{ size: number }, never>('contract.refuse');
export const crash = defineMessage<null, never>('contract.crash');
export const hold = defineMessage<null, string>('contract.hold');
export const which = defineMessage<{ id: number }, string>('contract.which');
export const produce = defineMessage<{ bytes: number }, string>('contract.produce');
export const forward = defineMessage<{ text: string }, unknown>('contract.forward');
/** Sends what nobody handles. */
export const dependOnNobody = defineMessage<null, unknown>('contract.depend-on-nobody');
export const nobody = defineMessage<null, null>('contract.nobody');

export class TooManyNodes extends DomainError {
  readonly code = 'TOO_MANY_NODES';
  readonly kind = 'conflict';
  constructor(size: number) {
    super(`${size} nodes are too many`, { size, limits: [1, 5], at: new Date('2026-01-31T12:00:00Z') });
  }
}

/** What a test sees of, and does to, one instance of the service. */
export class Instance {
  /** Ids that `which` was asked about, in order. */
  readonly handled: number[] = [];
  /** What `remember` got and gave; changing either must change nothing elsewhere. */
  readonly seen: { list: number[] }[] = [];
  /** Resolves when a `hold` has begun. */
  readonly holding = Promise.withResolvers<void>();
  /** Ends all `hold`s. */
  readonly release = Promise.withResolvers<void>();

  constructor(
    readonly name: string,
    readonly messaging: Messaging,
  ) {}
}

@Controller()
class ContractController {
  constructor(@Inject(Instance) private readonly instance: Instance) {}

  @Handles(echo)
  async echo({ payload }: Message<unknown>): Promise<unknown> {
    return payload;
  }

  @Handles(remember)
  async remember({ payload }: Message<{ list: number[] }>): Promise<{ list: number[] }> {
    payload.list.push(99);
    this.instance.seen.push(payload);
    return payload;
  }

  @Handles(reflect)
  async reflect({ context }: Message<null>): Promise<{ context: MessageContext; logFields: unknown }> {
    await new Promise((resolve) => setImmediate(resolve));
    return { context, logFields: logContext() };
  }

  @Handles(refuse)
  async refuse({ payload }: Message<{ size: number }>): Promise<never> {
    throw new TooManyNodes(payload.size);
  }

  @Handles(crash)
  async crash(): Promise<never> {
    throw new TypeError('the password is hunter2');
  }

  @Handles(hold)
  async hold(): Promise<string> {
    this.instance.holding.resolve();
    await this.instance.release.promise;
    return this.instance.name;
  }

  @Handles(which)
  async which({ payload }: Message<{ id: number }>): Promise<string> {
    this.instance.handled.push(payload.id);
    return this.instance.name;
  }

  @Handles(produce)
  async produce({ payload }: Message<{ bytes: number }>): Promise<string> {
    return 'x'.repeat(payload.bytes);
  }

  @Handles(forward)
  async forward({ payload, context }: Message<{ text: string }>): Promise<unknown> {
    return this.instance.messaging.client.send(echo, payload, { context, timeoutMs: 10_000 });
  }

  @Handles(dependOnNobody)
  async dependOnNobody({ context }: Message<null>): Promise<unknown> {
    return this.instance.messaging.client.send(nobody, null, { context, timeoutMs: 10_000 });
  }
}

/** Boots one instance of the service on `messaging`, as a real one boots. */
export async function startInstance(name: string, messaging: Messaging): Promise<{ instance: Instance; app: INestMicroservice }> {
  const instance = new Instance(name, messaging);

  @Module({ controllers: [ContractController], providers: [{ provide: Instance, useValue: instance }] })
  class ContractModule {}

  const app = await NestFactory.createMicroservice(ContractModule, { strategy: messaging.strategy(), logger: false });
  await app.listen();
  return { instance, app };
}

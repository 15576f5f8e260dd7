import { randomUUID } from 'node:crypto';
import type { BaySpec } from '@jeroboam/domain';
import type { BayCertificates, ResourceLedger } from '@jeroboam/driver-sdk';
import { getCaCertificate, intendResources, recordResources, releaseResources, signNodeCsr } from '@jeroboam/messaging';
import type { HeldLease, MessageClient, MessageContext, SendOptions } from '@jeroboam/messaging';

/** Sends on behalf of one leased step; every message has an id of its own. */
export class StepMessages {
  constructor(
    readonly client: MessageClient,
    private readonly context: Omit<MessageContext, 'commandId'>,
    private readonly timeoutMs: number,
  ) {}

  options(commandId: string = randomUUID()): SendOptions {
    return { context: { ...this.context, commandId }, timeoutMs: this.timeoutMs };
  }
}

/** The ledger of the bay, kept by the scheduler in the bay's stream; refuses whoever has lost the lease. */
export function remoteLedger(messages: StepMessages, lease: HeldLease): ResourceLedger {
  const { client } = messages;
  return {
    async intend(resources) {
      if (resources.length > 0) await client.send(intendResources, { ...lease, resources }, messages.options());
    },
    async record(resources) {
      if (resources.length > 0) await client.send(recordResources, { ...lease, resources }, messages.options());
    },
    async release(resourceIds) {
      if (resourceIds.length > 0) await client.send(releaseResources, { ...lease, resourceIds }, messages.options());
    },
  };
}

/** The bay's certificate authority, asked over the bus; private keys never travel. */
export function remoteCertificates(messages: StepMessages, { bayId, name }: BaySpec): BayCertificates {
  const { client } = messages;
  return {
    async ca() {
      return (await client.send(getCaCertificate, { bayId, bayName: name, authority: 'kubernetes' }, messages.options())).pem;
    },
    async sign({ csrPem, usages, subjectAltNames }) {
      return (await client.send(signNodeCsr, { bayId, bayName: name, csrPem, usages, subjectAltNames }, messages.options())).pem;
    },
  };
}

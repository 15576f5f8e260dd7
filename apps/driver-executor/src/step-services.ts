import { randomUUID } from 'node:crypto';
import type { BaySpec } from '@jeroboam/domain';
import type { ResourceLedger, StepCertificates } from '@jeroboam/driver-sdk';
import {
  closeBootstrapTokens, getCaCertificate, getTrustedAuthorities, intendResources, mintBootstrapToken, recordResources, releaseResources, signNodeCsr,
} from '@jeroboam/messaging';
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
export function remoteCertificates(messages: StepMessages, { bayId, name }: BaySpec): StepCertificates {
  const { client } = messages;
  const bay = { bayId, bayName: name };
  return {
    async ca() {
      return (await client.send(getCaCertificate, { ...bay, authority: 'kubernetes' }, messages.options())).pem;
    },
    async trusted() {
      return (await client.send(getTrustedAuthorities, { ...bay, authority: 'kubernetes' }, messages.options())).pems;
    },
    async sign({ csrPem, usages, subjectAltNames, issuer }) {
      return (await client.send(signNodeCsr, { ...bay, csrPem, usages, subjectAltNames, issuer }, messages.options())).pem;
    },
    async bootstrapToken(nodes) {
      return (await client.send(mintBootstrapToken, { ...bay, ...nodes }, messages.options())).token;
    },
    async nodesAreIn(stack) {
      await client.send(closeBootstrapTokens, { bayId, stack }, messages.options());
    },
  };
}

import type { CredentialMode, CredentialPurpose, MintedFacts } from '@jeroboam/domain';
import { closeCredential, intendCredential, recordCredential } from '@jeroboam/messaging';
import type { HeldLease } from '@jeroboam/messaging';
import type { StepMessages } from '../step-services.ts';

/** The record of what a bay has in Keystone, kept by the scheduler. Each call returns only when the entry is durable in the log. */
export interface CredentialLedger {
  intend(entry: { readonly name: string; readonly purpose: CredentialPurpose; readonly mode: CredentialMode; readonly ownerId?: string }): Promise<void>;
  record(facts: MintedFacts): Promise<void>;
  close(name: string, outcome: 'revoked' | 'gone'): Promise<void>;
}

/** Refuses whoever has lost the lease. */
export function remoteCredentialLedger(messages: StepMessages, lease: HeldLease): CredentialLedger {
  const { client } = messages;
  return {
    intend: async (entry) => void (await client.send(intendCredential, { ...lease, ...entry }, messages.options())),
    record: async (facts) => void (await client.send(recordCredential, { ...lease, ...facts }, messages.options())),
    close: async (name, outcome) => void (await client.send(closeCredential, { ...lease, name, outcome }, messages.options())),
  };
}

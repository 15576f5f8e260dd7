import type { CredentialMode, CredentialPurpose, MintedFacts } from '@jeroboam/domain';
import { closeCredential, getCredentialHolders, intendCredential, recordCredential } from '@jeroboam/messaging';
import type { HeldLease } from '@jeroboam/messaging';
import type { StepMessages } from '../step-services.ts';

/**
 * The record of what a bay has in Keystone, kept by the scheduler, and of which nodes have it, kept by the certificate authority.
 * Each call that writes returns only when the entry is durable in the log.
 */
export interface CredentialLedger {
  intend(entry: { readonly name: string; readonly purpose: CredentialPurpose; readonly mode: CredentialMode; readonly ownerId?: string }): Promise<void>;
  record(facts: MintedFacts): Promise<void>;
  /** @param leaves names of the nodes that are without one by that. */
  close(name: string, outcome: 'revoked' | 'gone', leaves?: readonly string[]): Promise<void>;
  /** Names that the nodes show which may still be using one of these. */
  holders(names: readonly string[]): Promise<readonly string[]>;
}

/** Refuses whoever has lost the lease. */
export function remoteCredentialLedger(messages: StepMessages, lease: HeldLease): CredentialLedger {
  const { client } = messages;
  return {
    intend: async (entry) => void (await client.send(intendCredential, { ...lease, ...entry }, messages.options())),
    record: async (facts) => void (await client.send(recordCredential, { ...lease, ...facts }, messages.options())),
    close: async (name, outcome, leaves) => void (await client.send(closeCredential, { ...lease, name, outcome, ...(leaves && { leaves }) }, messages.options())),
    holders: async (credentials) => (await client.send(getCredentialHolders, { bayId: lease.bayId, credentials }, messages.options())).nodes,
  };
}

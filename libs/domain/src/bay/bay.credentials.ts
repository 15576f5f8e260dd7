import type { Command } from '../kernel/decider.ts';
import type { DomainEvent } from '../kernel/event.ts';
import { InvalidBay, NoCredentialForPurpose } from './bay.errors.ts';

/** What a bay's credential is for. `principal`: the bay's own user in Keystone, with which its other credentials are made. */
export type CredentialPurpose = 'principal' | 'control' | 'network' | 'volume' | 'registry' | 'certs';

/** What can be asked to be made anew by itself; the bay's own user changes with `control`. */
export const ROTATABLE_PURPOSES = ['control', 'network', 'volume', 'registry', 'certs'] as const satisfies readonly CredentialPurpose[];
export type RotatablePurpose = (typeof ROTATABLE_PURPOSES)[number];

/** What a rotation makes anew, and for whom. */
export interface CredentialRotation {
  /** Each once. @default all that the bay has, and what it is found to need besides */
  readonly purposes?: readonly RotatablePurpose[];
  /** Who asks owns the bay from here on as far as its credentials go, and these are their roles. @default whoever does so far */
  readonly rebindOwner?: { readonly roles: readonly string[] };
}

/** Whose the credentials of a bay are: a user of its own, or its requester, by application credentials or by a trust. */
export type CredentialMode = 'service_user' | 'app_cred' | 'trust';

/** What a service was found to do with access rules: `refused` and `ignored` both mean that it cannot narrow a credential. */
export type AccessRuleFinding = 'enforced' | 'refused' | 'ignored';

/** An entry of the ledger of credentials: `intended` before it is made, `minted` after. Nothing in it is secret. */
export interface CredentialView {
  /** By which it can be found in Keystone; unique in the bay and never used again. */
  readonly name: string;
  readonly purpose: CredentialPurpose;
  readonly mode: CredentialMode;
  readonly state: 'intended' | 'minted';
  /** The operation that made it. */
  readonly operationId: string;
  /** Whose it is in Keystone, where that is not the bay's own user. */
  readonly ownerId?: string;
  /** In Keystone; only of one that was minted. */
  readonly externalId?: string;
  /** RFC 3339 UTC; null: it does not expire. Only of one that was minted. */
  readonly expiresAt?: string | null;
  /** Keystone does not let it in any more, although nobody here took it away. */
  readonly orphaned?: true;
  /** It expires soon, and only a user can have it replaced. */
  readonly expiring?: true;
}

/** What is known of a credential once it is there. */
export interface MintedFacts {
  readonly name: string;
  readonly externalId: string;
  /** Where the secret is kept; never the secret. */
  readonly credentialRef: string;
  /** SHA-256 of the secret, hexadecimal. */
  readonly fingerprint: string;
  readonly roles: readonly string[];
  /** SHA-256 of the access rules, hexadecimal. */
  readonly accessRulesHash: string;
  /** What the services it is for do with access rules; absent: it has none. */
  readonly accessRules?: Readonly<Record<string, AccessRuleFinding>>;
  readonly expiresAt: string | null;
}

interface OfCredential {
  readonly name: string;
  readonly purpose: CredentialPurpose;
}

type CredentialCommand =
  /** Most of its life is over, and no service can replace it. */
  | Command<'NoteExpiringCredential', { name: string }>
  | Command<'IntendCredential', OfCredential & { operationId: string; mode: CredentialMode; ownerId?: string }>
  | Command<'RecordCredential', { operationId: string } & MintedFacts>
  /** `gone`: it was not there any more, whoever took it away. */
  | Command<'CloseCredential', { operationId: string; name: string; outcome: 'revoked' | 'gone'; leaves?: readonly string[] }>;

type CredentialEvent =
  | DomainEvent<'CredentialIntended', 1, OfCredential & { bayId: string; operationId: string; mode: CredentialMode; ownerId?: string }>
  | DomainEvent<'CredentialMinted', 1, OfCredential & { bayId: string; operationId: string; mode: CredentialMode } & MintedFacts>
  /** `leaves`: nodes, by the names they show, that had not taken a newer one in time and are without one. */
  | DomainEvent<'CredentialRevoked', 1, OfCredential & { bayId: string; operationId: string; leaves?: readonly string[] }>
  /** Nothing of that name was there when it was to be revoked. */
  | DomainEvent<'CredentialGone', 1, OfCredential & { bayId: string; operationId: string }>
  /** A member of its project should have it replaced until then: what is a user's only a user can make anew. */
  | DomainEvent<'CredentialExpiring', 1, OfCredential & { bayId: string; expiresAt: string }>
  /** Its owner, its roles or its project are gone: it lets nobody in any more. */
  | DomainEvent<'CredentialOrphaned', 1, OfCredential & { bayId: string }>;

export type { CredentialCommand, CredentialEvent };

interface Holder {
  readonly bayId: string;
  readonly credentials: readonly CredentialView[];
}

type Data<T extends CredentialCommand['type']> = Extract<CredentialCommand, { type: T }>['data'];

export function intendCredential({ operationId, name, purpose, mode, ownerId }: Data<'IntendCredential'>, { bayId, credentials }: Holder): CredentialEvent[] {
  if (credentials.some((credential) => credential.name === name)) return [];
  return [{ type: 'CredentialIntended', schemaVersion: 1, data: { bayId, operationId, name, purpose, mode, ...(ownerId !== undefined && { ownerId }) } }];
}

/** Once more where its secret is another one: a try whose answer was lost is made anew under the same name. */
export function recordCredential({ operationId, ...facts }: Data<'RecordCredential'>, { bayId, credentials }: Holder): CredentialEvent[] {
  const intended = credentials.find(({ name }) => name === facts.name);
  if (!intended) throw new InvalidBay(`Credential ${facts.name} was recorded without being intended first.`, { name: facts.name });
  if (intended.state === 'minted' && intended.externalId === facts.externalId) return [];
  const { purpose, mode } = intended;
  return [{ type: 'CredentialMinted', schemaVersion: 1, data: { bayId, operationId, purpose, mode, ...facts } }];
}

export function closeCredential({ operationId, name, outcome, leaves = [] }: Data<'CloseCredential'>, { bayId, credentials }: Holder): CredentialEvent[] {
  const open = credentials.find((credential) => credential.name === name);
  if (!open) return [];
  const data = { bayId, operationId, name, purpose: open.purpose };
  if (outcome === 'gone') return [{ type: 'CredentialGone', schemaVersion: 1, data }];
  return [{ type: 'CredentialRevoked', schemaVersion: 1, data: { ...data, ...(leaves.length > 0 && { leaves }) } }];
}

/** @throws {InvalidBay} @throws {NoCredentialForPurpose} */
export function requireRotatable({ purposes }: CredentialRotation, { bayId, credentials }: Holder): void {
  if (purposes === undefined) return;
  if (purposes.length === 0 || new Set(purposes).size < purposes.length) throw new InvalidBay('A rotation names at least one purpose, and each once.', { purposes });
  const missing = purposes.filter((wanted) => !credentials.some(({ purpose }) => purpose === wanted));
  if (missing.length > 0) throw new NoCredentialForPurpose(bayId, missing);
}

/** How health reports name a credential that Keystone does not let in any more. */
export function orphanReason(purpose: CredentialPurpose): Readonly<Record<string, string>> {
  return { [`credential.${purpose}`]: 'orphaned' };
}

/** The same of one that expires soon. */
export function expiringReason(purpose: CredentialPurpose): Readonly<Record<string, string>> {
  return { [`credential.${purpose}`]: 'expiring' };
}

/** Once for each; never of one that the service replaces by itself. */
export function noteExpiring({ name }: Data<'NoteExpiringCredential'>, { bayId, credentials }: Holder): CredentialEvent[] {
  const known = credentials.find((credential) => credential.name === name);
  if (!known?.expiresAt || known.expiring || known.mode === 'service_user') return [];
  return [{ type: 'CredentialExpiring', schemaVersion: 1, data: { bayId, name, purpose: known.purpose, expiresAt: known.expiresAt } }];
}

/** What a health report says of credentials for the first time. */
export function newOrphans(reason: Readonly<Record<string, string>>, { bayId, credentials }: Holder): CredentialEvent[] {
  const lost = credentials.filter(({ purpose, state, orphaned }) => state === 'minted' && !orphaned && reason[`credential.${purpose}`] === 'orphaned');
  return lost.map(({ name, purpose }) => ({ type: 'CredentialOrphaned', schemaVersion: 1, data: { bayId, name, purpose } }));
}

export function evolveCredentials(credentials: readonly CredentialView[], event: CredentialEvent): readonly CredentialView[] {
  const { name } = event.data;
  const others = credentials.filter((credential) => credential.name !== name);
  switch (event.type) {
    case 'CredentialIntended': {
      const { purpose, mode, operationId, ownerId } = event.data;
      return [...others, { name, purpose, mode, operationId, state: 'intended', ...(ownerId !== undefined && { ownerId }) }];
    }
    case 'CredentialMinted': {
      const { operationId, externalId, expiresAt } = event.data;
      return credentials.map((credential) => {
        if (credential.name !== name) return credential;
        const { orphaned: _, expiring: __, ...lasting } = credential;
        return { ...lasting, operationId, externalId, expiresAt, state: 'minted' };
      });
    }
    case 'CredentialExpiring': return credentials.map((credential) => (credential.name === name ? { ...credential, expiring: true } : credential));
    case 'CredentialOrphaned': return credentials.map((credential) => (credential.name === name ? { ...credential, orphaned: true } : credential));
    case 'CredentialRevoked':
    case 'CredentialGone': return others;
  }
}

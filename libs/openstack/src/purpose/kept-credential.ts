import { Secret } from '@jeroboam/platform';
import { parseJson, recordOf, textOf } from '../http/json.ts';
import type { CloudCredentials } from '../session/credentials.ts';
import type { Purpose } from './names.ts';

/** A credential of a bay's own, as it is kept. */
export type KeptCredential = Extract<CloudCredentials, { kind: 'password' | 'application-credential' | 'trust' }>;

/** Which generation of a credential counts. */
export interface CurrentCredential {
  readonly generation: number;
  /** RFC 3339 UTC: since when it counts in the place of another. Absent: it is the first, or nobody said. */
  readonly since?: string;
  /** The bay is being deleted: where Keystone does not take the credential, an administrator goes on. */
  readonly cleanUp?: true;
  /** Ids of the bay's stacks by name, for the administrator. */
  readonly stacks?: Readonly<Record<string, string>>;
}

/** What of a bay lies where in the secret store. */
export const credentialRefs = {
  all: (bayId: string): string => `credentials/${bayId}/`,
  /** Password that the bay's own user has. */
  password: (bayId: string): string => `credentials/${bayId}/password`,
  /** Token of who asked for an operation, until what is made with it is made: nobody's operation acts with somebody else's. */
  requester: (bayId: string, operationId: string): string => `credentials/${bayId}/requester-${operationId}`,
  secret: (bayId: string, purpose: Purpose, generation: number): string => `credentials/${bayId}/${purpose}-${generation}`,
  current: (bayId: string, purpose: Purpose): string => `credentials/${bayId}/${purpose}`,
};

/** For a secret store: holds the secret in clear. */
export function writeCredential(credential: KeptCredential): string {
  if (credential.kind === 'application-credential') return JSON.stringify({ id: credential.id, secret: credential.secret.reveal() });
  const { user, password } = credential;
  const login = { userId: 'userId' in user ? user.userId : user.username, password: password.reveal() };
  if (credential.kind === 'trust') return JSON.stringify({ ...login, trustId: credential.trustId });
  const { scope } = credential;
  if (scope === 'system' || !('projectId' in scope)) throw new Error('bays act in projects');
  return JSON.stringify({ ...login, projectId: scope.projectId });
}

/** @throws {Error} it is none. */
export function readCredential(text: string): KeptCredential {
  const { id, secret, trustId, userId, password, projectId } = recordOf(parseJson(text)) ?? {};
  if (textOf(id) && textOf(secret)) return { kind: 'application-credential', id: textOf(id)!, secret: new Secret(textOf(secret)!) };
  if (textOf(trustId) && textOf(userId) && textOf(password)) {
    return { kind: 'trust', user: { userId: textOf(userId)! }, password: new Secret(textOf(password)!), trustId: textOf(trustId)! };
  }
  if (textOf(userId) && textOf(password) && textOf(projectId)) {
    return { kind: 'password', user: { userId: textOf(userId)! }, password: new Secret(textOf(password)!), scope: { projectId: textOf(projectId)! } };
  }
  throw new Error('what is kept is no credential of a bay');
}

/** @returns undefined for what is no such note. */
export function readCurrent(text: string): CurrentCredential | undefined {
  const { generation, since, cleanUp, stacks } = recordOf(parseJson(text)) ?? {};
  if (typeof generation !== 'number') return undefined;
  const known = Object.entries(recordOf(stacks) ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { generation, ...(textOf(since) !== undefined && { since: textOf(since)! }), ...(cleanUp === true && { cleanUp, stacks: Object.fromEntries(known) }) };
}

import { hash, randomBytes } from 'node:crypto';
import { Secret } from '@jeroboam/platform';
import { KeystoneUnavailable, NoRoleToPassOn } from '../errors.ts';
import { recordOf, recordsOf, textOf } from '../http/json.ts';
import type { JsonRecord } from '../http/json.ts';
import { CloudClient } from '../session/cloud-client.ts';
import type { Pacing } from '../session/cloud-client.ts';
import type { CloudSession } from '../session/cloud-session.port.ts';
import { rolesToPassOn } from './names.ts';
import type { Purpose } from './names.ts';

/** One request that a credential may make. Services enforce it whose keystonemiddleware is told its `service_type`. */
export interface AccessRule {
  /** Type in the catalog. */
  readonly service: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `*` for one part, `**` for any number, `{name}` for a named one: `/v2.0/ports/*`. */
  readonly path: string;
}

/** Everything about a credential that is known before it is made; nothing in it is secret. */
export interface CredentialIntent {
  /** As `credentialName` gives it. */
  readonly name: string;
  readonly purpose: Purpose;
  /** Roles that the purpose needs; it gets those of them that the requester may pass on. */
  readonly roles: readonly string[];
  /** None means everything that the roles allow. */
  readonly accessRules: readonly AccessRule[];
  readonly expiresAt: Date;
}

/** What a ledger keeps of a credential. */
export interface CredentialRecord {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  /** RFC 3339 UTC; null for one that never expires. */
  readonly expiresAt: string | null;
}

export interface MintedCredential extends CredentialRecord {
  readonly purpose: Purpose;
  readonly secret: Secret;
  /** SHA-256 of the secret, hexadecimal: tells secrets apart without showing them. */
  readonly fingerprint: string;
  /** SHA-256 of the access rules, hexadecimal. */
  readonly accessRulesHash: string;
}

/**
 * Application credentials of one user: the requester, or the bay's own user. Keystone lets nobody make them for others, nor
 * with an application credential; an administrator of the whole cloud (scope `system`) may list and revoke another's.
 *
 * @throws {CloudServiceUnavailable} by every call, after all tries; the outcome is unknown: do it again.
 * @throws {CloudCredentialsRefused} the session's user is gone or has lost its roles.
 */
export interface PurposeCredentials {
  /**
   * Makes a credential. One of this name that is there already is of an earlier try whose secret nobody has: it is
   * taken away first.
   * @throws {NoRoleToPassOn} @throws {CloudForbidden} @throws {CloudRequestInvalid}
   */
  mint(intent: CredentialIntent): Promise<MintedCredential>;
  /** Those whose name begins with `prefix`. */
  list(prefix: string): Promise<readonly CredentialRecord[]>;
  /**
   * Takes a credential away, and its access rules, which Keystone would keep. Nothing there is success.
   * @param accessRules those it was made with: a try that was cut off may have left them without their credential.
   */
  revoke(id: string, accessRules?: readonly AccessRule[]): Promise<void>;
}

export interface PurposeCredentialsOptions extends Pacing {
  /** Whose credentials to list and revoke; then there is no minting. @default the user that the session is */
  readonly ofUser?: string;
}

export function openPurposeCredentials(session: CloudSession, options: PurposeCredentialsOptions = {}): PurposeCredentials {
  return new KeystonePurposeCredentials(new CloudClient(session, 'identity', options), options.ofUser);
}

const SECRET_BYTES = 32;
const MAX_CLEARINGS = 5;

class KeystonePurposeCredentials implements PurposeCredentials {
  constructor(private readonly client: CloudClient, private readonly ofUser: string | undefined) {}

  async mint(intent: CredentialIntent): Promise<MintedCredential> {
    const roles = rolesToPassOn(intent.roles, (await this.client.session.identity()).roles);
    if (roles.length === 0) throw new NoRoleToPassOn(intent.purpose, intent.roles);
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const made = await this.#make(intent, roles, secret);
    return {
      ...recordOfCredential(made), purpose: intent.purpose, secret: new Secret(secret),
      fingerprint: hash('sha256', secret), accessRulesHash: hash('sha256', JSON.stringify(intent.accessRules)),
    };
  }

  async list(prefix: string): Promise<readonly CredentialRecord[]> {
    return (await this.#all()).map(recordOfCredential).filter(({ name }) => name.startsWith(prefix));
  }

  async revoke(id: string, accessRules: readonly AccessRule[] = []): Promise<void> {
    const path = `${await this.#path()}/${encodeURIComponent(id)}`;
    const what = `application credential ${id}`;
    const shown = await this.client.sendToPossiblyGone({ action: `show ${what}`, method: 'GET', path, repeatable: true });
    if (shown) await this.client.sendToPossiblyGone({ action: `delete ${what}`, method: 'DELETE', path, repeatable: true });
    const rules = shown ? rulesOf(this.client.jsonOf(shown)['application_credential']) : await this.#rulesLike(accessRules);
    for (const rule of rules) await this.#dropRule(textOf(rule['id']) ?? '');
  }

  async #make(intent: CredentialIntent, roles: readonly string[], secret: string): Promise<JsonRecord> {
    const action = {
      action: `create application credential ${intent.name}`, method: 'POST', path: await this.#path(), hidden: [secret],
      body: { application_credential: documentOf(intent, roles, secret) },
      // The name is taken then, and what has it is made anew.
      repeatable: true,
    } as const;
    let response = await this.client.answer(action);
    // More than once when the answer to a further try is lost as well.
    for (let attempt = 1; response.status === 409 && attempt <= MAX_CLEARINGS; attempt += 1) {
      for (const { id, name } of await this.list(intent.name)) if (name === intent.name) await this.revoke(id, intent.accessRules);
      response = await this.client.answer(action);
    }
    const made = recordOf(this.client.jsonOf(this.client.accepted(action, response))['application_credential']);
    if (textOf(made?.['id']) === undefined) throw new KeystoneUnavailable('it answered the creation of a credential without an id');
    return made!;
  }

  async #rulesLike(wanted: readonly AccessRule[]): Promise<readonly JsonRecord[]> {
    if (wanted.length === 0) return [];
    const path = `${await this.#userPath()}/access_rules`;
    const rules = rulesOf(await this.client.json({ action: 'list access rules', method: 'GET', path, repeatable: true }));
    return rules.filter((rule) => wanted.some(({ service, method, path }) => (
      rule['service'] === service && rule['method'] === method && rule['path'] === path
    )));
  }

  /** Rules are shared by equal credentials of the user; one that another credential uses stays (403). */
  async #dropRule(id: string): Promise<void> {
    const path = `${await this.#userPath()}/access_rules/${encodeURIComponent(id)}`;
    const action = { action: `delete access rule ${id}`, method: 'DELETE', path, repeatable: true } as const;
    const response = await this.client.answer(action);
    if (response.status !== 403 && response.status !== 404) this.client.accepted(action, response);
  }

  async #all(): Promise<readonly JsonRecord[]> {
    const action = { action: 'list application credentials', method: 'GET', path: await this.#path(), repeatable: true } as const;
    const response = await this.client.sendToPossiblyGone(action);
    // With a user go its credentials.
    return response === undefined ? [] : recordsOf(this.client.jsonOf(response)['application_credentials']);
  }

  async #path(): Promise<string> {
    return `${await this.#userPath()}/application_credentials`;
  }

  async #userPath(): Promise<string> {
    return `/users/${encodeURIComponent(this.ofUser ?? (await this.client.session.identity()).userId)}`;
  }
}

function rulesOf(holder: unknown): readonly JsonRecord[] {
  return recordsOf(recordOf(holder)?.['access_rules']);
}

function documentOf(intent: CredentialIntent, roles: readonly string[], secret: string): unknown {
  return {
    name: intent.name, secret, roles: roles.map((name) => ({ name })), unrestricted: false,
    // Keystone reads no time zone, and takes the time for UTC.
    expires_at: intent.expiresAt.toISOString().replace(/Z$/, ''),
    ...(intent.accessRules.length > 0 && { access_rules: intent.accessRules }),
  };
}

function recordOfCredential(credential: JsonRecord): CredentialRecord {
  const expiresAt = textOf(credential['expires_at']);
  return {
    id: textOf(credential['id']) ?? '',
    name: textOf(credential['name']) ?? '',
    roles: recordsOf(credential['roles']).map((role) => textOf(role['name']) ?? ''),
    expiresAt: expiresAt === undefined ? null : `${expiresAt.replace(/Z$/, '')}Z`,
  };
}

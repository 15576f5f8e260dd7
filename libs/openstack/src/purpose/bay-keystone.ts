import { hash } from 'node:crypto';
import type { Secret } from '@jeroboam/platform';
import type { CredentialMode } from '@jeroboam/domain';
import { CloudServiceUnavailable } from '../errors.ts';
import { recordsOf, textOf } from '../http/json.ts';
import { CloudClient } from '../session/cloud-client.ts';
import type { Pacing } from '../session/cloud-client.ts';
import type { CloudSession } from '../session/cloud-session.port.ts';
import type { CloudCredentials } from '../session/credentials.ts';
import { openBayUsers } from './bay-users.ts';
import type { BayUsers } from './bay-users.ts';
import type { KeptCredential } from './kept-credential.ts';
import { rolesToPassOn } from './names.ts';
import { openPurposeCredentials } from './purpose-credentials.ts';
import type { AccessRule, CredentialIntent, CredentialRecord } from './purpose-credentials.ts';
import { openTrusts } from './trusts.ts';

export interface BayKeystoneOptions extends Pacing {
  /** Administrator of the whole cloud (scope `system`). */
  readonly admin: CloudSession;
  /** Of the domain set aside for users of bays. */
  readonly domainName: string;
  open(credentials: CloudCredentials): CloudSession;
}

/** A credential of a bay, made; `kept` is for the secret store alone. */
export interface MadeCredential extends Omit<CredentialRecord, 'name'> {
  readonly kept: KeptCredential;
  readonly fingerprint: string;
  readonly accessRulesHash: string;
}

export interface BayUserIntent {
  readonly name: string;
  readonly password: Secret;
  readonly projectId: string;
  readonly roles: readonly string[];
  /** Roles of who asked for the bay. */
  readonly held: readonly string[];
}

export type Outcome = 'revoked' | 'gone';

/**
 * What bays have in Keystone, made and taken away by names that are known before. Everything may be done again, and what is
 * not there is taken away with success, also when the requester, its roles or the whole project are gone.
 *
 * @throws {CloudServiceUnavailable} by every call, after all tries; the outcome is unknown: do it again.
 */
export interface BayKeystone {
  /** The bay's own user, with those of the roles that may be passed on. @throws {NoRoleToPassOn} through `mint` when there are none */
  ensureUser(intent: BayUserIntent): Promise<{ readonly id: string; readonly roles: readonly string[] }>;
  /** An application credential of `as`. @throws {NoRoleToPassOn} @throws {CloudCredentialsRefused} */
  mint(as: CloudCredentials, intent: CredentialIntent): Promise<MadeCredential>;
  /** A trust of `as` to a user of its own, named as the intent. @throws as `mint` does */
  entrust(as: CloudCredentials, intent: CredentialIntent, password: Secret): Promise<MadeCredential>;
  /** Who a token is of, and the roles they hold where it is for. @throws {CloudCredentialsRefused} */
  ownerOf(as: CloudCredentials): Promise<{ readonly userId: string; readonly roles: readonly string[] }>;
  /** Logs in with it. @throws {CloudCredentialsRefused} */
  prove(credential: CloudCredentials): Promise<void>;
  /** Takes what is of that name: the user, trustee and trust, or a credential of `ownerId`. */
  revoke(mode: CredentialMode | 'principal', name: string, owner: OwnerRef, accessRules?: readonly AccessRule[]): Promise<Outcome>;
}

/** Whose an application credential is: a user by id, or one of the domain set aside by name. */
export type OwnerRef = { readonly userId: string } | { readonly userName: string };

export function openBayKeystone(options: BayKeystoneOptions): BayKeystone {
  return new AdministeredKeystone(options);
}

class AdministeredKeystone implements BayKeystone {
  readonly #client: CloudClient;
  #users: Promise<BayUsers> | undefined;

  constructor(private readonly options: BayKeystoneOptions) {
    this.#client = new CloudClient(options.admin, 'identity', options);
  }

  async ensureUser({ name, password, projectId, roles, held }: BayUserIntent): Promise<{ id: string; roles: readonly string[] }> {
    const passedOn = rolesToPassOn(roles, held);
    const users = await this.#domain();
    const { id } = await users.ensure(name, password);
    await users.grant(id, projectId, passedOn);
    return { id, roles: passedOn };
  }

  mint(as: CloudCredentials, intent: CredentialIntent): Promise<MadeCredential> {
    return this.#within(as, async (session) => {
      const { id, secret, roles, expiresAt, fingerprint, accessRulesHash } = await openPurposeCredentials(session, this.options).mint(intent);
      return { id, roles, expiresAt, fingerprint, accessRulesHash, kept: { kind: 'application-credential', id, secret } };
    });
  }

  entrust(as: CloudCredentials, { name, purpose, roles }: CredentialIntent, password: Secret): Promise<MadeCredential> {
    return this.#within(as, async (session) => {
      const { id: trusteeUserId } = await (await this.#domain()).ensure(name, password);
      const trust = await openTrusts(session, this.options).ensure({ purpose, trusteeUserId, roles });
      return {
        id: trust.id, roles: trust.roles, expiresAt: null, fingerprint: hash('sha256', password.reveal()), accessRulesHash: hash('sha256', '[]'),
        kept: { kind: 'trust', user: { userId: trusteeUserId }, password, trustId: trust.id },
      };
    });
  }

  ownerOf(as: CloudCredentials): Promise<{ userId: string; roles: readonly string[] }> {
    return this.#within(as, async (session) => {
      const { userId, roles } = await session.identity();
      return { userId, roles };
    });
  }

  prove(credential: CloudCredentials): Promise<void> {
    return this.#within(credential, async (session) => void (await session.identity()));
  }

  async revoke(mode: CredentialMode | 'principal', name: string, owner: OwnerRef, accessRules: readonly AccessRule[] = []): Promise<Outcome> {
    if (mode === 'principal' || mode === 'trust') {
      const id = await this.#userNamed(name);
      if (id === undefined) return 'gone';
      await (await this.#domain()).remove(id);
      return 'revoked';
    }
    const userId = 'userId' in owner ? owner.userId : await this.#userNamed(owner.userName);
    // With a user go its credentials.
    if (userId === undefined) return 'gone';
    const credentials = openPurposeCredentials(this.options.admin, { ...this.options, ofUser: userId });
    const found = (await credentials.list(name)).filter((credential) => credential.name === name);
    // Also of one that an earlier try took away: its access rules may still be there.
    for (const { id } of found.length > 0 ? found : [{ id: 'gone' }]) await credentials.revoke(id, accessRules);
    return found.length > 0 ? 'revoked' : 'gone';
  }

  async #within<T>(credentials: CloudCredentials, work: (session: CloudSession) => Promise<T>): Promise<T> {
    const session = this.options.open(credentials);
    try {
      return await work(session);
    } finally {
      session.close();
    }
  }

  async #userNamed(name: string): Promise<string | undefined> {
    return (await (await this.#domain()).list(name)).find((user) => user.name === name)?.id;
  }

  /** The domain is looked up when it is first needed: the cloud may come up after us. */
  #domain(): Promise<BayUsers> {
    this.#users ??= this.#domainId().then((id) => openBayUsers(this.options.admin, id, this.options));
    this.#users.catch(() => (this.#users = undefined));
    return this.#users;
  }

  async #domainId(): Promise<string> {
    const { domainName } = this.options;
    const path = `/domains?name=${encodeURIComponent(domainName)}`;
    const body = await this.#client.json({ action: `find domain ${domainName}`, method: 'GET', path, repeatable: true });
    const id = textOf(recordsOf(body['domains'])[0]?.['id']);
    if (id === undefined) throw new CloudServiceUnavailable('identity', `there is no domain ${domainName} for the users of bays`);
    return id;
  }
}

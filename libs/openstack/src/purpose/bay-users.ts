import type { Secret } from '@jeroboam/platform';
import { CloudRequestInvalid, KeystoneUnavailable } from '../errors.ts';
import { recordOf, recordsOf, textOf } from '../http/json.ts';
import type { JsonRecord } from '../http/json.ts';
import { CloudClient } from '../session/cloud-client.ts';
import type { Pacing } from '../session/cloud-client.ts';
import type { CloudSession } from '../session/cloud-session.port.ts';

export interface BayUser {
  readonly id: string;
  readonly name: string;
}

/**
 * Users of a domain set aside for bays: a bay's own user, or the trustee of its trust. The session is that domain's
 * administrator; to give roles in a project it has to be an administrator there as well.
 *
 * @throws {CloudServiceUnavailable} by every call, after all tries; the outcome is unknown: do it again.
 */
export interface BayUsers {
  /** Makes the user, or gives the one that an earlier try made this password. */
  ensure(name: string, password: Secret): Promise<BayUser>;
  /** Gives roles in a project; held ones stay. @throws {CloudRequestInvalid} Keystone knows no such role. */
  grant(userId: string, projectId: string, roles: readonly string[]): Promise<void>;
  /** Those whose name begins with `prefix`. */
  list(prefix: string): Promise<readonly BayUser[]>;
  /** Takes the user away, and with it its roles, application credentials and trusts. Nothing there is success. */
  remove(userId: string): Promise<void>;
}

/** @param domainId of the domain set aside. */
export function openBayUsers(session: CloudSession, domainId: string, pacing: Pacing = {}): BayUsers {
  return new DomainUsers(new CloudClient(session, 'identity', pacing), domainId);
}

class DomainUsers implements BayUsers {
  constructor(private readonly client: CloudClient, private readonly domainId: string) {}

  async ensure(name: string, password: Secret): Promise<BayUser> {
    const secret = password.reveal();
    const action = {
      action: `create user ${name}`, method: 'POST', path: '/users', hidden: [secret], repeatable: true,
      body: { user: { name, password: secret, domain_id: this.domainId, enabled: true } },
    } as const;
    const response = await this.client.answer(action);
    if (response.status !== 409) return userOf(recordOf(this.client.jsonOf(this.client.accepted(action, response))['user']));
    const [there] = await this.#named(name);
    if (!there) throw new KeystoneUnavailable(`it says that there is a user ${name}, and does not show it`);
    await this.client.send({
      action: `set the password of user ${name}`, method: 'PATCH', path: pathOf(there.id), body: { user: { password: secret } },
      hidden: [secret], repeatable: true,
    });
    return there;
  }

  async grant(userId: string, projectId: string, roles: readonly string[]): Promise<void> {
    for (const role of roles) {
      const path = `/projects/${encodeURIComponent(projectId)}/users/${encodeURIComponent(userId)}/roles/${await this.#roleId(role)}`;
      await this.client.send({ action: `give role ${role} to user ${userId}`, method: 'PUT', path, repeatable: true });
    }
  }

  async list(prefix: string): Promise<readonly BayUser[]> {
    return (await this.#users(`&name__startswith=${encodeURIComponent(prefix)}`)).filter(({ name }) => name.startsWith(prefix));
  }

  async remove(userId: string): Promise<void> {
    await this.client.sendToPossiblyGone({ action: `delete user ${userId}`, method: 'DELETE', path: pathOf(userId), repeatable: true });
  }

  #named(name: string): Promise<readonly BayUser[]> {
    return this.#users(`&name=${encodeURIComponent(name)}`);
  }

  async #users(filter: string): Promise<readonly BayUser[]> {
    const path = `/users?domain_id=${encodeURIComponent(this.domainId)}${filter}`;
    return recordsOf((await this.client.json({ action: 'list users', method: 'GET', path, repeatable: true }))['users']).map(userOf);
  }

  async #roleId(name: string): Promise<string> {
    const path = `/roles?name=${encodeURIComponent(name)}`;
    const [role] = recordsOf((await this.client.json({ action: `find role ${name}`, method: 'GET', path, repeatable: true }))['roles']);
    const id = textOf(role?.['id']);
    if (id === undefined) throw new CloudRequestInvalid('identity', `give role ${name}`, 'there is no such role');
    return id;
  }
}

function pathOf(userId: string): string {
  return `/users/${encodeURIComponent(userId)}`;
}

function userOf(user: JsonRecord | undefined): BayUser {
  const id = textOf(user?.['id']);
  if (id === undefined) throw new KeystoneUnavailable('it shows a user without an id');
  return { id, name: textOf(user?.['name']) ?? '' };
}

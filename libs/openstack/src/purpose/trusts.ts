import { KeystoneUnavailable, NoRoleToPassOn } from '../errors.ts';
import { recordOf, recordsOf, textOf } from '../http/json.ts';
import type { JsonRecord } from '../http/json.ts';
import { CloudClient } from '../session/cloud-client.ts';
import type { Pacing } from '../session/cloud-client.ts';
import type { CloudSession } from '../session/cloud-session.port.ts';
import { rolesToPassOn } from './names.ts';
import type { Purpose } from './names.ts';

export interface Trust {
  readonly id: string;
  readonly trusteeUserId: string;
  readonly roles: readonly string[];
}

export interface TrustIntent {
  readonly purpose: Purpose;
  /** Made before, by `BayUsers`: its name is what can be looked for, as a trust has none. */
  readonly trusteeUserId: string;
  readonly roles: readonly string[];
}

/**
 * The legacy way in: a user of ours (the trustee) acts as the requester (the trustor, whose session this is) in the
 * requester's project. It ends with either of them. It narrows roles and cannot narrow requests.
 */
export interface Trusts {
  /** Makes the trust, or finds the one with this trustee that an earlier try made. @throws {NoRoleToPassOn} @throws {CloudForbidden} */
  ensure(intent: TrustIntent): Promise<Trust>;
  /** Nothing there is success. */
  revoke(trustId: string): Promise<void>;
}

export function openTrusts(session: CloudSession, pacing: Pacing = {}): Trusts {
  return new KeystoneTrusts(new CloudClient(session, 'identity', pacing));
}

const PATH = '/OS-TRUST/trusts';

class KeystoneTrusts implements Trusts {
  constructor(private readonly client: CloudClient) {}

  async ensure({ purpose, trusteeUserId, roles: wanted }: TrustIntent): Promise<Trust> {
    const { userId, projectId, roles: held } = await this.client.session.identity();
    const roles = rolesToPassOn(wanted, held);
    if (roles.length === 0) throw new NoRoleToPassOn(purpose, wanted);
    const there = (await this.#of(userId)).find((trust) => trust.trusteeUserId === trusteeUserId);
    if (there) return { ...there, roles };
    const body = await this.client.json({
      action: `create a trust with user ${trusteeUserId}`, method: 'POST', path: PATH,
      body: {
        trust: {
          trustor_user_id: userId, trustee_user_id: trusteeUserId, project_id: projectId, impersonation: true,
          roles: roles.map((name) => ({ name })),
          // Who gets hold of it may pass it on to nobody.
          allow_redelegation: false,
        },
      },
      repeatable: false,
    });
    return { ...trustOf(recordOf(body['trust'])), roles };
  }

  async revoke(trustId: string): Promise<void> {
    const path = `${PATH}/${encodeURIComponent(trustId)}`;
    await this.client.sendToPossiblyGone({ action: `delete trust ${trustId}`, method: 'DELETE', path, repeatable: true });
  }

  async #of(trustorUserId: string): Promise<readonly Omit<Trust, 'roles'>[]> {
    const path = `${PATH}?trustor_user_id=${encodeURIComponent(trustorUserId)}`;
    return recordsOf((await this.client.json({ action: 'list trusts', method: 'GET', path, repeatable: true }))['trusts']).map(trustOf);
  }
}

function trustOf(trust: JsonRecord | undefined): Omit<Trust, 'roles'> {
  const id = textOf(trust?.['id']);
  if (id === undefined) throw new KeystoneUnavailable('it shows a trust without an id');
  return { id, trusteeUserId: textOf(trust?.['trustee_user_id']) ?? '' };
}

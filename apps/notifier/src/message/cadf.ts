import { derivedId } from '@jeroboam/domain';
import type { Actor } from '@jeroboam/domain';
import { cadfTime } from './times.ts';

export type Outcome = 'pending' | 'success' | 'failure';

/** What was done to what, in the words of CADF (DMTF DSP0262). */
export interface CadfAct {
  readonly action: string;
  readonly outcome: Outcome;
  /** `cluster`, `bay`, `nodegroup`, …: the last part of the type URIs. */
  readonly kind: string;
  readonly target: { readonly id: string; readonly name: string | null; readonly attachments?: readonly unknown[] };
  readonly reason?: { readonly reasonType: string; readonly reasonCode: string };
}

/** An initiator: who asked, as far as is known. */
export type Initiator = Pick<Actor, 'userId' | 'projectId'>;

/**
 * The CADF event that is Magnum's whole payload; in ours it lies beside flat keys. Magnum draws the ids of observer and
 * initiator anew for every message; ours are the same for the same party.
 */
export function cadf(id: string, at: string, initiator: Initiator, { action, outcome, kind, target, reason }: CadfAct): Record<string, unknown> {
  const typeURI = `service/magnum/${kind}`;
  return {
    typeURI: 'http://schemas.dmtf.org/cloud/audit/1.0/event',
    eventType: 'activity',
    id,
    eventTime: cadfTime(at),
    action,
    outcome,
    observer: { id: partyId('observer', kind), typeURI },
    initiator: {
      id: partyId('initiator', initiator.projectId, initiator.userId), typeURI: 'service/security/account/user',
      user_id: initiator.userId, project_id: initiator.projectId,
    },
    target: { id: target.id, typeURI, ...(target.name === null ? {} : { name: target.name }), ...(target.attachments ? { attachments: target.attachments } : {}) },
    ...(reason ? { reason } : {}),
  };
}

/** Parties come again and again; hashing them is a good part of making a message. */
const parties = new Map<string, string>();
const MAX_PARTIES = 10_000;

function partyId(...parts: readonly string[]): string {
  const key = parts.join('\u0000');
  const known = parties.get(key);
  if (known !== undefined) return known;
  if (parties.size >= MAX_PARTIES) parties.clear();
  const id = derivedId('notification', ...parts);
  parties.set(key, id);
  return id;
}

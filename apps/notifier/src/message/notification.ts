import { derivedId } from '@jeroboam/domain';
import { naiveTime, osloTime } from './times.ts';

/** INFO becomes events and samples at Ceilometer, ERROR events only, SAMPLE samples only; anything else is thrown away there. */
export type Priority = 'INFO' | 'ERROR' | 'SAMPLE';

/** Whom the notification is about, and for which request. */
export interface NotificationContext {
  readonly projectId: string;
  readonly userId: string;
  readonly requestId: string | null;
  readonly roles: readonly string[];
}

/** One notification before it has the form of a transport. Equal notifications become equal bytes. */
export interface Notification {
  /** UUIDv5 of what it follows from and its type: sent again, it is the same one. */
  readonly messageId: string;
  readonly eventType: string;
  readonly priority: Priority;
  /** When the thing happened, RFC 3339 UTC with milliseconds; never when it was sent. */
  readonly at: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly context: NotificationContext;
}

/** A notification as sinks take it. */
export interface Message {
  readonly messageId: string;
  readonly eventType: string;
  /** Lower case, as in routing keys and subjects. */
  readonly priority: 'info' | 'error' | 'sample';
  /** The notification as oslo.messaging's consumers see it, a line of JSON. */
  readonly text: string;
}

/** Id of a notification: `parts` say what it follows from (stream, revision, type; or resource, period, type). */
export function notificationId(...parts: readonly (string | number)[]): string {
  return derivedId('notification', ...parts);
}

/** The body of oslo.messaging's notifications; keys in the order in which Magnum sends them. */
export function encode({ messageId, eventType, priority, at, payload, context }: Notification, publisherId: string): Message {
  const body = {
    message_id: messageId,
    publisher_id: publisherId,
    event_type: eventType,
    priority,
    payload,
    timestamp: osloTime(at),
    _unique_id: messageId.replaceAll('-', ''),
    ...contextKeys(context),
  };
  return { messageId, eventType, priority: priority.toLowerCase() as Message['priority'], text: JSON.stringify(body) };
}

/** Version 2.0 of oslo's envelope: the body is a string in it. Ceilometer rejects any other version, and an object. */
export function enveloped({ text }: Message): string {
  return JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': text });
}

/** The flat `_context_*` keys; never a token. Project and user are the owner's, also where Magnum's own are null. */
function contextKeys({ projectId, userId, requestId, roles }: NotificationContext): Record<string, unknown> {
  return {
    _context_user: userId, _context_user_id: userId, _context_user_name: null, _context_project: projectId, _context_project_id: projectId, _context_project_name: null,
    _context_domain: null, _context_domain_id: null, _context_domain_name: null, _context_user_domain: null, _context_user_domain_id: null, _context_user_domain_name: null,
    _context_project_domain: null, _context_is_admin: false, _context_is_admin_project: true, _context_read_only: false, _context_show_deleted: false, _context_roles: roles,
    _context_request_id: requestId, _context_global_request_id: null, _context_resource_uuid: null, _context_user_identity: `${userId} ${projectId} - - -`,
    _context_system_scope: null, _context_all_tenants: false, _context_trust_id: null, _context_auth_url: null,
    _context_auth_token: null, _context_auth_token_info: null, _context_password: null,
  };
}

/** Ceilometer cuts text traits to this many characters, and what stands behind it may refuse longer ones. */
export const LONGEST_TEXT = 255;

/** Cut between characters, never inside one. */
export function cut(text: string): string {
  return text.length <= LONGEST_TEXT ? text : Array.from(text).slice(0, LONGEST_TEXT).join('');
}

/** A moment for a payload: `''` where there is none, since Ceilometer leaves an empty datetime trait out. */
export function moment(at: string | null): string {
  return at === null ? '' : naiveTime(at);
}

import { randomUUID } from 'node:crypto';

/** A new id of a request, in OpenStack's form: `req-<uuid4>`. */
export function newRequestId(): string {
  return `req-${randomUUID()}`;
}

/** True for an id in that form; anything else a client sends is not taken over. */
export function isRequestId(text: unknown): text is string {
  return typeof text === 'string' && /^req-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

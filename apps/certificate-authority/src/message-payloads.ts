import { AUTHORITIES } from '@jeroboam/domain';
import { MessageMalformed } from '@jeroboam/messaging';
import type { MessageContract } from '@jeroboam/messaging';
import { z } from 'zod';

/** Becomes part of stream names and key references, so nothing but an id may pass. */
const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/);
const bayId = id;
const bayName = z.string().max(1024);
const authority = z.enum(AUTHORITIES);
/** What is too long for a CSR is refused as one, in Magnum's words; this only bounds the work until then. */
const csrPem = z.string().max(1024 * 1024);
const altName = z.strictObject({ type: z.enum(['ip', 'dns']), value: z.string().max(253) });

export const caCertificateQuery = z.strictObject({ bayId, bayName, authority });
export const clientCsr = z.strictObject({ bayId, bayName, csrPem, authority });
export const nodeCsr = z.strictObject({
  bayId,
  bayName,
  csrPem,
  usages: z.array(z.enum(['server', 'client'])).max(2),
  subjectAltNames: z.array(altName).max(100),
  issuer: z.enum(['established', 'candidate']).optional(),
});
const nodes = z.int().min(0).max(100_000);
/** Anything: what is none is refused as one. */
const nodeToken = z.string().max(1024);
const stack = z.string().min(1).max(255);
export const tokenMinting = z.strictObject({ bayId, bayName, stack, masters: nodes, workers: nodes });
export const tokenClosing = z.strictObject({ bayId, stack });
export const caCertificateQueryOfNode = z.strictObject({ bayId, bayName, authority, nodeToken });
export const csrOfNode = z.strictObject({ bayId, bayName, csrPem, authority, nodeToken });
/** Of a node: what it may not have is refused as such. */
const purpose = z.string().max(1024);
const needed = z.array(z.enum(['network', 'volume', 'registry', 'certs', 'control', 'principal'])).max(10);
/** With a certificate and a signature in it. */
const shown = z.string().max(16 * 1024);
export const credentialOfNode = z.strictObject({ bayId, nodeToken: shown, purpose, needed, holds: z.string().max(255).nullable() });
export const credentialHolders = z.strictObject({ bayId, credentials: z.array(z.string().max(255)).max(100) });
export const rotationStart = z.strictObject({ bayId, bayName, rotationId: id });
export const rotationCompletion = z.strictObject({ bayId, rotationId: id });
export const withdrawal = z.strictObject({ bayId });

/**
 * The payload of a message, looked through.
 * @throws {MessageMalformed} names what is wrong and shows no value.
 */
export function parsed<T>({ pattern }: Pick<MessageContract<unknown, unknown>, 'pattern'>, schema: z.ZodType<T>, payload: unknown): T {
  const outcome = schema.safeParse(payload);
  if (outcome.success) return outcome.data;
  throw new MessageMalformed(pattern, outcome.error.issues.map(({ path, code }) => `${path.join('.') || 'payload'}: ${code}`).join('; '));
}

import type { FastifyRequest } from 'fastify';
import { isShownByNode } from '@jeroboam/domain';

/** What a node of a bay shows in the place of a user's token; undefined: a user asks. */
export function nodeTokenIn({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const token = headers['x-auth-token'];
  return typeof token === 'string' && isShownByNode(token) ? token : undefined;
}

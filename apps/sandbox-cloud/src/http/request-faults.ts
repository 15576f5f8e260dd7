import type { FastifyInstance } from 'fastify';
import type { Faults } from '../inventory/faults.ts';
import { ApiError } from './api-error.ts';
import { answerOf } from './error-filters.ts';

/** How long a request that hangs is held at most, in milliseconds: what real services' front ends do too. */
const MAX_HANG_MS = 60_000;

/** Lets requests go wrong as the faults say: answered with an error, late, or not for a long time. Never those that take faults away. */
export function sufferRequestFaults(server: FastifyInstance, faults: Faults): void {
  server.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/admin/')) return;
    const path = request.url.split('?')[0]!;
    const rule = faults.strike({ action: 'request', request: `${request.method} ${path}` });
    if (!rule) return;
    const { effect } = rule;
    if (effect.kind === 'delay') await faults.pause(effect.ms);
    if (effect.kind === 'hang') await faults.removed(rule.id, AbortSignal.timeout(MAX_HANG_MS)).catch(() => undefined);
    if (effect.kind !== 'answer') return;
    if (effect.retryAfterSeconds !== undefined) void reply.header('retry-after', String(effect.retryAfterSeconds));
    const { body, type } = answerOf(request.url, new ApiError(effect.status, effect.message ?? 'A fault of the sandbox.'));
    await reply.status(effect.status).type(type ?? 'application/json').send(body);
  });
}

import type { FastifyReply } from 'fastify';

/** Answers with JSON. As bytes, because Fastify adds a charset to the type of JSON text, and Magnum has none. */
export function sendJson(reply: FastifyReply, status: number, body: unknown): void {
  void reply.code(status).header('content-type', 'application/json').send(Buffer.from(JSON.stringify(body)));
}

export function sendNothing(reply: FastifyReply): void {
  void reply.code(204).send();
}

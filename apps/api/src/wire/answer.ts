import type { FastifyReply } from 'fastify';

const asIs = (text: string): string => text;

/**
 * Answers with JSON. Fastify adds a charset to the type of JSON text, which Magnum's has not; where an answer has a
 * serialiser of its own it does not. Bytes would do as well, but leave the process by two writes instead of one.
 */
export function sendJson(reply: FastifyReply, status: number, body: unknown): void {
  sendJsonText(reply, status, JSON.stringify(body));
}

/** The same for JSON that is text already. */
export function sendJsonText(reply: FastifyReply, status: number, text: string): void {
  void reply.code(status).header('content-type', 'application/json').serializer(asIs).send(text);
}

export function sendNothing(reply: FastifyReply): void {
  void reply.code(204).send();
}

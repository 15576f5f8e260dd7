import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { BadRequest, UnknownArgument } from './errors.ts';
import { parseJson } from './parse-json.ts';
import { isObject, type Json } from './python-values.ts';

const JSON_TYPES = new Set(['application/json', 'text/javascript', 'application/javascript']);

/**
 * What was sent, read as Magnum reads it: an empty body is none, whatever its type.
 * @returns undefined where nothing was sent.
 * @throws {BadRequest} for what is not JSON; an exception of status 415 for another type.
 */
export function jsonBody(request: FastifyRequest): Json | undefined {
  const bytes = request.body;
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) return undefined;
  const type = request.headers['content-type']?.split(';', 1)[0]!.trim().toLowerCase() ?? '';
  // To Magnum's toolkit a form's text is the name of an argument.
  if (type === 'application/x-www-form-urlencoded') throw new UnknownArgument(Buffer.from(bytes).toString('utf8'));
  if (!JSON_TYPES.has(type)) throw new UnsupportedMediaTypeException(`Unknown mimetype: ${type}`);
  const json = parseJson(bytes);
  if (json === undefined) throw new BadRequest('Request is not in valid JSON format');
  return json;
}

/** For operations without a body: an empty object is as good as none. */
export function refuseBody(request: FastifyRequest): void {
  const body = jsonBody(request);
  if (body === undefined) return;
  if (!isObject(body)) throw new BadRequest('Request must be a JSON dict');
  const [name] = Object.keys(body);
  if (name !== undefined) throw new UnknownArgument(name);
}

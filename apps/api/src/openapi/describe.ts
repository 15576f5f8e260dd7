import type { DriverRegistry } from '@jeroboam/driver-sdk';
import type { Arguments } from '../wire/query.ts';
import { addRouteConfig } from '../wire/wire-route.ts';
import type { Schema } from './schema.ts';

/** A header of an answer. */
export interface HeaderDescription {
  readonly description: string;
  /** Whether every answer of its kind has it. */
  readonly required: boolean;
  readonly schema: Schema;
}

/** An answer of one status. */
export interface AnswerDescription {
  readonly description: string;
  /** What it can carry, by content type; empty for an answer without a body. */
  readonly content: Readonly<Record<string, Schema>>;
  readonly headers?: Readonly<Record<string, HeaderDescription>>;
}

export interface BodyDescription {
  /** The schema's name in the document. */
  readonly name: string;
  /** The `ResourceType` or patch that the body is read with; a function where it depends on the loaded drivers. */
  readonly type: ReadableType | ((drivers: Pick<DriverRegistry, 'manifests'>) => ReadableType);
  /** @default true */
  readonly required?: boolean;
}
interface ReadableType {
  readonly schema: Schema;
}

/** What one route is for, takes and answers: its part of the OpenAPI document. */
export interface OperationDescription {
  readonly summary: string;
  readonly description?: string;
  /** Arguments of the query: what its method gives to `readQuery`. */
  readonly query?: Arguments;
  readonly body?: BodyDescription;
  /** Successes by status; none where Magnum has a route that refuses whatever it is sent. */
  readonly answers: Readonly<Record<number, AnswerDescription>>;
  /** Statuses of its refusals, beside those that every route has (bad request, no token, not allowed, not acceptable). */
  readonly refusals?: readonly number[];
  /** That it will go away: an entry of `DEPRECATIONS`. */
  readonly deprecated?: { readonly lastMinor?: number };
}

/** With which name a route appears in the document. */
export interface DescribedRoute extends OperationDescription {
  /** E.g. `clusters.create`. */
  readonly id: string;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    operation?: DescribedRoute;
  }
}

type Methods = Readonly<Record<string, OperationDescription>>;
type ControllerWith<N extends PropertyKey> = abstract new (...given: never[]) => Readonly<Record<N, (...given: never[]) => unknown>>;

/**
 * Describes the routes of a controller, by the names of its methods. A route without a description fails the tests
 * (`document.spec.ts`), as does an answer that is not as described.
 */
export function Described<M extends Methods>(methods: M) {
  return (controller: ControllerWith<keyof M>): void => {
    const resource = controller.name.replace(/Controller$/, '').replace(/^./, (first) => first.toLowerCase());
    for (const [name, operation] of Object.entries(methods)) {
      const descriptor = Object.getOwnPropertyDescriptor(controller.prototype as object, name)!;
      addRouteConfig({ operation: { ...operation, id: `${resource}.${name}` } })(controller.prototype as object, name, descriptor);
    }
  };
}

/** Whether a route can have an effect: those that always refuse have none. */
export function changesSomething(method: string | undefined, { answers }: OperationDescription): boolean {
  return method !== 'GET' && method !== 'HEAD' && Object.keys(answers).length > 0;
}

/** An answer of JSON. */
export function json(schema: Schema, description = 'As asked for.', headers?: AnswerDescription['headers']): AnswerDescription {
  return { description, content: { 'application/json': schema }, ...(headers ? { headers } : {}) };
}

/** An answer without a body. */
export function nothing(description: string, headers?: AnswerDescription['headers']): AnswerDescription {
  return { description, content: {}, ...(headers ? { headers } : {}) };
}

/** A route of Magnum's that is there and refuses whatever it is sent, with 400 unless said otherwise. */
export function alwaysRefused(summary: string, ...refusals: readonly number[]): OperationDescription {
  return { summary, answers: {}, refusals };
}

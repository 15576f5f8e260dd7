import type { Json } from './json.ts';

/** What the expressions of one stack can see. */
export interface Scope {
  /** Date of the template's language. */
  readonly version: string;
  /** @throws {HotError} `UserParameterMissing` */
  parameter(name: string): Json;
  /** @throws {HotError} for a condition that the template does not have. */
  condition(name: string): boolean;
  file(path: string): string | undefined;
  /** What `get_resource` gives. */
  reference(resource: string): Json;
  /** What `get_attr` gives; all attributes when none is named. Null while the resource does not exist. */
  attribute(resource: string, attribute: string | null, path: readonly Json[]): Json;
}

/** A scope and the way to evaluate in it. */
export interface Evaluation {
  readonly scope: Scope;
  readonly evaluate: (value: Json) => Json;
}

export interface HotFunction {
  /** Date of the language that brought it. */
  readonly since: string;
  /** Refuses arguments of which already the template says that they are wrong. */
  check?(args: Json, name: string): void;
  /** @param args as the template has them; most functions evaluate them first. */
  resolve(args: Json, context: Evaluation, name: string): Json;
}

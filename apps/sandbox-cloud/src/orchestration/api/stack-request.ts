import { EMPTY_ENVIRONMENT, environmentOf, mergeEnvironments } from '../hot/environment.ts';
import type { Environment, Files } from '../hot/environment.ts';
import { HotError, invalid } from '../hot/hot-error.ts';
import { isMap, listed, textOf } from '../hot/json.ts';
import type { JsonMap } from '../hot/json.ts';
import { booleanOf } from '../hot/parameters.ts';
import { parseYaml } from '../hot/yaml.ts';
import type { StackDefinition } from '../engine/records.ts';
import type { StackChange } from '../engine/stack-engine.ts';
import { templateOf } from '../engine/stack-view.ts';
import { badRequest } from './heat-error.ts';

/** The body of a request for a stack, as it came. */
export type StackBody = JsonMap;

const NAME = /^[A-Za-z][\w.-]{0,254}$/;

/** @throws {StackRefusal} */
export function bodyOf(body: unknown): StackBody {
  if (!isMap(body)) throw badRequest('The server could not comply with the request since it is either malformed or otherwise incorrect.');
  return body;
}

export function stackName(body: StackBody): string {
  const name = body['stack_name'];
  if (name === undefined || name === null) throw badRequest('No stack name specified');
  const text = textOf(name);
  if (!NAME.test(text)) {
    throw invalid(`Invalid stack name ${text} must contain only alphanumeric or "_-." characters, must start with alpha and must be 255 characters or less.`);
  }
  return text;
}

/** Template, files and environment of a request that brings all of them. */
export function definitionOf(body: StackBody): StackDefinition {
  const template = templateIn(body);
  if (!template) throw badRequest('No template specified');
  const files = filesIn(body);
  return { template, files, environment: environmentIn(body, files) };
}

/** A request that changes only what it brings. */
export function patchedDefinition(
  body: StackBody, { template: before, files: beforeFiles, environment: existing }: StackDefinition,
): StackDefinition {
  const template = templateIn(body) ?? before;
  const files = { ...beforeFiles, ...filesIn(body) };
  const cleared = listed(body['clear_parameters']).map(textOf);
  const kept = Object.fromEntries(Object.entries(existing.parameters).filter(([name]) => !cleared.includes(name)));
  const merged = mergeEnvironments([{ ...existing, parameters: kept }, environmentIn(body, files)]);
  // Heat drops what the template does not know here, and only here.
  const known = templateOf({ template, files, environment: EMPTY_ENVIRONMENT }).parameters.map(({ name }) => name);
  const parameters = Object.fromEntries(Object.entries(merged.parameters).filter(([name]) => known.includes(name)));
  return { template, files, environment: { ...merged, parameters } };
}

/** Everything besides the definition; what is left out is not in it. */
export function settingsOf(body: StackBody): Omit<StackChange, 'definition'> {
  const { timeout_mins: timeout, disable_rollback: disable, tags } = body;
  if (timeout !== undefined && timeout !== null && !/^\d+$/.test(textOf(timeout))) {
    throw badRequest("Only integer is acceptable by 'timeout_mins'.");
  }
  const disableRollback = disable === undefined || disable === null ? undefined : booleanOf(disable);
  if (disable !== undefined && disable !== null && disableRollback === undefined) {
    throw badRequest(`Unrecognized value "${textOf(disable)}" for "disable_rollback", acceptable values are: true, false`);
  }
  return {
    ...(timeout !== undefined && timeout !== null && { timeoutMins: Number(timeout) }),
    ...(disableRollback !== undefined && { disableRollback }),
    ...(typeof tags === 'string' && { tags: tags.split(',').filter((tag) => tag !== '') }),
    ...(Array.isArray(tags) && { tags: tags.map(textOf) }),
  };
}

function templateIn({ template, template_url: url }: StackBody): JsonMap | undefined {
  if (isMap(template)) return template;
  if (typeof template === 'string' && template !== '') {
    return worded('Template not in valid format: ', () => parseYaml(template, 'template'));
  }
  if (typeof url === 'string') throw badRequest('The sandbox cloud fetches no templates; send it in the request.');
  return undefined;
}

function filesIn({ files }: StackBody): Files {
  if (!isMap(files)) return {};
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [name, textOf(content)]));
}

function environmentIn(body: StackBody, files: Files): Environment {
  const names = listed(body['environment_files']).map(textOf);
  const environment = worded('Environment not in valid format: ', () => environmentOf(body['environment'], names, files));
  const given = isMap(body['parameters']) ? body['parameters'] : {};
  return { ...environment, parameters: { ...environment.parameters, ...given } };
}

function worded<T>(prefix: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof HotError ? badRequest(prefix + error.message) : error;
  }
}

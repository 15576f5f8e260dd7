import { HotError } from './hot-error.ts';
import type { HotFunction } from './hot-function.ts';
import { isMap, listed, textOf } from './json.ts';
import type { Json } from './json.ts';

/** Follows a path into a value; `undefined` where there is nothing. */
export function select(value: Json, path: readonly Json[]): Json | undefined {
  let current: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(current)) current = current.at(Number(step));
    else if (isMap(current)) current = current[textOf(step)];
    else return undefined;
  }
  return current;
}

const getParam: HotFunction = {
  since: '2013-05-23',
  resolve(args, { scope, evaluate }, name) {
    const [parameter, ...path] = listed(evaluate(args));
    if (parameter === undefined || parameter === '') throw new HotError('ValueError', `Function "${name}" must have arguments`);
    if (typeof parameter !== 'string') throw new HotError('TypeError', `Parameter name in "${name}" must be string`);
    // Heat gives an empty string for a path that leads nowhere.
    return select(scope.parameter(parameter), path) ?? (path.length > 0 ? '' : null);
  },
};

const getResource: HotFunction = {
  since: '2013-05-23',
  resolve: (args, { scope, evaluate }) => scope.reference(textOf(evaluate(args))),
};

const getAttr: HotFunction = {
  since: '2013-05-23',
  check(args, name) {
    if (!Array.isArray(args)) throw new HotError('TypeError', `Argument to "${name}" must be a list`);
    if (args.length === 0) {
      throw new HotError('ValueError', `Arguments to "${name}" can be of the next forms: [resource_name] or `
        + '[resource_name, attribute, (path), ...]');
    }
  },
  resolve(args, { scope, evaluate }) {
    const [resource, attribute, ...path] = evaluate(args) as Json[];
    return scope.attribute(textOf(resource), attribute === undefined ? null : textOf(attribute), path);
  },
};

const getFile: HotFunction = {
  since: '2013-05-23',
  resolve(args, { scope, evaluate }, name) {
    const path = evaluate(args);
    if (typeof path !== 'string') throw new HotError('TypeError', `Argument to "${name}" must be a string`);
    const content = scope.file(path);
    if (content === undefined) throw new HotError('ValueError', `No content found in the "files" section for ${name} path: ${path}`);
    return content;
  },
};

const resourceFacade: HotFunction = {
  since: '2013-05-23',
  check() {
    throw new HotError('ValueError', 'The function resource_facade is not supported by the sandbox cloud.');
  },
  resolve: () => null,
};

export const REFERENCE_FUNCTIONS: Readonly<Record<string, HotFunction>> = {
  get_param: getParam, get_resource: getResource, get_attr: getAttr, get_file: getFile, resource_facade: resourceFacade,
};

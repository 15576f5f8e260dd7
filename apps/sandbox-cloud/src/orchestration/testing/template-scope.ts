import { HotError } from '../hot/hot-error.ts';
import type { Json, JsonMap } from '../hot/json.ts';
import { select } from '../hot/reference-functions.ts';
import { StackScope } from '../hot/stack-scope.ts';
import { parseTemplate } from '../hot/template.ts';
import type { Template } from '../hot/template.ts';

export interface ScopeParts {
  readonly version?: string;
  readonly template?: JsonMap;
  readonly parameters?: JsonMap;
  readonly files?: Readonly<Record<string, string>>;
  /** Attributes by resource; the reference of each is `ref-<name>`. */
  readonly resources?: Readonly<Record<string, JsonMap>>;
}

/** A scope whose resources exist already, with these attributes. */
export function scopeOf({ version = '2018-08-31', template = {}, parameters = {}, files = {}, resources = {} }: ScopeParts = {}): {
  readonly scope: StackScope;
  readonly template: Template;
} {
  const parsed = parseTemplate({ heat_template_version: version, ...template });
  const scope = new StackScope({
    template: parsed, parameters, files,
    resources: {
      reference: (name) => `ref-${name}`,
      attribute(name, attribute, path): Json {
        const attributes = resources[name];
        if (!attributes) throw new HotError('InvalidTemplateReference', `no ${name}`);
        return attribute === null ? attributes : select(attributes, [attribute, ...path]) ?? null;
      },
    },
  });
  return { scope, template: parsed };
}

import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { DataValidateFunction } from 'ajv/dist/types/index.js';
import { DriversUnusable, pluginsOf } from '@jeroboam/driver-sdk';
import type { ChosenPlugins, DriverManifest, LabelsSchema } from '@jeroboam/driver-sdk';
import { BadRequest } from '../wire/errors.ts';

type Labels = Readonly<Record<string, string>>;

const ajv = new Ajv2020({ allErrors: true, verbose: true, strictTypes: false, validateFormats: false });
// Standard JSON Schema only notes what a text holds; here it is looked into.
ajv.removeKeyword('contentSchema');
ajv.addKeyword({ keyword: 'contentSchema', type: 'string', schemaType: ['object', 'boolean'], errors: true, compile: ofContent });

/** Once for each schema, however many versions of a driver, and parts of the API, use it. */
const compiled = new WeakMap<LabelsSchema, ValidateFunction>();

/** To be called at boot. @throws {DriversUnusable} naming every schema that is none. */
export function assertLabelSchemas(manifests: readonly DriverManifest[]): void {
  const problems = manifests.flatMap(({ name, version, capabilities: { labelsSchema, plugins = [] } }) => {
    const of = (whose: string, schema: LabelsSchema | undefined) => (schema === undefined ? [] : wrongIn(schema).map((reason) => `driver ${name}@${version}: ${whose} is no schema: ${reason}`));
    return [...of('capabilities.labelsSchema', labelsSchema), ...plugins.flatMap((plugin) => of(`labelsSchema of the ${plugin.kind} plugin ${plugin.name}`, plugin.labelsSchema))];
  });
  if (problems.length > 0) throw new DriversUnusable(problems);
}

/**
 * Holds labels against the schemas of the driver and of the plugins that were chosen. Labels that none of them names are taken.
 * @throws {BadRequest} naming every label that does not fit, and why.
 */
export function requireFittingLabels({ name, capabilities }: Pick<DriverManifest, 'name' | 'capabilities'>, chosen: ChosenPlugins, labels: Labels): void {
  const schemas = [capabilities.labelsSchema, ...pluginsOf(capabilities, chosen).map(({ labelsSchema }) => labelsSchema)];
  const problems = schemas.flatMap((schema) => (schema === undefined ? [] : problemsOf(labels, validatorOf(schema))));
  if (problems.length > 0) throw new BadRequest([...new Set(problems)].join('; '), { driver: name });
}

function wrongIn(schema: LabelsSchema): readonly string[] {
  try {
    validatorOf(schema);
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

function validatorOf(schema: LabelsSchema): ValidateFunction {
  const known = compiled.get(schema);
  if (known) return known;
  const made = ajv.compile(schema);
  compiled.set(schema, made);
  return made;
}

function problemsOf(labels: Labels, isValid: ValidateFunction): readonly string[] {
  if (isValid(labels)) return [];
  // That a condition leads there is said by what does not hold then.
  return (isValid.errors ?? []).filter(({ keyword }) => keyword !== 'if').map(sentenceOf);
}

/** As Magnum says it of the labels that it looks into. */
function sentenceOf({ keyword, instancePath, params, message, data, schema }: ErrorObject): string {
  const [label, ...inside] = instancePath.slice(1).split('/');
  if (keyword === 'required' && label === '') return `property "labels/${(params as { missingProperty: string }).missingProperty}" is required by the other labels`;
  const property = `property "labels/${label}"`;
  if (keyword === 'false schema') return `${property} is not supported`;
  const value = `${property} with value "${String(data)}" is not supported`;
  if (keyword === 'enum' && inside.length === 0) return `${value}, supported values are: ${[...(schema as string[]).filter((each) => each !== ''), 'unspecified'].join(', ')}`;
  return `${value}: it ${message ?? 'does not fit'}`;
}

/** What the text says as JSON has to fit the schema; its first problem is enough. */
function ofContent(schema: LabelsSchema | boolean): DataValidateFunction {
  const isValid = new Ajv2020({ validateFormats: false, strictTypes: false }).compile(schema);
  const validate: DataValidateFunction = (text: string) => {
    const problem = problemOfContent(text, isValid);
    validate.errors = problem === null ? [] : [{ keyword: 'contentSchema', params: {}, message: problem }];
    return problem === null;
  };
  return validate;
}

function problemOfContent(text: string, isValid: ValidateFunction): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'must be JSON';
  }
  if (isValid(value)) return null;
  const [error] = isValid.errors ?? [];
  return `must be JSON whose ${error?.instancePath.slice(1) || 'whole'} ${error?.message ?? 'is another'}`;
}

import { isSemver } from '../registry/semver.ts';
import { templateDigest } from './template-bundle.ts';
import type { TemplateBundle } from './template-bundle.ts';

const TYPES = ['string', 'number', 'boolean', 'json', 'list'];

interface Claimed {
  readonly templateVersions?: unknown;
  readonly bundles?: unknown;
}

/** What is wrong with the templates a manifest brings; a driver without templates brings none. */
export function templateProblems({ templateVersions, bundles }: Claimed): readonly string[] {
  if (bundles === undefined) return [];
  if (!Array.isArray(bundles) || bundles.length === 0 || !bundles.every(isBundle)) {
    return ['bundles must list at least one template made by templateBundle or templatesOf'];
  }
  const versions = bundles.map(({ version }) => version);
  const problems = bundles.flatMap((bundle) => problemsOf(bundle, versions));
  if (JSON.stringify(versions) !== JSON.stringify(templateVersions)) {
    problems.push('templateVersions must be those of bundles, in their order: use templatesOf');
  }
  return problems;
}

function problemsOf(bundle: TemplateBundle, versions: readonly string[]): string[] {
  const of = `template ${bundle.version}`;
  const problems: string[] = [];
  if (!isSemver(bundle.version)) problems.push(`${of}: its version must be a semantic version`);
  if (versions.filter((version) => version === bundle.version).length > 1) problems.push(`${of} is there twice`);
  if (bundle.digest !== templateDigest(bundle)) problems.push(`${of}: its digest is not that of what it holds`);
  for (const [name, { type }] of Object.entries({ ...bundle.parameters, ...bundle.outputs })) {
    if (!TYPES.includes(type)) problems.push(`${of}: the type of ${name} must be one of ${TYPES.join(', ')}`);
  }
  if (bundle.reversibleTo !== undefined && !versions.includes(bundle.reversibleTo)) {
    problems.push(`${of}: there is no template ${bundle.reversibleTo} to go back to`);
  }
  return problems;
}

function isBundle(value: unknown): value is TemplateBundle {
  if (!isRecord(value)) return false;
  const { version, digest, files, parameters, outputs, defaultLabels } = value;
  const isMap = (map: unknown, holds: (item: unknown) => boolean) => isRecord(map) && Object.values(map).every(holds);
  return typeof version === 'string' && typeof digest === 'string' && isMap(files, isText) && isMap(parameters, isRecord)
    && isMap(outputs, isRecord) && isMap(defaultLabels, isText);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

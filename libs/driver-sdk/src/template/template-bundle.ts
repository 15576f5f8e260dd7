import type { DriverManifest } from '../driver.contract.ts';
import { compareSemver } from '../registry/semver.ts';
import { digestOf } from './canonical.ts';

/** What a template takes. Without a default it must be given. */
export interface TemplateParameter {
  readonly type: 'string' | 'number' | 'boolean' | 'json' | 'list';
  readonly default?: unknown;
  readonly description?: string;
}

/** What is known of the infrastructure when it is there. */
export interface TemplateOutput {
  readonly type: TemplateParameter['type'];
  readonly description?: string;
}

/** A template as its author writes it down. Plain JSON. */
export interface TemplateDefinition {
  /** Semver. PATCH changes no plan, MINOR only adds; whatever else changes is a MAJOR version of the driver. */
  readonly version: string;
  /** The infrastructure template and what it is made of, by path. */
  readonly files: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, TemplateParameter>>;
  readonly outputs: Readonly<Record<string, TemplateOutput>>;
  /** Labels of a bay that names none of its own. @default none */
  readonly defaultLabels?: Readonly<Record<string, string>>;
  /** An older version to which a bay may be taken back. @default none: no way back */
  readonly reversibleTo?: string;
}

/** A template that cannot change: its digest says what it holds. */
export interface TemplateBundle extends TemplateDefinition {
  readonly defaultLabels: Readonly<Record<string, string>>;
  /** Hex SHA-256 over everything else but the version. */
  readonly digest: string;
}

export function templateBundle(definition: TemplateDefinition): TemplateBundle {
  const bundle = { ...definition, defaultLabels: definition.defaultLabels ?? {} };
  return { ...bundle, digest: templateDigest(bundle) };
}

export function templateDigest({ files, parameters, outputs, defaultLabels, reversibleTo }: Omit<TemplateBundle, 'digest'>): string {
  return digestOf({ files, parameters, outputs, defaultLabels, ...(reversibleTo === undefined ? {} : { reversibleTo }) });
}

/**
 * The part of a manifest that says which templates it has, oldest first:
 * `{ name, version, …, ...templatesOf({ version: '1.0.0', files, parameters, outputs }) }`.
 */
export function templatesOf(...definitions: readonly TemplateDefinition[]): Required<Pick<DriverManifest, 'bundles' | 'templateVersions'>> {
  const bundles = definitions.map(templateBundle).sort((one, other) => compareSemver(one.version, other.version));
  return { bundles, templateVersions: bundles.map(({ version }) => version) };
}

/** The newest template version of a driver, and its bundle where it has one. */
export function newestTemplate({ templateVersions, ...manifest }: Pick<DriverManifest, 'templateVersions' | 'bundles'>): { readonly version: string; readonly bundle?: TemplateBundle } {
  return templateOf(manifest, templateVersions.toSorted(compareSemver).at(-1) ?? '');
}

/** A template version of a driver, and its bundle where it has one. */
export function templateOf({ bundles = [] }: Pick<DriverManifest, 'bundles'>, version: string): { readonly version: string; readonly bundle?: TemplateBundle } {
  const bundle = bundles.find((each) => each.version === version);
  return { version, ...(bundle ? { bundle } : {}) };
}

const digests = new WeakMap<object, string>();

/**
 * Hex SHA-256 over what a manifest says of the driver, its templates by their digests. Its state is left out: an operator
 * who changes it has not changed the driver.
 */
export function manifestDigest(manifest: DriverManifest): string {
  const known = digests.get(manifest);
  if (known !== undefined) return known;
  const { create: _code, state: _state, deprecation: _deprecation, bundles = [], ...data } = manifest;
  const digest = digestOf({ ...data, bundles: bundles.map((bundle) => ({ version: bundle.version, digest: bundle.digest })) });
  digests.set(manifest, digest);
  return digest;
}

import { extensionProblems } from '../extension/validate-extension.ts';
import { pluginProblems } from '../plugin/validate-plugins.ts';
import { templateProblems } from '../template/validate-templates.ts';
import { deprecationProblems } from './validate-deprecation.ts';
import { isSemver } from './semver.ts';

const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const STATES = ['active', 'beta', 'deprecated', 'retired'];
const OPERATIONS = ['resize', 'node-groups', 'upgrade', 'upgrade-template', 'rotate-ca', 'rotate-credential', 'health'];
const STRING_LISTS = ['networkDrivers', 'volumeDrivers', 'storageDrivers', 'runtimeClasses', 'limitations'];

/** Everything that is wrong with a value that claims to be a `DriverManifest`, as sentences; empty: it is one. */
export function manifestProblems(value: unknown): readonly string[] {
  if (!isRecord(value)) return ['is not an object'];
  const problems: string[] = [];
  const require = (holds: boolean, problem: string) => {
    if (!holds) problems.push(problem);
  };
  require(isString(value['name']) && NAME.test(value['name']), 'name must match [a-z0-9][a-z0-9_-]{0,62}');
  require(isString(value['version']) && isSemver(value['version']), 'version must be a semantic version');
  require(value['contract'] === 'bay-driver/v1', 'contract must be "bay-driver/v1", the rules this service knows');
  require(isString(value['description']) && value['description'] !== '', 'description must be a sentence');
  require(isString(value['state']) && STATES.includes(value['state']), `state must be one of ${STATES.join(', ')}`);
  require(typeof value['create'] === 'function', 'create must be a function');
  require(isListOf(value['provides'], isBayType, 1), 'provides must list at least one { serverType: vm or bm, os, coe }');
  require(isListOf(
    value['templateVersions'],
    (version) => isString(version) && isSemver(version),
    1,
  ), 'templateVersions must list at least one semantic version');
  return [...problems, ...templateProblems(value), ...deprecationProblems(value), ...extensionProblems(value['extension']), ...capabilityProblems(value['capabilities']), ...pluginProblems(value['capabilities'], value['provides'])];
}

function capabilityProblems(value: unknown): string[] {
  if (!isRecord(value)) return ['capabilities must be an object'];
  const problems = STRING_LISTS.filter((field) => !isListOf(value[field], isString)).map(
    (field) => `capabilities.${field} must be a list of strings`,
  );
  if (!isListOf(value['operations'], (operation) => isString(operation) && OPERATIONS.includes(operation))) {
    problems.push(`capabilities.operations must be a list out of ${OPERATIONS.join(', ')}`);
  }
  if (!isListOf(value['masterCounts'], isPositive, 1))
    problems.push('capabilities.masterCounts must list at least one whole number from 1');
  if (!isPositive(value['maxNodes'])) problems.push('capabilities.maxNodes must be a whole number from 1');
  return problems;
}

function isBayType(value: unknown): boolean {
  return (
    isRecord(value) && (value['serverType'] === 'vm' || value['serverType'] === 'bm') && isFilled(value['os']) && isFilled(value['coe'])
  );
}

function isListOf(value: unknown, holds: (item: unknown) => boolean, atLeast = 0): boolean {
  return Array.isArray(value) && value.length >= atLeast && value.every(holds);
}

function isPositive(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isFilled(value: unknown): boolean {
  return isString(value) && value !== '';
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

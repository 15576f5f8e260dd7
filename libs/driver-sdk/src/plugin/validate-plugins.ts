import { PLUGIN_LISTS } from './driver-plugin.ts';
import type { PluginKind } from './driver-plugin.ts';

const PURPOSES: readonly unknown[] = ['network', 'volume', 'registry'];

/** What is wrong with the plugins and label schemas in a manifest's capabilities, as sentences. Whether a schema is one at all, its user finds out. */
export function pluginProblems(capabilities: unknown, provides: unknown): readonly string[] {
  if (!isRecord(capabilities)) return [];
  const { plugins = [], labelsSchema } = capabilities;
  const own = labelsSchema === undefined || isLabelsSchema(labelsSchema) ? [] : [`capabilities.labelsSchema ${LABELS_SCHEMA}`];
  if (!Array.isArray(plugins)) return [...own, 'capabilities.plugins must be a list'];
  const keys = plugins.map((plugin) => (isRecord(plugin) ? `${String(plugin['kind'])} ${String(plugin['name'])}` : ''));
  const twice = [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))].map((key) => `plugin ${key} is there twice`);
  const coes = Array.isArray(provides) ? provides.map((type: unknown) => (isRecord(type) ? type['coe'] : undefined)) : [];
  return [...own, ...twice, ...plugins.flatMap((plugin) => problemsOf(plugin, capabilities, coes))];
}

const LABELS_SCHEMA = 'must be a JSON Schema of an object that takes further members, and whose properties are texts or false';

function problemsOf(plugin: unknown, capabilities: Readonly<Record<string, unknown>>, provided: readonly unknown[]): readonly string[] {
  if (!isRecord(plugin)) return ['each of capabilities.plugins must be an object'];
  const { kind, name, coes, experimental, labelsSchema, needsCredential = [] } = plugin;
  if (!isPluginKind(kind)) return [`plugin ${String(name)}: kind must be one of ${Object.keys(PLUGIN_LISTS).join(', ')}`];
  const list = PLUGIN_LISTS[kind];
  const problems: string[] = [];
  const require = (holds: boolean, problem: string) => {
    if (!holds) problems.push(`${kind} plugin ${String(name)}: ${problem}`);
  };
  require(Array.isArray(capabilities[list]) && capabilities[list].includes(name), `capabilities.${list} must list it`);
  require(coes === undefined || isListOutOf(coes, provided), 'coes must list COEs that the driver provides');
  require(experimental === undefined || experimental === true, 'experimental is true or left out');
  require(labelsSchema === undefined || isLabelsSchema(labelsSchema), `labelsSchema ${LABELS_SCHEMA}`);
  require(isListOutOf(needsCredential, PURPOSES), `needsCredential must be a list out of ${PURPOSES.join(', ')}`);
  return problems;
}

function isPluginKind(kind: unknown): kind is PluginKind {
  return typeof kind === 'string' && Object.hasOwn(PLUGIN_LISTS, kind);
}

function isLabelsSchema(value: unknown): boolean {
  if (!isRecord(value) || value['type'] !== 'object' || (value['additionalProperties'] ?? true) !== true) return false;
  const { properties = {} } = value;
  return isRecord(properties) && Object.values(properties).every((property) => property === false || (isRecord(property) && property['type'] === 'string'));
}

function isListOutOf(value: unknown, known: readonly unknown[]): boolean {
  return Array.isArray(value) && value.every((each) => known.includes(each));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

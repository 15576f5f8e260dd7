import type { BaySpec } from '@jeroboam/domain';
import type { DriverCapabilities } from '../driver.contract.ts';

/** Which of the capabilities' lists has its name: `networkDrivers`, `volumeDrivers` or `storageDrivers`. */
export type PluginKind = 'network' | 'volume' | 'storage';

/** What nodes may need a credential of their own for. */
export type NodeCredentialPurpose = 'network' | 'volume' | 'registry';

/**
 * JSON Schema (2020-12) of labels: an object whose properties are texts, as all labels are. A property that is `false` is
 * refused; labels that are not named are taken. `contentMediaType: application/json` with `contentSchema` holds a text that
 * is JSON against a schema of its own.
 */
export type LabelsSchema = Readonly<Record<string, unknown>>;

/** A network, volume or storage driver that bays can be given. Data, never code. */
export interface DriverPlugin {
  readonly kind: PluginKind;
  /** As users name it. */
  readonly name: string;
  /** COEs with which it can be used. @default all that the driver makes bays of */
  readonly coes?: readonly string[];
  /** Little tried, and may change in any version. @default false */
  readonly experimental?: true;
  /** Of the labels it reads. @default any */
  readonly labelsSchema?: LabelsSchema;
  /** A bay that uses it has a credential for each of these. @default none */
  readonly needsCredential?: readonly NodeCredentialPurpose[];
}

/** The capability that lists the plugins of a kind. */
export const PLUGIN_LISTS = { network: 'networkDrivers', volume: 'volumeDrivers', storage: 'storageDrivers' } as const satisfies Record<PluginKind, keyof DriverCapabilities>;

/** Names of one kind that bays of this COE can be given. */
export function pluginNames(capabilities: DriverCapabilities, kind: PluginKind, coe: string | null): readonly string[] {
  const { plugins = [] } = capabilities;
  return capabilities[PLUGIN_LISTS[kind]].filter((name) => plugins.every((plugin) => plugin.kind !== kind || plugin.name !== name || isFor(plugin, coe)));
}

export type ChosenPlugins = Pick<BaySpec, 'coe' | 'networkDriver' | 'volumeDriver' | 'dockerStorageDriver'>;

/** What the manifest says of the plugins that a bay uses; those it says nothing of are left out. */
export function pluginsOf({ plugins = [] }: Pick<DriverCapabilities, 'plugins'>, { coe, networkDriver, volumeDriver, dockerStorageDriver }: ChosenPlugins): readonly DriverPlugin[] {
  const chosen: Readonly<Record<PluginKind, string | null>> = { network: networkDriver, volume: volumeDriver, storage: dockerStorageDriver };
  return plugins.filter((plugin) => chosen[plugin.kind] === plugin.name && isFor(plugin, coe));
}

/** Purposes for which a bay's nodes need credentials, each once. */
export function purposesOf(capabilities: Pick<DriverCapabilities, 'plugins'>, spec: ChosenPlugins): readonly NodeCredentialPurpose[] {
  return [...new Set(pluginsOf(capabilities, spec).flatMap(({ needsCredential = [] }) => needsCredential))];
}

function isFor({ coes }: DriverPlugin, coe: string | null): boolean {
  return coes === undefined || (coe !== null && coes.includes(coe));
}

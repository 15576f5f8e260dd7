import { manifestDigest, type DriverManifest, type DriverPlugin } from '@jeroboam/driver-sdk';
import type { DriverOnHost } from '@jeroboam/messaging';

/**
 * A driver as clients see it (behaviour section 1).
 *
 * @param onHost what an executor says of it; `null`: none has answered.
 */
export function driverView(manifest: DriverManifest, onHost: DriverOnHost | 'not loaded' | null): Record<string, unknown> {
  const { capabilities } = manifest;
  return {
    name: manifest.name,
    version: manifest.version,
    description: manifest.description,
    state: manifest.state,
    provides: manifest.provides.map(({ serverType, os, coe }) => ({ server_type: serverType, os, coe })),
    template_versions: manifest.templateVersions.map((version) => templateView(version, manifest)),
    capabilities: {
      operations: capabilities.operations,
      network_drivers: capabilities.networkDrivers,
      volume_drivers: capabilities.volumeDrivers,
      storage_drivers: capabilities.storageDrivers,
      plugins: (capabilities.plugins ?? []).map(pluginView),
      labels_schema: capabilities.labelsSchema ?? {},
      server_types: [...new Set(manifest.provides.map(({ serverType }) => serverType))],
      runtime_classes: capabilities.runtimeClasses,
      master_counts: capabilities.masterCounts,
      max_nodes: capabilities.maxNodes,
      limitations: capabilities.limitations,
    },
    digest: manifestDigest(manifest),
    ...(manifest.deprecation ? { sunset: manifest.deprecation.sunset } : {}),
    ...availability(onHost),
  };
}

function availability(onHost: DriverOnHost | 'not loaded' | null): Record<string, unknown> {
  if (onHost === null) return { available: null, missing: [] };
  if (onHost === 'not loaded') {
    return { available: false, missing: [{ what: 'driver', reason: 'The driver executor has not loaded this driver.', package: null }] };
  }
  const missing = onHost.missing.map(({ what, reason, package: name }) => ({ what, reason, package: name ?? null }));
  return { available: onHost.available, missing };
}

function pluginView({ kind, name, coes = [], experimental, labelsSchema = {}, needsCredential = [] }: DriverPlugin): Record<string, unknown> {
  return { kind, name, coes, experimental: experimental ?? false, labels_schema: labelsSchema, needs_credential: needsCredential };
}

/** One template; its digest is null where the driver brings no template that could be looked at. */
function templateView(version: string, { bundles = [] }: DriverManifest): Record<string, unknown> {
  const bundle = bundles.find((each) => each.version === version);
  return { version, digest: bundle?.digest ?? null, default_labels: bundle?.defaultLabels ?? {}, reversible_to: bundle?.reversibleTo ?? null };
}

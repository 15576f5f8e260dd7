import type { DriverCapabilities, DriverManifest, DriverRegistry } from '@jeroboam/driver-sdk';
import type { BayDocument } from '@jeroboam/read-model';
import { CapabilityMissing, DriverVersionUnavailable } from './capability.errors.ts';

/** Magnum's words where a driver lacks something, by what it lacks. */
const REFUSALS: Readonly<Record<DriverCapabilities['operations'][number], string>> = {
  resize: "'resize_cluster' is not supported by this driver.",
  'node-groups': "'create_nodegroup' is not supported by this driver.",
  upgrade: "'upgrade_cluster' is not supported by this driver.",
  'upgrade-template': 'Moving a cluster to another template is not supported by this driver.',
  'rotate-ca': "'rotate_ca_certificate' is not supported by this driver.",
  'rotate-credential': 'Credential rotation is not supported by driver.',
  health: "'get_monitor' is not supported by this driver.",
};

/**
 * The driver that made the bay, if it is loaded and can do this: asked before anything is changed.
 * @throws {DriverVersionUnavailable} {CapabilityMissing}
 */
export function requireAbleDriver(drivers: DriverRegistry, { spec }: BayDocument, operation: DriverCapabilities['operations'][number]): DriverManifest {
  const { name, version } = spec.driver;
  const manifest = drivers.find(name, version);
  if (!manifest) throw new DriverVersionUnavailable(name, version);
  if (!manifest.capabilities.operations.includes(operation)) throw new CapabilityMissing(REFUSALS[operation], { driver: name });
  return manifest;
}

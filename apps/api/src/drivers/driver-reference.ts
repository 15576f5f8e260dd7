import type { DriverReference } from '@jeroboam/domain';
import { manifestDigest, newestTemplate, type ResolvedDriver } from '@jeroboam/driver-sdk';

/** What a bay keeps of the driver that makes it: version, template, and by which content both can be known again. */
export function driverReference({ manifest, resolvedBy }: ResolvedDriver, { version, bundle } = newestTemplate(manifest)): DriverReference {
  return {
    name: manifest.name, version: manifest.version, templateVersion: version, resolvedBy, driverDigest: manifestDigest(manifest),
    ...(bundle ? { templateDigest: bundle.digest } : {}),
  };
}

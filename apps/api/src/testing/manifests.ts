import type { DriverExtension, DriverManifest } from '@jeroboam/driver-sdk';

/** A driver on paper: it makes swarms of up to ten nodes. */
export function manifest(changes: Partial<DriverManifest> = {}): DriverManifest {
  return {
    name: 'swarm_test', version: '1.2.0', contract: 'bay-driver/v1', description: 'makes nothing', state: 'active',
    provides: [{ serverType: 'vm', os: 'fedora-coreos', coe: 'swarm-mode' }],
    templateVersions: ['1.2.0', '1.10.0'],
    capabilities: {
      operations: ['resize', 'node-groups', 'upgrade', 'upgrade-template', 'rotate-ca', 'rotate-credential'], networkDrivers: ['docker'], volumeDrivers: ['rexray'], storageDrivers: ['overlay2', 'devicemapper'],
      runtimeClasses: [],
      masterCounts: [1, 3], maxNodes: 10, limitations: [],
    },
    create: () => { throw new Error('a driver on paper'); },
    ...changes,
  };
}

/** Another that has to be asked for: by name, or by an image made for it. */
export const OTHER = manifest({
  name: 'other_driver', state: 'beta',
  provides: [{ serverType: 'vm', os: 'fedora-coreos', coe: 'kubernetes' }, { serverType: 'vm', os: 'fedora-coreos', coe: 'swarm-mode' }],
});

/** Shows something and does something. */
export const EXTENSION: DriverExtension = {
  alias: 'test', name: 'Test', description: 'What only this driver has.', version: '1.0.0', updated: '2026-11-23',
  commands: [
    {
      name: 'look', help: 'Shows something.', method: 'GET', path: 'look', responseColumns: ['asked'], policy: 'reader',
      argsSchema: { type: 'object', properties: { count: { type: 'integer', default: 1 }, deep: { type: 'boolean' } }, additionalProperties: false },
    },
    {
      name: 'touch', help: 'Does something.', method: 'POST', path: 'touch', responseColumns: [],
      argsSchema: { type: 'object', properties: { node: { type: 'string' } }, required: ['node'], additionalProperties: false },
    },
  ],
};

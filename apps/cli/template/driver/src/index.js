import { Driver } from './driver.js';

/** @type {import('@jeroboam/driver-sdk').DriverManifest} */
export const manifest = {
  name: '__NAME__',
  version: '0.1.0',
  contract: 'bay-driver/v1',
  description: 'Bays that are files, until this driver is taught to make real ones.',
  // A beta makes bays only for those who name it.
  state: 'beta',
  provides: [{ serverType: 'vm', os: 'linux', coe: 'swarm-mode' }],
  templateVersions: ['1.0.0'],
  // What is not listed is refused before the driver is asked. List what it does, and nothing else.
  capabilities: {
    operations: ['resize', 'health'],
    networkDrivers: ['docker'],
    volumeDrivers: [],
    storageDrivers: [],
    runtimeClasses: [],
    masterCounts: [1],
    maxNodes: 20,
    limitations: ['Nothing it makes exists.'],
  },
  create: ({ dataDir }) => new Driver(dataDir),
};

/** Every version of a driver is a manifest of its own. */
export const drivers = [manifest];

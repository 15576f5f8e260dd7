import { join } from 'node:path';
import type { BayView } from '@jeroboam/domain';
import { templatesOf } from '@jeroboam/driver-sdk';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import { heatDriver, readBundle } from '@jeroboam/heat-driver';
import type { HeatBlueprint } from '@jeroboam/heat-driver';
import { agentsOf, serverOf, tasksOn } from './ask-masters.ts';
import { extension, show } from './extension.ts';
import { labelsSchema, plugins } from './labels.ts';
import { parametersOf } from './parameters.ts';

/** The same one folder up from the sources and from the built files. */
const templates = templatesOf(readBundle(join(import.meta.dirname, '..', 'bundles', '1.0.0')));

export const blueprint: HeatBlueprint = { name: 'dcos_centos', bundles: templates.bundles, parametersOf, busyServers, show };

export const dcosCentosV1: DriverManifest = {
  name: 'dcos_centos',
  version: '1.0.0',
  contract: 'bay-driver/v1',
  description: 'DC/OS on CentOS servers, made by Heat: masters with Exhibitor and the dashboard, private and public agents.',
  state: 'active',
  provides: [{ serverType: 'vm', os: 'centos', coe: 'dcos' }],
  ...templates,
  needsCredentials: ['control'],
  extension,
  capabilities: {
    operations: ['resize', 'node-groups', 'upgrade-template', 'rotate-credential', 'health'],
    networkDrivers: ['docker'],
    volumeDrivers: ['rexray'],
    storageDrivers: ['overlay', 'overlay2', 'devicemapper'],
    plugins,
    labelsSchema,
    runtimeClasses: [],
    masterCounts: [1, 3, 5],
    maxNodes: 250,
    limitations: [
      'The image has to bring docker, python, ipset, tar, xz, unzip and curl; nodes get the installer of DC/OS from the address in the label dcos_installer_url unless the image brings it.',
      'The makers of DC/OS have ended it: name an address of your own for the installer, and its dcos_installer_sha256.',
      'The certificate of the dashboard is its own; the bay’s authority signs nothing but what nodes fetch a credential with, as DC/OS asks users to sign in instead.',
      'Which agents have work can be asked only where the label oauth_enabled is false; elsewhere the newest agents leave.',
      'Health says how the stacks are and does not ask DC/OS.',
      'Keys of Amazon or Azure for Exhibitor do not belong into labels: the image brings them in /etc/dcos/secrets.json, and the credentials of REX-Ray as well; the bay’s own credential for volumes stays with the service.',
      'The number of masters cannot change; upgrades to another image and rotations of the CA are not offered.',
    ],
  },
  create: heatDriver(blueprint),
};

export const drivers: readonly DriverManifest[] = [dcosCentosV1];

/** Those with tasks, also such as are just coming or going. */
async function busyServers(bay: BayView, signal: AbortSignal): Promise<readonly string[]> {
  return (await agentsOf(bay, signal)).filter((agent) => tasksOn(agent) > 0).flatMap((agent) => serverOf(agent) ?? []);
}

import { join } from 'node:path';
import { templatesOf } from '@jeroboam/driver-sdk';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import { flannelOfKubernetes, heatDriver, probeKubernetes, readBundle } from '@jeroboam/heat-driver';
import type { HeatBlueprint } from '@jeroboam/heat-driver';
import { parametersOf } from './parameters.ts';
import { labelsSchema, withoutOptionalPorts } from './port-plan.ts';

/** The same one folder up from the sources and from the built files. */
const templates = templatesOf(readBundle(join(import.meta.dirname, '..', 'bundles', '1.0.0')));

export const blueprint: HeatBlueprint = { name: 'k8s_fedora_ironic', bundles: templates.bundles, parametersOf, probe: probeKubernetes, remedy: withoutOptionalPorts };

export const k8sFedoraIronicV1: DriverManifest = {
  name: 'k8s_fedora_ironic',
  version: '1.0.0',
  contract: 'bay-driver/v1',
  description: 'Kubernetes on bare-metal machines with Fedora CoreOS, made by Heat and Ironic: etcd and the control plane as static pods, flannel, CoreDNS.',
  state: 'active',
  provides: [{ serverType: 'bm', os: 'fedora-coreos', coe: 'kubernetes' }],
  ...templates,
  needsCredentials: ['control'],
  capabilities: {
    operations: ['resize', 'node-groups', 'upgrade-template', 'rotate-credential', 'health'],
    networkDrivers: ['flannel'],
    volumeDrivers: [],
    storageDrivers: ['overlay2'],
    runtimeClasses: [],
    plugins: [flannelOfKubernetes],
    labelsSchema,
    masterCounts: [1, 3, 5],
    maxNodes: 250,
    limitations: [
      'Nodes download Kubernetes, CNI plugins and images when they start: they need a way to dl.k8s.io, github.com, registry.k8s.io and ghcr.io.',
      'Machines are wired to a network that is there (fixed_network or fixed_subnet); no network, router or load balancer is made.',
      'A floating address needs a router from that network to the external one; without it Neutron refuses, and says so.',
      'Machines boot from their own disks: Cinder volumes of every kind are refused.',
      'Masters have one port, their primary one; workers have those of the label port_plan, by default the same one.',
      'An optional port is left out of a worker that found no machine with enough of them; the stack keeps which workers these are.',
      'Nodes that leave are not drained first, and their entries in Kubernetes stay until somebody deletes them.',
      'Machines are slow to start and to clean: without a create_timeout a bay may take two hours.',
      'The number of masters cannot change.',
      'Upgrades are refused: etcd is on the disks of the masters, which therefore cannot be made anew, and nothing on a node carries out changes.',
      'Rotations of the CA are refused: nodes ask for their certificates when they come, and are let in no more once they are there.',
      'Bays without TLS are not made.',
    ],
  },
  create: heatDriver(blueprint),
};

export const drivers: readonly DriverManifest[] = [k8sFedoraIronicV1];

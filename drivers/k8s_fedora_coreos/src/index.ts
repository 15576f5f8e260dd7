import { join } from 'node:path';
import { templatesOf } from '@jeroboam/driver-sdk';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import { heatDriver, probeKubernetes, readBundle } from '@jeroboam/heat-driver';
import type { HeatBlueprint } from '@jeroboam/heat-driver';
import { parametersOf } from './parameters.ts';
import { plugins } from './plugins.ts';

/** The same one folder up from the sources and from the built files. */
const templates = templatesOf(readBundle(join(import.meta.dirname, '..', 'bundles', '1.0.0')));

export const blueprint: HeatBlueprint = { name: 'k8s_fedora_coreos', bundles: templates.bundles, parametersOf, probe: probeKubernetes };

export const k8sFedoraCoreosV1: DriverManifest = {
  name: 'k8s_fedora_coreos',
  version: '1.0.0',
  contract: 'bay-driver/v1',
  description: 'Kubernetes on Fedora CoreOS servers, made by Heat: etcd and the control plane as static pods, flannel or calico, CoreDNS.',
  state: 'active',
  provides: [{ serverType: 'vm', os: 'fedora-coreos', coe: 'kubernetes' }],
  ...templates,
  needsCredentials: ['control'],
  capabilities: {
    operations: ['resize', 'node-groups', 'upgrade-template', 'rotate-credential', 'health'],
    networkDrivers: ['flannel', 'calico'],
    volumeDrivers: ['cinder'],
    storageDrivers: ['overlay2'],
    plugins,
    runtimeClasses: [],
    masterCounts: [1, 3, 5],
    maxNodes: 250,
    limitations: [
      'Nodes download Kubernetes, CNI plugins and images when they start: they need a way to dl.k8s.io, github.com, registry.k8s.io and ghcr.io.',
      'There is no cloud provider in a bay: services of type LoadBalancer and Cinder volumes for pods are not made. With cinder as volume_driver every node fetches a credential for volumes and keeps it in /etc/kubernetes/cloud-volume.conf; users deploy the CSI plugin that reads it, and a program in /etc/kubernetes/credential-hooks.d where that has to be told of a new one.',
      'Nodes that leave are not drained first, and their entries in Kubernetes stay until somebody deletes them.',
      'The number of masters cannot change.',
      'Upgrades are refused: etcd is on the disks of the masters, which therefore cannot be made anew, and nothing on a node carries out changes.',
      'Rotations of the CA are refused: nodes ask for their certificates when they come, and are let in no more once they are there.',
      'Bays without TLS are not made.',
    ],
  },
  create: heatDriver(blueprint),
};

export const drivers: readonly DriverManifest[] = [k8sFedoraCoreosV1];

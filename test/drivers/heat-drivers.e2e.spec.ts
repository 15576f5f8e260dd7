import { driverContract } from '@jeroboam/driver-sdk/testing';
import * as k8s from '@jeroboam/driver-k8s-fedora-coreos';
import * as ironic from '@jeroboam/driver-k8s-fedora-ironic';
import * as mesos from '@jeroboam/driver-mesos-ubuntu';
import * as swarm from '@jeroboam/driver-swarm-fedora-atomic';
import { startSandboxCloud } from '@jeroboam/sandbox-cloud';
import type { SandboxCloud } from '@jeroboam/sandbox-cloud';
import { logIn, openOnCloud, specFor } from './cloud-under-test.ts';

let sandbox: SandboxCloud;
beforeAll(async () => {
  sandbox = await startSandboxCloud({ port: 0, containerInfraUrl: 'http://127.0.0.1:9511/v1', latency: {} });
});
afterAll(() => sandbox.close());

const drivers = [
  { manifest: k8s.k8sFedoraCoreosV1, blueprint: k8s.blueprint, image: 'fedora-coreos' },
  { manifest: ironic.k8sFedoraIronicV1, blueprint: ironic.blueprint, image: 'fedora-coreos', flavor: 'bm.standard', network: 'metal' },
  { manifest: swarm.swarmFedoraAtomicV1, blueprint: swarm.standaloneBlueprint, image: 'fedora-atomic' },
  { manifest: swarm.swarmFedoraAtomicV2, blueprint: swarm.blueprint, image: 'fedora-atomic' },
  { manifest: mesos.mesosUbuntuV1, blueprint: mesos.blueprint, image: 'ubuntu' },
];

for (const { manifest, blueprint, image, ...more } of drivers) {
  driverContract(`${manifest.name} ${manifest.version} on the sandbox cloud`, {
    manifest, cuts: 3, timeoutMs: 240_000, spec: specFor(manifest, { image, flavor: 'm1.small', ...more }),
    open: async () => openOnCloud(blueprint, logIn(`${sandbox.url}/v3`, { username: 'demo', password: 'secret', projectName: 'demo' })),
  });
}

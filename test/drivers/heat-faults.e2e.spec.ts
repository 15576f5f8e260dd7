import { BayLife } from '@jeroboam/driver-sdk/testing';
import * as k8s from '@jeroboam/driver-k8s-fedora-coreos';
import * as mesos from '@jeroboam/driver-mesos-ubuntu';
import * as swarm from '@jeroboam/driver-swarm-fedora-atomic';
import { startSandboxCloud } from '@jeroboam/sandbox-cloud';
import type { SandboxCloud } from '@jeroboam/sandbox-cloud';
import { logIn, openOnCloud, specFor } from './cloud-under-test.ts';

let sandbox: SandboxCloud;
beforeEach(async () => {
  sandbox = await startSandboxCloud({ port: 0, containerInfraUrl: 'http://127.0.0.1:9511/v1', latency: {} });
});
afterEach(() => sandbox.close());

const url = () => `${sandbox.url}/v3`;
type Operation = Parameters<BayLife['runStep']>[0];
type Step = Parameters<BayLife['runStep']>[1];

async function behindTheCloud<T>(method: string, path: string, body?: unknown): Promise<T> {
  const request = { auth: { identity: { methods: ['password'], password: { user: { name: 'admin', domain: { name: 'Default' }, password: 'secret' } } }, scope: { project: { name: 'admin', domain: { name: 'Default' } } } } };
  const answer = await fetch(`${url()}/auth/tokens`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(request) });
  const response = await fetch(`${sandbox.url}/admin/${path}`, {
    method, headers: { 'x-auth-token': answer.headers.get('x-subject-token')!, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

describe.each([
  { manifest: k8s.k8sFedoraCoreosV1, blueprint: k8s.blueprint, image: 'fedora-coreos' },
  { manifest: swarm.swarmFedoraAtomicV2, blueprint: swarm.blueprint, image: 'fedora-atomic' },
  { manifest: mesos.mesosUbuntuV1, blueprint: mesos.blueprint, image: 'ubuntu' },
])('$manifest.name $manifest.version in a cloud with faults', ({ manifest, blueprint, image }) => {
  /** The whole life of a bay, each step tried again as the scheduler does. @returns what the failed tries said. */
  async function live(): Promise<readonly Error[]> {
    const opened = openOnCloud(blueprint, logIn(url(), { username: 'demo', password: 'secret', projectName: 'demo' }));
    const failures: Error[] = [];
    try {
      const life = new BayLife(opened.driver, manifest, { workers: 2, spec: specFor(manifest, { image, flavor: 'm1.small' }) });
      const through = async (operation: Operation) => {
        for (const step of life.plan(operation)) failures.push(...(await tryStep(life, operation, step)));
      };
      try {
        await through(life.creation());
        await through(life.resizing(1));
      } finally {
        await through(life.deletion());
      }
      expect(life.ledger.entries()).toEqual([]);
      expect((await behindTheCloud<{ things: readonly unknown[] }>('GET', 'inventory')).things).toEqual([]);
    } finally {
      await opened.close();
    }
    return failures;
  }

  async function tryStep(life: BayLife, operation: Operation, step: Step): Promise<readonly Error[]> {
    const failures: Error[] = [];
    for (let attempt = 1; ; attempt += 1) {
      try {
        await life.runStep(operation, step, { attempt });
        return failures;
      } catch (error) {
        failures.push(error as Error);
        if ((error as { retryable?: boolean }).retryable !== true || attempt === 10) throw error;
      }
    }
  }

  const server = { type: 'OS::Nova::Server', action: 'create' };
  const group = { type: 'OS::Neutron::SecurityGroup', action: 'delete' };
  it.each([
    ['a full quota', { match: server, effect: { kind: 'fail', error: 'Forbidden', message: 'Quota exceeded for instances (HTTP 403)' }, times: 4 }, /compute service.*Quota exceeded for instances/],
    ['no host for a server', { match: server, effect: { kind: 'fail', error: 'ResourceInError', message: 'No valid host was found' }, times: 1 }, /No valid host was found/],
    ['something in the way of a delete', { match: group, effect: { kind: 'fail', error: 'Conflict', message: 'Security Group is in use (HTTP 409)' }, times: 2 }, /security_group: Security Group is in use/],
  ])('says so and goes on by itself after %s', async (_what, fault, said) => {
    await behindTheCloud('POST', 'faults', fault);
    expect((await live()).map(({ message }) => message)).toEqual(expect.arrayContaining([expect.stringMatching(said)]));
  }, 120_000);

  it('goes on through an orchestration service that is away, and one that is slow', async () => {
    await behindTheCloud('POST', 'faults', { match: { action: 'request', request: 'POST /orchestration/*' }, effect: { kind: 'answer', status: 503 }, times: 7 });
    await behindTheCloud('POST', 'faults', { match: { action: 'request', request: 'GET /orchestration/*' }, effect: { kind: 'delay', ms: 200 }, times: 5 });
    expect((await live()).every(({ message }) => message.includes('Heat'))).toBe(true);
  }, 120_000);

  it.each([
    ['no host for a server', { match: server, effect: { kind: 'fail', error: 'ResourceInError', message: 'No valid host was found' } }, 'No valid host was found'],
    ['a node that does not come up', { match: { action: 'boot' }, effect: { kind: 'fail', error: 'Boot', message: 'the engine does not start' }, times: 1 }, 'the engine does not start'],
  ])('gives up a stack that fails whatever is tried, with its reason, and leaves nothing behind: %s', async (_what, fault, reason) => {
    await behindTheCloud('POST', 'faults', fault);
    await expect(live()).rejects.toMatchObject({ retryable: false, message: expect.stringContaining(reason) as string });
  }, 120_000);
});

import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DriverRegistry } from '@jeroboam/driver-sdk';
import type { RecordedEvent } from '@jeroboam/domain';
import { ApiHarness, errorOf } from '../testing/api-harness.ts';
import { EXTENSION, OTHER, manifest } from '../testing/manifests.ts';

let api: ApiHarness;
let bay: string;
beforeEach(async () => {
  api = await ApiHarness.open();
  bay = await api.givenCompleteBay(await api.givenBayModel());
});
afterEach(() => api.close());

const at = (path: string) => `/v1/clusters/${bay}/ext/${path}`;

async function events(): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for await (const event of api.log.readStream(`bay-${bay}`)) found.push(event);
  return found;
}

describe('GET /v1/extensions', () => {
  it('describes what drivers add, as data from which commands grow', async () => {
    const { status, body } = await api.call('GET /v1/extensions');
    expect(status).toBe(200);
    expect(body.extensions).toEqual([{
      alias: 'test', name: 'Test', description: 'What only this driver has.', driver: 'swarm_test', driver_version: '1.2.0', version: '1.0.0',
      updated: '2026-11-23', namespace: '/v1/clusters/{ident}/ext/test/',
      commands: [
        expect.objectContaining({ name: 'look', method: 'GET', path: '/v1/clusters/{ident}/ext/test/look', response_columns: ['asked'] }),
        expect.objectContaining({ name: 'touch', method: 'POST', args_schema: EXTENSION.commands[1]!.argsSchema }),
      ],
      links: [{ rel: 'self', href: expect.stringMatching(/\/v1\/extensions\/test$/) }],
    }]);
    expect((await api.call('GET /v1/extensions/test')).body).toEqual(body.extensions[0]);
  });

  it('says with an ETag that nothing has changed', async () => {
    const { headers } = await api.call('GET /v1/extensions');
    const again = await api.call('GET /v1/extensions', { headers: { 'if-none-match': String(headers['etag']) } });
    expect([again.status, again.text]).toEqual([304, '']);
    expect((await api.call('GET /v1/extensions', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  it('does not know an alias that nobody has', async () => {
    expect(errorOf(await api.call('GET /v1/extensions/dcos'))).toMatchObject({ status: 404, detail: 'Extension dcos could not be found.' });
  });
});

describe('a command that shows something', () => {
  it('is answered by the driver, who is given the bay and the arguments by their types', async () => {
    const asked: unknown[] = [];
    api.services.extension = ({ bay: { spec, nodes }, call }) => {
      asked.push([spec.bayId, nodes.length, call]);
      return { shown: { asked: 'yes' } };
    };
    expect((await api.call(`GET ${at('test/look?deep=true')}`)).body).toEqual({ asked: 'yes' });
    expect(asked).toEqual([[bay, 3, { alias: 'test', command: 'look', arguments: { count: 1, deep: true } }]]);
  });

  it('leaves no trace in the log', async () => {
    const before = await events();
    await api.call(`GET ${at('test/look')}`);
    expect(await events()).toEqual(before);
  });

  it('says why where the driver has no answer, and changes nothing about the rest', async () => {
    api.services.extension = () => ({ failed: 'it is raining' });
    const before = (await api.call(`GET /v1/clusters/${bay}`)).text;
    expect(errorOf(await api.call(`GET ${at('test/look')}`))).toMatchObject({ status: 503, detail: 'Extension test look has no answer: it is raining' });
    expect((await api.call(`GET /v1/clusters/${bay}`)).text).toBe(before);
  });

  it.each(['count=many', 'count=1&count=2', 'deep=perhaps'])('refuses the arguments %s', async (query) => {
    const { status, body } = await api.call(`GET ${at(`test/look?${query}`)}`);
    expect([status, body.errors[0].detail]).toEqual([400, expect.stringContaining('Invalid arguments for look')]);
  });

  it('refuses an argument that no such command has', async () => {
    expect(errorOf(await api.call(`GET ${at('test/look?other=1')}`))).toMatchObject({ status: 400, detail: 'Unknown argument: "other"' });
  });
});

describe('a command that does something', () => {
  const touch = (body: unknown, as = 'member') => api.call(`POST ${at('test/touch')}`, { body, as });

  it('is an operation, and a fact with a name on it', async () => {
    const { status, headers, body } = await touch({ node: 'default-worker-0' });
    expect([status, body]).toEqual([202, { uuid: bay }]);
    expect((await events()).at(-1)).toMatchObject({
      type: 'ExtensionRequested', actor: { userId: 'u1', projectId: 'p1' },
      data: { operationId: headers['operation-id'], call: { alias: 'test', command: 'touch', arguments: { node: 'default-worker-0' } } },
    });
    expect((await api.call(`GET ${String(headers['location'])}`)).body).toMatchObject({ kind: 'extension', state: 'ACCEPTED' });
    expect((await api.call(`GET /v1/clusters/${bay}`)).body.status).toBe('UPDATE_IN_PROGRESS');
  });

  it.each([[{}], [{ node: 1 }], [{ node: 'a', force: true }], ['node'], [['node']]])('refuses %j before anything is changed', async (body) => {
    const before = await events();
    expect((await touch(typeof body === 'string' ? JSON.stringify(body) : body)).status).toBe(400);
    expect(await events()).toEqual(before);
  });

  it('is for members of the project, and readers only look', async () => {
    expect((await touch({ node: 'a' }, 'reader')).status).toBe(403);
    expect((await api.call(`GET ${at('test/look')}`, { as: 'reader' })).status).toBe(200);
    expect((await touch({ node: 'a' }, 'stranger')).status).toBe(404);
  });
});

describe('the extension of another driver', () => {
  it.each(['test/nothing', 'other/look', 'test/touch'])('is not there for a bay: %s', async (path) => {
    expect((await api.call(`GET ${at(path)}`)).status).toBe(404);
  });

  it('is not there for bays whose driver has none, and cannot be asked where the driver is gone', async () => {
    const extended = manifest({ name: 'extended', version: '9.0.0', provides: [{ serverType: 'vm', os: 'fedora-coreos', coe: 'mesos' }], extension: EXTENSION });
    const of = async (...drivers: ReturnType<typeof manifest>[]) => {
      const other = await ApiHarness.open({}, { dependencies: { readModel: api.readModel, log: api.log, drivers: new DriverRegistry(drivers) } });
      const { status } = await other.call(`GET ${at('test/look')}`);
      await other.close();
      return status;
    };
    expect(await of(extended, OTHER)).toBe(409);
    api = await ApiHarness.open({}, { dependencies: { drivers: new DriverRegistry([manifest(), extended]) } });
    bay = await api.givenCompleteBay(await api.givenBayModel());
    expect((await api.call(`GET ${at('test/look')}`)).status).toBe(404);
  });
});

describe('the rules of extensions', () => {
  it('may be replaced one by one, also of drivers that are not loaded', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jeroboam-policy-'));
    const policyFile = join(folder, 'policy.yaml');
    writeFileSync(policyFile, '"ext:test:touch": "!"\n"ext:dcos:ui": "@"\n');
    await api.close();
    api = await ApiHarness.open({ policyFile });
    bay = await api.givenCompleteBay(await api.givenBayModel());
    expect((await api.call(`POST ${at('test/touch')}`, { body: { node: 'a' } })).status).toBe(403);
    rmSync(folder, { recursive: true });
  });
});

describe('a driver whose extension has no schema that can be used', () => {
  it('stops the boot', async () => {
    const command = { ...EXTENSION.commands[0]!, argsSchema: { type: 'object', additionalProperties: false, properties: { a: { type: 'string', pattern: '(' } } } };
    const boot = ApiHarness.open({}, { dependencies: { drivers: new DriverRegistry([manifest({ extension: { ...EXTENSION, commands: [command] } })]) } });
    await expect(boot).rejects.toThrow('argsSchema is no schema');
  });
});

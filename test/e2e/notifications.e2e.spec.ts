import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, login } from './harness/client.ts';
import { EmbeddedProcess } from './harness/process.ts';

interface Notification {
  readonly message_id: string;
  readonly event_type: string;
  readonly _context_project_id: string;
  readonly payload: { readonly resource_id?: string; readonly cluster_id?: string; readonly outcome?: string; readonly tenant_id?: string; readonly state?: string };
}

describe('notifications of the embedded Jeroboam', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-notified-'));
  const file = join(folder, 'notifications.jsonl');
  let jeroboam: EmbeddedProcess;

  beforeAll(async () => {
    // A broker that is not there, beside the file: nobody notices.
    jeroboam = await EmbeddedProcess.start({ env: { JEROBOAM_NOTIFIER_FILE: file, JEROBOAM_RABBITMQ_URL: 'amqp://guest:guest@127.0.0.1:1/' } });
  });
  afterAll(async () => {
    await jeroboam?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const told = (): Notification[] => readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Notification);

  it('tell the life of a bay, each step once, although a broker is away and the process is killed in between', async () => {
    let api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
    const bayId = await api.createBay(await api.fakeTemplate());
    await api.until(bayId, ['CREATE_COMPLETE']);
    await api.call('POST', `/v1/clusters/${bayId}/actions/resize`, { node_count: 3 });
    await jeroboam.kill('SIGKILL');
    await jeroboam.start();
    api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
    await api.until(bayId, ['UPDATE_COMPLETE']);
    await api.call('DELETE', `/v1/clusters/${bayId}`);
    await api.until(bayId, ['GONE']);
    for (let tries = 0; tries < 200 && !told().some(({ event_type: type }) => type === 'magnum.cluster.delete.end'); tries += 1) await sleep(25);

    // What was in flight when the process was killed may be there again.
    const once = [...new Map(told().map((notification) => [notification.message_id, notification])).values()];
    const life = once.filter(({ payload }) => payload.resource_id === bayId);
    expect(life.map(({ event_type: type }) => type).filter((type) => /\.(start|end|error)$/.test(type) && type.startsWith('magnum.cluster.'))).toEqual([
      'magnum.cluster.create.start', 'magnum.cluster.create.end', 'magnum.cluster.resize.start', 'magnum.cluster.resize.end', 'magnum.cluster.delete.start', 'magnum.cluster.delete.end',
    ]);
    expect(life.filter(({ event_type: type }) => /^magnum\.cluster\.(create|update|delete)$/.test(type)).map(({ event_type: type, payload }) => `${type} ${payload.outcome}`)).toEqual(
      ['create', 'update', 'delete'].flatMap((action) => ['pending', 'success'].map((outcome) => `magnum.cluster.${action} ${outcome}`)));
    expect(new Set(life.map(({ payload, _context_project_id: project }) => `${payload.tenant_id} ${project}`)).size).toBe(1);
    expect(once.filter(({ event_type: type }) => type === 'magnum.cluster.usage').length).toBeGreaterThan(0);
    expect(jeroboam.output).toContain('a sink does not take notifications');
  }, 60_000);
});

import type { ServerResponse } from 'node:http';
import { FakeCloud, magnumError } from '../testing/fake-cloud.ts';
import { wireEvent } from '../testing/events.ts';
import { runHere } from '../testing/run-here.ts';

const BAY = '0b8d3f4e-58c2-4a37-9c0e-4b6c2a3f1d00';
const operationId = '1f0c2a9e-aaaa';
const node = { name: 'default-worker-0', nodeGroup: 'default-worker', address: '10.88.0.3' };
const started = wireEvent('OperationStarted', { operationId }, { stream: 'operations-b1', sequence: 1, global_position: '2' });
const joined = wireEvent('NodeJoined', { node, operationId }, { sequence: 4, global_position: '7' });

let cloud: FakeCloud;
beforeEach(async () => {
  cloud = await FakeCloud.open();
  const next = `${cloud.url}/v1/clusters/${BAY}/events?after=2`;
  cloud.on('GET /v1/clusters/web/events', { body: { cluster_uuid: BAY, events: [started], up_to: '2', next } });
  cloud.on(`GET /v1/clusters/${BAY}/events`, { body: { cluster_uuid: BAY, events: [joined], up_to: '9' } });
});
afterEach(() => cloud.close());

const paths = () => cloud.asked.map(({ path }) => path).filter((path) => path.startsWith('/v1'));
const frames = (...blocks: string[]) => (response: ServerResponse) =>
  void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(blocks.map((block) => `${block}\n\n`).join(''));
/** Ends `--follow` where it would wait for the second time. */
function once(): { readonly waits: number[]; readonly sleep: (ms: number) => Promise<void> } {
  const waits: number[] = [];
  return { waits, sleep: async (ms) => { waits.push(ms); if (waits.length > 1) throw new Error('enough'); } };
}

describe('jeroboam events', () => {
  it('tells a story line by line, through all pages, by id after the first', async () => {
    const { status, stdout } = await runHere(['events', 'bay/web'], { env: cloud.env });
    expect(status).toBe(0);
    expect(stdout).toBe([
      '2026-01-31 12:00:00.000Z  operations#1     1f0c2a9e  OperationStarted',
      '2026-01-31 12:00:00.000Z  bay#4            1f0c2a9e  NodeJoined                 default-worker-0 at 10.88.0.3',
      '',
    ].join('\n'));
    expect(paths()).toEqual(['/v1/clusters/web/events', `/v1/clusters/${BAY}/events?after=2`]);
  });

  it('gives one JSON object a line, whole, with --json', async () => {
    const { stdout } = await runHere(['events', 'web', '--json'], { env: cloud.env });
    expect(stdout.trimEnd().split('\n').map((line) => JSON.parse(line))).toEqual([started, joined]);
  });

  it('begins after a position', async () => {
    await runHere(['events', BAY, '--after', '5'], { env: cloud.env });
    expect(paths()).toEqual([`/v1/clusters/${BAY}/events?after=5`]);
  });

  it('cannot be led to another path by a name', async () => {
    await runHere(['events', '../operations/x?y'], { env: cloud.env });
    expect(paths()).toEqual(['/v1/clusters/..%2Foperations%2Fx%3Fy/events']);
  });

  it('goes on with what happens next, resuming where it was when the service ends the stream', async () => {
    const event = `id: 12\nevent: NodeJoined\ndata: ${JSON.stringify(joined)}`;
    cloud.on('GET /v1/events', frames(': events after 9', event, ': still here\nid: 15'), frames(': events after 15'));
    const { waits, sleep } = once();
    const { stdout } = await runHere(['events', 'web', '--follow', '--json'], { env: cloud.env, sleep });
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    const listened = cloud.asked.filter(({ path }) => path === `/v1/events?bay=${BAY}`);
    expect(listened.map(({ headers }) => headers['last-event-id'])).toEqual(['9', '15']);
    expect(waits).toEqual([1_000, 1_000]);
  });

  it('says on standard error that the connection was lost, and tries again', async () => {
    const cutOff = (response: ServerResponse) => void response.writeHead(200).write(': hello\n\n', () => response.destroy());
    cloud.on('GET /v1/events', cutOff, { status: 503, body: magnumError(503, 'Busy.') });
    const { sleep } = once();
    const { stderr } = await runHere(['events', 'web', '--follow'], { env: cloud.env, sleep });
    expect(stderr).toContain('The connection to the service was lost. Trying again.\n');
    expect(stderr).toContain('Busy. (request req-1) Trying again.\n');
  });

  it('does not try again what is refused', async () => {
    cloud.on('GET /v1/events', { status: 400, body: magnumError(400, 'Last-Event-ID is not a position of this log.') });
    const { status, stderr } = await runHere(['events', 'web', '--follow'], { env: cloud.env });
    expect(status).toBe(1);
    expect(stderr).toContain('Error: Last-Event-ID is not a position of this log.');
  });

  it('colours for eyes only, and not for those who do not want it', async () => {
    const escape = '\u001b[';
    expect((await runHere(['events', 'web'], { env: cloud.env, isTTY: true })).stdout).toContain(escape);
    expect((await runHere(['events', 'web'], { env: { ...cloud.env, NO_COLOR: '1' }, isTTY: true })).stdout).not.toContain(escape);
    expect((await runHere(['events', 'web'], { env: cloud.env })).stdout).not.toContain(escape);
  });
});

import { FakeCloud } from '../testing/fake-cloud.ts';
import { runHere } from '../testing/run-here.ts';

const step = {
  name: 'network', state: 'WAITING', attempts: 2, started_at: '2026-01-31T12:00:01+00:00', finished_at: null as string | null,
  error: 'no space' as string | null, blocked_by: ['port-1'],
};
const planStep = { ...step, name: 'plan', state: 'SUCCEEDED', attempts: 1, finished_at: step.started_at, error: null, blocked_by: [] };
const operation = {
  id: 'op-1', kind: 'resize', cluster_uuid: 'b1', nodegroup: 'default-worker', state: 'WAITING', requested_by: 'ada', request_id: 'req-1',
  deadline: '2026-01-31T13:00:00+00:00', result: null, created_at: '2026-01-31T12:00:00+00:00', finished_at: null,
  steps: [planStep, step],
};
const failed = {
  ...operation, id: 'op-2', kind: 'delete', nodegroup: null, state: 'FAILED', steps: [],
  result: { reason: 'Step network failed: no space' },
};

let cloud: FakeCloud;
beforeEach(async () => { cloud = await FakeCloud.open(); });
afterEach(() => cloud.close());

describe('jeroboam operations', () => {
  it('lists what was asked of a bay, through all pages', async () => {
    const next = `${cloud.url}/v1/clusters/b1/operations?limit=1&marker=op-1`;
    cloud.on('GET /v1/clusters/web/operations', { body: { operations: [operation], next } }, { body: { operations: [failed] } });
    const { status, stdout } = await runHere(['operations', 'bay/web'], { env: cloud.env });
    expect(status).toBe(0);
    expect(stdout).toBe([
      'ID    CREATED               KIND                   STATE    STEPS  BY   REASON',
      'op-1  2026-01-31 12:00:00Z  resize default-worker  WAITING  1/2    ada',
      'op-2  2026-01-31 12:00:00Z  delete                 FAILED   0/0    ada  Step network failed: no space',
      '',
    ].join('\n'));
    expect(cloud.asked.at(-1)!.path).toBe('/v1/clusters/web/operations?limit=1&marker=op-1');
  });
});

describe('jeroboam operation', () => {
  beforeEach(() => cloud.on('GET /v1/operations/op-1', { body: operation }));

  it('shows an operation with its steps, what failed and what stands in the way', async () => {
    const { stdout } = await runHere(['operation', 'op-1'], { env: cloud.env });
    expect(stdout).toBe([
      'operation   op-1',
      'kind        resize of default-worker',
      'bay         b1',
      'state       WAITING',
      'by          ada (req-1)',
      'created     2026-01-31 12:00:00Z',
      'deadline    2026-01-31 13:00:00Z',
      '',
      'STEP     STATE      ATTEMPTS  STARTED               FINISHED',
      'plan     SUCCEEDED  1         2026-01-31 12:00:01Z  2026-01-31 12:00:01Z',
      'network  WAITING    2         2026-01-31 12:00:01Z',
      '  no space',
      '  blocked by port-1',
      '',
    ].join('\n'));
  });

  it('gives what the service gave with --json', async () => {
    expect(JSON.parse((await runHere(['operation', 'op-1', '--json'], { env: cloud.env })).stdout)).toEqual(operation);
  });
});

import fc from 'fast-check';
import { deciderSpec, replay } from '../testing/decider-spec.ts';
import type { OperationEvent, StepLease } from './operation.events.ts';
import { operationsDecider } from './operation.process.ts';
import type { OperationCommand } from './operation.process.ts';
import type { OperationView } from './operation.view.ts';

const operations = deciderSpec(operationsDecider);
const bayId = 'b1';
const DEADLINE = '2026-01-31T13:00:00.000Z';
const NOON = '2026-01-31T12:00:00.000Z';
const at = (now: string) => ({ now });
const create: OperationView = { operationId: 'op-create', kind: 'create', bayId };
const resize = (operationId: string, nodeCount: number, nodeGroup = 'default-worker'): OperationView => ({ operationId, kind: 'resize', bayId, resize: { nodeGroup, nodeCount, nodesToRemove: [] } });
const remove: OperationView = { operationId: 'op-delete', kind: 'delete', bayId };
const driver = { name: 'swarm_local', version: '1.0.0' };

const start = (operation: OperationView): OperationCommand => ({ type: 'StartOperation', metadata: at(NOON), data: { bayId, projectId: 'p1', operation, driver, deadlineAt: DEADLINE } });
const dispatch = (now = NOON, executorId = 'e1'): OperationCommand => ({ type: 'DispatchStep', metadata: at(now), data: { executorId } });
const succeed = (token: number, outcome = {}): OperationCommand => ({ type: 'ReportStepSucceeded', metadata: at(NOON), data: { token, outcome } });
const plan = (token: number, ...names: string[]): OperationCommand => ({ type: 'ReportPlan', metadata: at(NOON), data: { token, steps: names.map((name) => ({ name })) } });
const failed = (token: number, retryable: boolean, maxAttempts: number | null = null): OperationCommand => ({ type: 'ReportStepFailed', metadata: at(NOON), data: { token, reason: 'no space', retryable, maxAttempts, blockedBy: [] } });
const expireLease = (token: number): OperationCommand => ({ type: 'ExpireLease', metadata: at(NOON), data: { token } });
const expireDeadline = (operationId: string, now: string): OperationCommand => ({ type: 'ExpireDeadline', metadata: at(now), data: { operationId } });

const queued = (operation: OperationView): OperationEvent => ({ type: 'OperationQueued', schemaVersion: 1, data: { bayId, projectId: 'p1', operation, driver, deadlineAt: DEADLINE } });
const started = (operationId: string): OperationEvent => ({ type: 'OperationStarted', schemaVersion: 1, data: { bayId, operationId } });
const lease = (operationId: string, step: string, token: number, attempt = 1): StepLease & { bayId: string } => ({ bayId, operationId, step, attempt, token });
const dispatched = (operationId: string, step: string, token: number, attempt = 1): OperationEvent => ({ type: 'OperationStepDispatched', schemaVersion: 1, data: { ...lease(operationId, step, token, attempt), executorId: 'e1' } });
const planned = (operationId: string, token: number, ...names: string[]): OperationEvent => ({ type: 'OperationPlanned', schemaVersion: 1, data: { ...lease(operationId, 'plan', token), steps: names.map((name) => ({ name })) } });
const stepDone = (operationId: string, step: string, token: number, outcome = {}): OperationEvent => ({ type: 'OperationStepSucceeded', schemaVersion: 1, data: { ...lease(operationId, step, token), outcome } });
const superseded = (operationId: string, by: OperationView): OperationEvent => ({ type: 'OperationSuperseded', schemaVersion: 1, data: { bayId, operationId, by: by.operationId, reason: `superseded by a newer ${by.kind}` } });

/** A create with two steps, planned, nothing out. */
const underWay = [queued(create), started('op-create'), dispatched('op-create', 'plan', 1), planned('op-create', 1, 'network', 'nodes')];

describe('operations of one bay', () => {
  it('starts the first at once', () => {
    operations.given().when(start(create)).then(queued(create), started('op-create'));
  });
  it('is silent when the same request arrives again, also after it ended', () => {
    operations.given(...underWay).when(start(create)).thenNothing();
    operations.given(queued(create), started('op-create'), superseded('op-create', remove)).when(start(create)).thenNothing();
  });
  it('begins with the plan, then leases one step after another under rising tokens', () => {
    operations.given(queued(create), started('op-create')).when(dispatch()).then(dispatched('op-create', 'plan', 1));
    operations.given(...underWay).when(dispatch()).then(dispatched('op-create', 'network', 2));
    operations.given(...underWay, dispatched('op-create', 'network', 2), stepDone('op-create', 'network', 2)).when(dispatch()).then(dispatched('op-create', 'nodes', 3));
  });
  it('gives a step to one executor at a time', () => {
    operations.given(...underWay, dispatched('op-create', 'network', 2)).when(dispatch()).thenNothing();
  });
  it('gives out nothing after the deadline', () => {
    operations.given(...underWay).when(dispatch(DEADLINE)).thenNothing();
  });
  it('succeeds with its last step, with what all steps put out', () => {
    const story = [...underWay, dispatched('op-create', 'network', 2), stepDone('op-create', 'network', 2, { outputs: { stackId: 's1' } }), dispatched('op-create', 'nodes', 3)];
    operations.given(...story).when(succeed(3, { outputs: { apiAddress: 'tcp://a' } })).then(
      stepDone('op-create', 'nodes', 3, { outputs: { apiAddress: 'tcp://a' } }),
      { type: 'OperationSucceeded', schemaVersion: 1, data: { bayId, operationId: 'op-create', outputs: { stackId: 's1', apiAddress: 'tcp://a' } } },
    );
  });
  it('succeeds when there is nothing to do', () => {
    operations.given(queued(create), started('op-create'), dispatched('op-create', 'plan', 1)).when(plan(1)).then(
      planned('op-create', 1),
      { type: 'OperationSucceeded', schemaVersion: 1, data: { bayId, operationId: 'op-create', outputs: {} } },
    );
  });
  it('refuses a report under a lease that is not the present one', () => {
    operations.given(...underWay, dispatched('op-create', 'network', 2)).when(succeed(1)).thenRefused('STALE_LEASE');
    operations.given(...underWay).when(plan(1, 'network')).thenRefused('STALE_LEASE');
  });
});

describe('a step that fails', () => {
  const out = [...underWay, dispatched('op-create', 'network', 2)];
  const failure = (retryAt: string | null, attempt = 1, token = 2): OperationEvent => ({ type: 'OperationStepFailed', schemaVersion: 1, data: { ...lease('op-create', 'network', token, attempt), reason: 'no space', blockedBy: [], retryAt } });

  it('is tried again a second later, then after twice as long', () => {
    operations.given(...out).when(failed(2, true)).then(failure('2026-01-31T12:00:01.000Z'));
    operations.given(...out, failure('2026-01-31T12:00:01.000Z'), dispatched('op-create', 'network', 3, 2)).when(failed(3, true)).then(failure('2026-01-31T12:00:02.000Z', 2, 3));
  });
  it('is not given out before its time', () => {
    const waiting = [...out, failure('2026-01-31T12:00:01.000Z')];
    operations.given(...waiting).when(dispatch(NOON)).thenNothing();
    operations.given(...waiting).when(dispatch('2026-01-31T12:00:01.000Z')).then(dispatched('op-create', 'network', 3, 2));
  });
  it('ends the operation when trying again is no use, naming the step', () => {
    const end = { type: 'OperationFailed', schemaVersion: 1, data: { bayId, operationId: 'op-create', step: 'network', reason: 'Step network failed: no space' } } as const;
    operations.given(...out).when(failed(2, false)).then(failure(null), end);
    operations.given(...out).when(failed(2, true, 1)).then(failure(null), end);
  });
  it('is free again when its executor was lost', () => {
    const expired: OperationEvent = { type: 'OperationStepLeaseExpired', schemaVersion: 1, data: { ...lease('op-create', 'network', 2), executorId: 'e1' } };
    operations.given(...out).when(expireLease(2)).then(expired);
    operations.given(...out, expired).when(dispatch()).then(dispatched('op-create', 'network', 3, 2));
    operations.given(...out).when(expireLease(1)).thenNothing();
  });
});

describe('a deadline', () => {
  it('ends the operation with a reason naming the open step', () => {
    operations.given(...underWay).when(expireDeadline('op-create', DEADLINE)).then(
      { type: 'OperationTimedOut', schemaVersion: 1, data: { bayId, operationId: 'op-create', step: 'network', reason: `Timed out in step network: not done by ${DEADLINE}` } },
    );
  });
  it('is silent before its time, and for what has ended', () => {
    operations.given(...underWay).when(expireDeadline('op-create', NOON)).thenNothing();
    operations.given(...underWay).when(expireDeadline('op-other', DEADLINE)).thenNothing();
  });
});

describe('a newer operation', () => {
  it('supersedes a resize of the same node group, and begins when the step that is out has ended', () => {
    const story = [queued(resize('op-1', 3)), started('op-1'), dispatched('op-1', 'plan', 1)];
    operations.given(...story).when(start(resize('op-2', 4))).then(superseded('op-1', resize('op-2', 4)), queued(resize('op-2', 4)));
    operations.given(...story, superseded('op-1', resize('op-2', 4)), queued(resize('op-2', 4))).when(plan(1, 'grow')).then(planned('op-1', 1, 'grow'), started('op-2'));
  });
  it('waits for one of another node group', () => {
    operations.given(queued(resize('op-1', 3)), started('op-1')).when(start(resize('op-2', 4, 'gpu'))).then(queued(resize('op-2', 4, 'gpu')));
  });
  it('that takes a node group away supersedes what is to be done with that group, and nothing else', () => {
    const ofGroup = (operationId: string, kind: 'create-node-group' | 'delete-node-group', nodeGroup = 'gpu'): OperationView => ({ operationId, kind, bayId, nodeGroup });
    const removal = ofGroup('op-2', 'delete-node-group');
    for (const older of [resize('op-1', 3, 'gpu'), ofGroup('op-1', 'create-node-group')]) {
      operations.given(queued(older), started('op-1')).when(start(removal)).then(superseded('op-1', removal), queued(removal), started('op-2'));
    }
    operations.given(queued(resize('op-1', 3)), started('op-1')).when(start(removal)).then(queued(removal));
  });
  it('begins at once when it supersedes and nothing is out', () => {
    operations.given(...underWay).when(start(remove)).then(superseded('op-create', remove), queued(remove), started('op-delete'));
  });
  it('gets its turn also when the executor of the superseded one is lost', () => {
    const story = [...underWay, dispatched('op-create', 'network', 2), superseded('op-create', remove), queued(remove)];
    operations.given(...story).when(expireLease(2)).then({ type: 'OperationStepLeaseExpired', schemaVersion: 1, data: { ...lease('op-create', 'network', 2), executorId: 'e1' } }, started('op-delete'));
  });
});

describe('whatever happens', () => {
  const token = fc.integer({ min: 1, max: 12 });
  const anyCommand: fc.Arbitrary<OperationCommand> = fc.oneof(
    { weight: 4, arbitrary: fc.constant(dispatch()) },
    { weight: 4, arbitrary: token.map((each) => succeed(each)) },
    { weight: 3, arbitrary: token.map((each) => plan(each, 'a', 'b')) },
    token.map((each) => failed(each, true, 1)),
    token.map((each) => failed(each, false)),
    token.map(expireLease),
    fc.constantFrom(create, resize('op-1', 3), resize('op-2', 4), resize('op-3', 1, 'gpu'), remove).map(start),
    fc.constantFrom('op-create', 'op-1', 'op-2', 'op-3', 'op-delete').map((id) => expireDeadline(id, DEADLINE)),
  );
  const ENDS = ['OperationSucceeded', 'OperationFailed', 'OperationTimedOut', 'OperationSuperseded'];

  it('ends every operation at most once, and runs one at a time', () => {
    fc.assert(fc.property(fc.array(anyCommand, { maxLength: 80 }), (given) => {
      const open = new Set<string>();
      const ended = new Set<string>();
      for (const { type, data } of replay(operationsDecider, given).events) {
        const id = 'operationId' in data ? data.operationId : data.operation.operationId;
        if (type === 'OperationStarted') {
          expect(open.size).toBe(0);
          open.add(id);
        }
        if (!ENDS.includes(type)) continue;
        expect(ended.has(id)).toBe(false);
        ended.add(id);
        open.delete(id);
      }
    }), { numRuns: 500 });
  });
  it('can always be brought to an end by deadlines and lost leases', () => {
    fc.assert(fc.property(fc.array(anyCommand, { maxLength: 60 }), (given) => {
      let { state } = replay(operationsDecider, given);
      for (let round = 0; round < 20 && (state.current || state.running || state.queue.length > 0); round += 1) {
        const open = [state.current, ...state.queue].flatMap((each) => (each ? [expireDeadline(each.operation.operationId, DEADLINE)] : []));
        state = replay(operationsDecider, [...(state.running ? [expireLease(state.running.token)] : []), ...open], state).state;
      }
      expect([state.current, state.running, state.queue]).toEqual([null, null, []]);
    }), { numRuns: 500 });
  });
  it('never lowers the fencing token', () => {
    fc.assert(fc.property(fc.array(anyCommand, { maxLength: 80 }), (given) => {
      const tokens = replay(operationsDecider, given).events.flatMap(({ type, data }) => (type === 'OperationStepDispatched' ? [data.token] : []));
      expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
      expect(new Set(tokens).size).toBe(tokens.length);
    }));
  });
});

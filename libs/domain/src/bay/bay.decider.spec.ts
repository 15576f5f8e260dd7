import fc from 'fast-check';
import { fold } from '../kernel/decider.ts';
import { deciderSpec, replay } from '../testing/decider-spec.ts';
import { BAY, MASTER, WORKERS, aSpec, commands, completeBay, events, group, node } from '../testing/bay.samples.ts';
import type { BayCommand } from './bay.commands.ts';
import { bayDecider } from './bay.decider.ts';
import type { BayEvent } from './bay.events.ts';

const bay = deciderSpec(bayDecider);

describe('creating a bay', () => {
  it('accepts a bay with both its node groups in one fact', () => {
    bay.given().when(commands.create()).then(events.requested());
  });
  it('is silent when the same create arrives again', () => {
    bay.given(events.requested()).when(commands.create()).thenNothing();
  });
  it('refuses an id that is taken', () => {
    bay.given(...completeBay).when(commands.create()).thenRefused('BAY_ALREADY_EXISTS');
  });
  it('refuses a bay without masters', () => {
    bay.given().when(commands.create([group('default-master', 0), group('default-worker', 2)])).thenRefused('INVALID_BAY');
  });
  it('refuses a bay without a name', () => {
    bay.given().when(commands.create(undefined, { ...aSpec, name: '' })).thenRefused('INVALID_BAY');
  });
  it('refuses two node groups of one name', () => {
    bay.given().when(commands.create([group('default-master', 1), group('default-master', 1)])).thenRefused('INVALID_BAY');
  });
  it('closes the id of a create that never arrived, and refuses it ever after', () => {
    const abandoned = { type: 'BayCreationAbandoned', schemaVersion: 1, data: { bayId: BAY, projectId: 'p1' } } as const;
    bay.given().when(commands.abandon()).then(abandoned);
    bay.given(abandoned).when(commands.create()).thenRefused('BAY_ALREADY_EXISTS');
  });
  it('does not abandon a bay that is there', () => {
    bay.given(events.requested()).when(commands.abandon()).thenNothing();
  });
});

describe('what steps see', () => {
  it('records each node once', () => {
    bay.given(events.requested()).when(commands.observe([MASTER, WORKERS[0]])).then(events.joined(MASTER), events.joined(WORKERS[0]));
    bay.given(events.requested(), events.joined(MASTER)).when(commands.observe([MASTER])).thenNothing();
  });
  it('records a node that came back with another address', () => {
    const moved = { ...MASTER, address: '10.88.0.9' };
    bay.given(events.requested(), events.joined(MASTER)).when(commands.observe([moved])).then(events.joined(moved));
  });
  it('records that a node is gone, once', () => {
    bay.given(...completeBay).when(commands.observe([], [WORKERS[1].name], 'op-resize')).then(events.removed(WORKERS[1], 'op-resize'));
    bay.given(...completeBay).when(commands.observe([], ['default-worker-7'], 'op-resize')).thenNothing();
  });
});

describe('what an earlier step saw, told again', () => {
  const removed = { type: 'NodeRemoved', schemaVersion: 1, data: { bayId: BAY, operationId: 'op-resize', token: 7, name: WORKERS[1].name, nodeGroup: 'default-worker' } } as const;

  it('carries the token of the step that saw it', () => {
    bay.given(...completeBay).when(commands.observe([], [WORKERS[1].name], 'op-resize', 7)).then(removed);
  });
  it('does not bring back a node that a later step removed', () => {
    bay.given(...completeBay, removed).when(commands.observe([MASTER, ...WORKERS], [], 'op-resize', 6)).thenNothing();
    bay.given(...completeBay, removed).when(commands.observe([MASTER, ...WORKERS], [], 'op-resize', 7)).thenNothing();
  });
  it('is heard when it is news', () => {
    bay.given(...completeBay, removed).when(commands.observe([WORKERS[1]], [], 'op-2', 8)).then({ type: 'NodeJoined', schemaVersion: 1, data: { bayId: BAY, operationId: 'op-2', token: 8, node: WORKERS[1] } });
  });
});

describe('the end of an operation', () => {
  it('calls a bay provisioned when every node that was asked for has joined', () => {
    const joined = [MASTER, ...WORKERS].map((each) => events.joined(each));
    bay.given(events.requested(), ...joined).when(commands.complete('op-create', { apiAddress: 'tcp://10.88.0.2:2376' })).then(events.provisioned());
  });
  it('refuses to call it so while a node is missing', () => {
    bay.given(events.requested(), events.joined(MASTER), events.joined(WORKERS[0])).when(commands.complete('op-create')).thenRefused('EVIDENCE_MISSING');
  });
  it('refuses to call a bay deleted while the ledger holds something', () => {
    bay.given(events.requested(), events.intended('bridge'), events.deletionRequested()).when(commands.complete('op-delete')).thenRefused('EVIDENCE_MISSING');
    bay.given(events.requested(), events.intended('bridge'), events.deletionRequested(), events.released('bridge')).when(commands.complete('op-delete')).then(events.deleted());
  });
  it('is silent for an operation that no longer decides', () => {
    bay.given(events.requested(), events.deletionRequested()).when(commands.complete('op-create')).thenNothing();
    bay.given(...completeBay).when(commands.fail('op-create')).thenNothing();
  });
  it('says why a create failed', () => {
    bay.given(events.requested()).when(commands.fail('op-create')).then(events.creationFailed());
  });
  it('says how many nodes a failed resize left', () => {
    bay.given(...completeBay, events.resizeRequested(5), events.joined(node('default-worker-2'), 'op-resize')).when(commands.fail('op-resize')).then(events.resizeFailed(3));
  });
  it('says why a delete failed, and takes the next one up', () => {
    bay.given(events.requested(), events.deletionRequested()).when(commands.fail('op-delete', 'busy')).then(events.deletionFailed());
    bay.given(events.requested(), events.deletionRequested(), events.deletionFailed()).when(commands.remove('op-delete-2')).then(events.deletionRequested('op-delete-2'));
  });
});

describe('resizing a bay', () => {
  it('asks for the new size of the worker group', () => {
    bay.given(...completeBay).when(commands.resize(3)).then(events.resizeRequested(3));
  });
  it('is silent at the present size', () => {
    bay.given(...completeBay).when(commands.resize(2)).thenNothing();
  });
  it('tries the same size again after a failure', () => {
    bay.given(...completeBay, events.resizeRequested(3), events.resizeFailed(2)).when(commands.resize(2, { operationId: 'op-again' })).then(events.resizeRequested(2, 'op-again'));
  });
  it('lets the newest size supersede the one under way', () => {
    bay.given(...completeBay, events.resizeRequested(3)).when(commands.resize(4, { operationId: 'op-newer' })).then(events.resizeRequested(4, 'op-newer', 3));
  });
  it('records a refusal while the bay is being created, for the answer was 202', () => {
    bay.given(events.requested()).when(commands.resize(3)).then({
      type: 'BayResizeRefused', schemaVersion: 1,
      data: { bayId: BAY, operationId: 'op-resize', nodeGroup: 'default-worker', nodeCount: 3, code: 'STATUS_FORBIDS', reason: 'Resizing a cluster when status is "CREATE_IN_PROGRESS" is not supported.' },
    });
  });
  it('refuses a node group that is not there', () => {
    bay.given(...completeBay).when(commands.resize(3, { nodeGroup: 'nope' })).thenRefused('NODE_GROUP_NOT_FOUND');
  });
  it('takes a node more or a named one less by what the group has then, and a named one anew where the count stays', () => {
    const named = { nodesToRemove: [WORKERS[0].name] };
    const requested = (nodeCount: number, nodesToRemove: readonly string[]) => (
      { type: 'BayResizeRequested', schemaVersion: 1, data: { bayId: BAY, operationId: 'op-resize', nodeGroup: 'default-worker', fromCount: 2, nodeCount, nodesToRemove } } as const);
    bay.given(...completeBay).when(commands.resize({ change: 1 })).then(requested(3, []));
    bay.given(...completeBay).when(commands.resize({ change: -1 }, named)).then(requested(1, named.nodesToRemove));
    bay.given(...completeBay).when(commands.resize({ change: 0 }, named)).then(requested(2, named.nodesToRemove));
    bay.given(...completeBay, events.resizeRequested(3)).when(commands.resize({ change: 1 })).thenNothing();
  });
  it('takes no such change while another is under way: what is leaving would count twice', () => {
    const under = [...completeBay, events.resizeRequested(1, 'op-other')];
    for (const change of [-1, 0, 1]) bay.given(...under).when(commands.resize({ change }, { nodesToRemove: [WORKERS[0].name] })).thenRefused('STATUS_FORBIDS');
    bay.given(...completeBay).when(commands.resize({ change: -3 })).thenRefused('NODE_COUNT_OUT_OF_BOUNDS');
  });
  it('refuses to resize masters', () => {
    bay.given(...completeBay).when(commands.resize(3, { nodeGroup: 'default-master' })).thenRefused('MASTER_RESIZE_NOT_SUPPORTED');
  });
  it('refuses a size outside the bounds of the group', () => {
    const bounded = events.requested([group('default-master', 1), group('default-worker', 2, { minNodeCount: 1, maxNodeCount: 5 })]);
    for (const count of [0, 6, 1.5, -1]) bay.given(bounded).when(commands.resize(count)).thenRefused('NODE_COUNT_OUT_OF_BOUNDS');
  });
  it('refuses to remove nodes that are not in the group', () => {
    bay.given(...completeBay).when(commands.resize(1, { nodesToRemove: [MASTER.name] })).thenRefused('NODES_NOT_IN_GROUP');
    bay.given(...completeBay).when(commands.resize(1, { nodesToRemove: [WORKERS[0].address] })).then({
      type: 'BayResizeRequested', schemaVersion: 1, data: { bayId: BAY, operationId: 'op-resize', nodeGroup: 'default-worker', fromCount: 2, nodeCount: 1, nodesToRemove: [WORKERS[0].address] },
    });
  });
  it('refuses a bay that is not there', () => {
    bay.given().when(commands.resize(3)).thenRefused('BAY_NOT_FOUND');
  });
});

describe('deleting a bay', () => {
  it('is taken up in every status', () => {
    for (const history of [[events.requested()], completeBay, [...completeBay, events.resizeRequested(3)], [events.requested(), events.creationFailed()]]) {
      bay.given(...history).when(commands.remove()).then(events.deletionRequested());
    }
  });
  it('is silent while it is being deleted', () => {
    bay.given(...completeBay, events.deletionRequested()).when(commands.remove('op-second')).thenNothing();
  });
  it('refuses a bay that is gone', () => {
    bay.given(events.requested(), events.deletionRequested(), events.deleted()).when(commands.remove()).thenRefused('BAY_NOT_FOUND');
  });
});

describe('the resource ledger', () => {
  it('notes an intent once, then the fact once', () => {
    bay.given(events.requested()).when(commands.intend('a', 'b')).then(events.intended('a', 'b'));
    bay.given(events.requested(), events.intended('a')).when(commands.intend('a', 'b')).then(events.intended('b'));
    bay.given(events.requested(), events.intended('a')).when(commands.record('a')).then(events.recorded('a'));
    bay.given(events.requested(), events.intended('a'), events.recorded('a')).when(commands.record('a')).thenNothing();
  });
  it('refuses a fact without an intent: a crash in between would have orphaned it', () => {
    bay.given(events.requested()).when(commands.record('a')).thenRefused('INVALID_BAY');
  });
  it('releases what is in it, once', () => {
    bay.given(events.requested(), events.intended('a')).when(commands.release('a', 'b')).then(events.released('a'));
    bay.given(events.requested()).when(commands.release('a')).thenNothing();
  });
  it('remembers that it was not always empty', () => {
    const after = (...story: BayEvent[]) => fold(bayDecider, story);
    expect(after(events.requested())).toMatchObject({ hadResources: false });
    expect(after(events.requested(), events.intended('a'), events.released('a'))).toMatchObject({ resources: [], hadResources: true });
  });
});

describe('whatever is asked', () => {
  const names = fc.constantFrom('default-worker-0', 'default-worker-1', 'default-worker-2', 'default-master-0');
  const operations = fc.constantFrom('op-create', 'op-resize', 'op-2', 'op-delete');
  const anyCommand: fc.Arbitrary<BayCommand> = fc.oneof(
    fc.constant(commands.create()),
    fc.record({ count: fc.integer({ min: -1, max: 4 }), operationId: operations }).map(({ count, operationId }) => commands.resize(count, { operationId })),
    operations.map((operationId) => commands.remove(operationId)),
    operations.map((operationId) => commands.complete(operationId)),
    operations.map((operationId) => commands.fail(operationId)),
    fc.array(names).map((joined) => commands.observe(joined.map((name) => node(name)))),
    fc.array(names).map((gone) => commands.observe([], gone)),
    fc.constantFrom('a', 'b').chain((id) => fc.constantFrom(commands.intend(id), commands.record(id), commands.release(id))),
    fc.constant(commands.abandon()),
    operations.chain((operationId) => fc.constantFrom(commands.createNodeGroup(undefined, operationId), commands.deleteNodeGroup('gpu', operationId), commands.reviseNodeGroup({ maxNodeCount: 2 }, 'gpu', operationId))),
    operations.chain((operationId) => fc.constantFrom(commands.upgrade(null, operationId), commands.rotateCa(operationId), commands.rotateCredential(operationId), commands.runExtension(operationId))),
    fc.constantFrom(commands.health('HEALTHY', { api: 'ok' }), commands.health('UNHEALTHY', {}, { 'default-worker': 1 })),
  );

  it('is complete only with all its nodes, and deleted only with an empty ledger', () => {
    fc.assert(fc.property(fc.array(anyCommand, { maxLength: 60 }), (given) => {
      const { events: story } = replay(bayDecider, given);
      let state = bayDecider.initialState();
      for (const event of story) {
        if (state.phase === 'live' && event.type === 'BayProvisioned') {
          for (const { name, nodeCount } of state.nodeGroups) expect(state.nodes.filter((each) => each.nodeGroup === name)).toHaveLength(nodeCount);
        }
        if (state.phase === 'live' && event.type === 'BayDeleted') expect(state.resources).toEqual([]);
        if (state.phase === 'live' && event.type === 'NodeGroupDeleted') expect(state.nodes.filter((each) => each.nodeGroup === event.data.nodeGroup)).toEqual([]);
        state = bayDecider.evolve(state, event);
      }
    }));
  });
  it('is in progress exactly while something is open', () => {
    fc.assert(fc.property(fc.array(anyCommand, { maxLength: 60 }), (given) => {
      const { state } = replay(bayDecider, given);
      if (state.phase === 'live') expect(state.status.endsWith('_IN_PROGRESS')).toBe(state.operations.length > 0);
    }));
  });
  it('adds nothing when the last command is said again', () => {
    fc.assert(fc.property(fc.array(anyCommand, { minLength: 1, maxLength: 40 }), (given) => {
      const once = replay(bayDecider, given);
      const last = given.at(-1)!;
      // A resize to a failed size is a fresh try by design; everything else is silent.
      if (last.type === 'ResizeBay') return;
      expect(replay(bayDecider, [last], once.state).events).toEqual([]);
    }));
  });
});

import type { OperationView } from '@jeroboam/domain';
import { aBay, aBaySpec, aManifest, aNodeGroup } from '@jeroboam/driver-sdk/testing';
import fc from 'fast-check';
import { newRecord, withNode, withoutNodes } from './bay-record.ts';
import type { BayRecord } from './bay-record.ts';
import { chooseNodes } from './choose-nodes.ts';

const spec = aBaySpec(aManifest());
const bay = aBay(spec, { masters: 1, workers: 2 });

function create(operationId = 'create'): OperationView {
  return { operationId, bayId: spec.bayId, kind: 'create' };
}

function resize(
  nodeCount: number,
  nodesToRemove: readonly string[] = [],
  nodeGroup = 'default-worker',
  operationId = 'resize',
): OperationView {
  return { operationId, bayId: spec.bayId, kind: 'resize', resize: { nodeGroup, nodeCount, nodesToRemove } };
}

/** A bay whose nodes have all joined. */
function joined(record: BayRecord): BayRecord {
  return record.nodes.reduce((now, node) => withNode(now, node.name, { phase: 'joined', swarmId: `swarm-${node.name}` }), record);
}

function phases(record: BayRecord): Readonly<Record<string, string>> {
  return Object.fromEntries(record.nodes.map((node) => [node.name, node.phase]));
}

describe('choosing nodes', () => {
  const created = chooseNodes(newRecord(spec.bayId, '10.88.3.0/24'), bay, create());
  const running = joined(created);

  it('names the nodes of a new bay by group and number, each with an address', () => {
    expect(created.nodes.map(({ name, role, address, phase }) => [name, role, address, phase])).toEqual([
      ['default-master-0', 'master', '10.88.3.2', 'wanted'],
      ['default-worker-0', 'worker', '10.88.3.3', 'wanted'],
      ['default-worker-1', 'worker', '10.88.3.4', 'wanted'],
    ]);
  });

  it('changes nothing when it chooses again for the same operation', () => {
    expect(chooseNodes(running, bay, create())).toBe(running);
  });

  it('lets the newest go', () => {
    expect(phases(chooseNodes(running, bay, resize(1)))).toEqual({
      'default-master-0': 'joined',
      'default-worker-0': 'joined',
      'default-worker-1': 'leaving',
    });
  });

  it.each(['default-worker-0', '10.88.3.3', 'swarm-default-worker-0'])('lets the named go: %s', (name) => {
    expect(phases(chooseNodes(running, bay, resize(1, [name])))).toMatchObject({
      'default-worker-0': 'leaving',
      'default-worker-1': 'joined',
    });
  });

  it('replaces the named when the count stays', () => {
    expect(phases(chooseNodes(running, bay, resize(2, ['default-worker-0'])))).toMatchObject({
      'default-worker-0': 'leaving',
      'default-worker-1': 'joined',
      'default-worker-2': 'wanted',
    });
  });

  it('would rather part with a node that never joined than with one that works', () => {
    const half = chooseNodes(running, bay, resize(3));
    expect(phases(chooseNodes(half, bay, resize(2, [], 'default-worker', 'next')))).toMatchObject({
      'default-worker-1': 'joined',
      'default-worker-2': 'leaving',
    });
  });

  it('refuses names that are not there', () => {
    expect(() => chooseNodes(running, bay, resize(1, ['default-worker-9']))).toThrow(
      expect.objectContaining({ name: 'StepFailed', retryable: false, blockedBy: ['default-worker-9'] }),
    );
    expect(() => chooseNodes(running, bay, resize(1, ['default-master-0']))).toThrow('no such node in default-worker');
  });

  it('refuses to resize masters, groups that are not there and bays that are going', () => {
    expect(() => chooseNodes(running, bay, resize(3, [], 'default-master'))).toThrow('the number of masters of a bay cannot change');
    expect(() => chooseNodes(running, bay, resize(3, [], 'gpu'))).toThrow('there is no node group gpu');
    expect(() => chooseNodes({ ...running, deleting: true }, bay, resize(3))).toThrow('the bay is being deleted');
  });

  it('serves node groups beyond the default ones', () => {
    const more = { ...bay, nodeGroups: [...bay.nodeGroups, aNodeGroup('gpu', 0)] };
    expect(phases(chooseNodes(running, more, resize(1, [], 'gpu')))).toMatchObject({ 'gpu-0': 'wanted', 'default-worker-1': 'joined' });
  });

  it('always reaches the wanted count, with names never used before and addresses nobody else has', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ count: fc.nat(19), dies: fc.boolean() }), { maxLength: 60 }), (resizes) => {
        const used = new Set<string>();
        let record = running;
        resizes.forEach(({ count, dies }, index) => {
          const before = record.nodes.map((node) => node.name);
          before.forEach((name) => used.add(name));
          const chosen = chooseNodes(record, bay, resize(count, [], 'default-worker', `resize-${index}`));
          expect(chosen.nodes.filter((node) => !before.includes(node.name)).filter((node) => used.has(node.name))).toEqual([]);
          expect(chosen.nodes.filter((node) => node.role === 'worker' && node.phase !== 'leaving')).toHaveLength(count);
          expect(new Set(chosen.nodes.map((node) => node.address)).size).toBe(chosen.nodes.length);
          const gone = withoutNodes(
            chosen,
            chosen.nodes.filter((node) => node.phase === 'leaving').map((node) => node.name),
          );
          // An operation that dies leaves its nodes unjoined.
          record = dies ? gone : joined(gone);
        });
      }),
    );
  });
});

import type { JsonMap } from '../hot/json.ts';
import { EngineBench, statusOf } from '../testing/engine-bench.ts';

const test = (properties: JsonMap = {}, more: JsonMap = {}): JsonMap => ({ type: 'OS::Heat::TestResource', properties, ...more });
const resources = (all: JsonMap, outputs: JsonMap = {}): JsonMap => ({ resources: all, outputs });
const value = (name: string): JsonMap => ({ get_attr: [name, 'output'] });

let bench: EngineBench;
beforeEach(() => {
  bench = new EngineBench();
});

describe('creating a stack', () => {
  it('makes resources in the order of their dependencies, as many at once as can be', async () => {
    const stack = await bench.create(resources({
      a: test({ wait_secs: 10 }), b: test({ wait_secs: 10 }), c: test({ value: { list_join: ['-', [value('a'), value('b')]] } }),
    }, { out: { value: value('c') } }));
    expect(bench.states(stack)).toEqual({ a: 'CREATE_IN_PROGRESS', b: 'CREATE_IN_PROGRESS', c: 'INIT_COMPLETE' });
    await bench.clock.pass(10_000);
    expect(statusOf(stack)).toBe('CREATE_COMPLETE: Stack CREATE completed successfully');
    expect(bench.outputs(stack)).toEqual({ out: 'test_string-test_string' });
    expect(bench.history(stack)).toEqual([
      's CREATE_IN_PROGRESS', 'a CREATE_IN_PROGRESS', 'b CREATE_IN_PROGRESS', 'a CREATE_COMPLETE', 'b CREATE_COMPLETE',
      'c CREATE_IN_PROGRESS',
      'c CREATE_COMPLETE', 's CREATE_COMPLETE',
    ]);
  });

  it('fails with the resource that failed, and leaves the others', async () => {
    const stack = await bench.create(resources({ ok: test(), bad: test({ fail: true }, { depends_on: 'ok' }), later: test({}, { depends_on: 'bad' }) }));
    expect(statusOf(stack)).toBe('CREATE_FAILED: Resource CREATE failed: ValueError: resources.bad: Test Resource failed bad');
    expect(bench.states(stack)).toEqual({ ok: 'CREATE_COMPLETE', bad: 'CREATE_FAILED', later: 'INIT_COMPLETE' });
  });

  it('is undone when it fails and rolling back is not disabled', async () => {
    const stack = await bench.create(resources({ ok: test(), slow: test({ action_wait_secs: { create: 60 } }), bad: test({ fail: true }) }), {
      disableRollback: false,
    });
    expect(statusOf(stack)).toBe('ROLLBACK_COMPLETE: Stack ROLLBACK completed successfully');
    expect(bench.states(stack)).toEqual({});
  });

  it('ends when its time is up, whatever is not done yet', async () => {
    const stack = await bench.create(resources({ slow: test({ wait_secs: 3_600 }) }), { timeoutMins: 1 });
    await bench.clock.pass(60_000);
    expect(statusOf(stack)).toBe('CREATE_FAILED: Timed out');
    expect(bench.resource(stack, 'slow')).toMatchObject({ status: 'FAILED', reason: 'CREATE aborted (Timed out)' });
  });

  it('leaves out what a condition leaves out', async () => {
    const stack = await bench.create({ conditions: { no: { not: true } }, ...resources({ a: test({}, { condition: 'no' }), b: test() }, {
      a: { value: 1, condition: 'no' }, b: { value: { if: ['no', value('a'), value('b')] } },
    }) });
    expect([bench.states(stack), bench.outputs(stack)]).toEqual([{ b: 'CREATE_COMPLETE' }, { b: 'test_string' }]);
  });
});

describe('updating a stack', () => {
  it('changes in place what can be changed, replaces what cannot, and deletes what is gone', async () => {
    const stack = await bench.create(resources({ kept: test(), changed: test(), replaced: test(), gone: test() }));
    const ids = () => ['kept', 'changed', 'replaced'].map((name) => bench.resource(stack, name)!.physicalId);
    const before = ids();
    await bench.update(stack, resources({ kept: test(), changed: test({ value: 'new' }), replaced: test({ update_replace_value: 'x' }) }));
    expect(statusOf(stack)).toBe('UPDATE_COMPLETE: Stack UPDATE completed successfully');
    expect(bench.states(stack)).toEqual({ kept: 'CREATE_COMPLETE', changed: 'UPDATE_COMPLETE', replaced: 'CREATE_COMPLETE' });
    const after = ids();
    expect([after[0], after[1]]).toEqual([before[0], before[1]]);
    expect(after[2]).not.toBe(before[2]);
    expect(bench.parts.store.resources(stack.id)).toHaveLength(3);
  });

  it('deletes what was replaced only after everything that used it has been changed', async () => {
    const user = { using: test({ value: { get_resource: 'old' } }) };
    const stack = await bench.create(resources({ old: test(), ...user }));
    await bench.update(stack, resources({ old: test({ update_replace_value: 'x' }), ...user }));
    expect(bench.history(stack).slice(-6)).toEqual([
      'old CREATE_COMPLETE', 'using UPDATE_IN_PROGRESS', 'using UPDATE_COMPLETE', 'old DELETE_IN_PROGRESS', 'old DELETE_COMPLETE',
      's UPDATE_COMPLETE',
    ]);
  });

  it('mends what failed', async () => {
    const stack = await bench.create(resources({ bad: test({ fail: true }), later: test({}, { depends_on: 'bad' }) }));
    await bench.update(stack, resources({ bad: test({ fail: false }), later: test({}, { depends_on: 'bad' }) }));
    expect(statusOf(stack)).toBe('UPDATE_COMPLETE: Stack UPDATE completed successfully');
    expect(Object.keys(bench.states(stack)).sort()).toEqual(['bad', 'later']);
  });

  it('goes back to what was when it fails and rolling back is not disabled', async () => {
    const stack = await bench.create(resources({ a: test({ value: '1' }), b: test(), gone: test() }), { disableRollback: false });
    const { physicalId } = bench.resource(stack, 'b')!;
    await bench.update(stack, resources({
      a: test({ value: '2' }), b: test({ update_replace_value: 'z' }), c: test({ fail: true }, { depends_on: ['a', 'b'] }),
    }));
    expect(statusOf(stack)).toBe('ROLLBACK_COMPLETE: Stack ROLLBACK completed successfully');
    expect(bench.resource(stack, 'a')!.properties['value']).toBe('1');
    expect(bench.resource(stack, 'b')).toMatchObject({ physicalId, current: true });
    expect(Object.keys(bench.states(stack)).sort()).toEqual(['a', 'b', 'gone']);
    expect(bench.parts.store.resources(stack.id)).toHaveLength(3);
  });

  it('can be cancelled, and goes back', async () => {
    const stack = await bench.create(resources({ a: test() }));
    await bench.update(stack, resources({ a: test(), slow: test({ action_wait_secs: { create: 60 } }) }));
    bench.parts.engine.cancelUpdate(stack, { rollback: true });
    await bench.clock.pass(0);
    expect([statusOf(stack), bench.states(stack)]).toEqual([
      'ROLLBACK_COMPLETE: Stack ROLLBACK completed successfully', { a: 'CREATE_COMPLETE' },
    ]);
    expect(() => bench.parts.engine.cancelUpdate(stack, { rollback: true })).toThrow('Cancelling update when stack is ROLLBACK_COMPLETE is not supported.');
  });

  it('can be overtaken by another, which takes over what was begun', async () => {
    const stack = await bench.create(resources({ slow: test({ wait_secs: 60 }) }));
    await bench.clock.pass(30_000);
    await bench.update(stack, resources({ slow: test({ wait_secs: 60 }), more: test() }));
    await bench.clock.pass(30_000);
    expect(statusOf(stack)).toBe('UPDATE_COMPLETE: Stack UPDATE completed successfully');
  });
});

describe('deleting a stack', () => {
  it('goes against the dependencies, also while the stack is being made', async () => {
    const stack = await bench.create(resources({ a: test(), b: test({ wait_secs: 60 }, { depends_on: 'a' }) }));
    await bench.delete(stack);
    await bench.clock.pass(60_000);
    expect(bench.history(stack).slice(-6)).toEqual([
      's DELETE_IN_PROGRESS', 'b DELETE_IN_PROGRESS', 'b DELETE_COMPLETE', 'a DELETE_IN_PROGRESS', 'a DELETE_COMPLETE', 's DELETE_COMPLETE',
    ]);
    expect(stack.deletedAtMs).not.toBeNull();
  });

  it('that fails goes on where it stopped when it is asked for again', async () => {
    const stack = await bench.create(resources({ a: test(), b: test({}, { depends_on: 'a' }) }));
    bench.faults.add({ action: 'delete', resource: 'a' }, { kind: 'fail', error: 'Conflict', message: 'a is in use.' }, 1);
    await bench.delete(stack);
    expect(statusOf(stack)).toBe('DELETE_FAILED: Resource DELETE failed: Conflict: resources.a: a is in use.');
    expect(bench.parts.store.resources(stack.id).map(({ name }) => name)).toEqual(['a']);
    await bench.delete(stack);
    expect(statusOf(stack)).toBe('DELETE_COMPLETE: Stack DELETE completed successfully');
  });

  it('leaves alone what is to be retained', async () => {
    bench.faults.add({ action: 'delete', resource: 'a' }, { kind: 'delay', ms: 1_000 });
    const stack = await bench.create(resources({ a: test({ action_wait_secs: { delete: 60 } }, { deletion_policy: 'Retain' }) }));
    await bench.delete(stack);
    await bench.clock.pass(1_000);
    expect(statusOf(stack)).toBe('DELETE_COMPLETE: Stack DELETE completed successfully');
  });
});

describe('checking a stack', () => {
  it('looks at every resource', async () => {
    const stack = await bench.create(resources({ a: test() }));
    bench.parts.engine.check(stack);
    await bench.clock.pass(0);
    expect([statusOf(stack), bench.states(stack)]).toEqual([
      "CHECK_COMPLETE: Stack CHECK completed successfully. 'CHECK' not fully supported (see resources)", { a: 'CHECK_COMPLETE' },
    ]);
  });
});

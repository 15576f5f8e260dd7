import type { Json, JsonMap } from '../hot/json.ts';
import { EngineBench, statusOf } from '../testing/engine-bench.ts';

let bench: EngineBench;
beforeEach(() => {
  bench = new EngineBench();
});

const group = (properties: JsonMap, more: JsonMap = {}): JsonMap => ({
  resources: { g: {
    type: 'OS::Heat::ResourceGroup', ...more,
    properties: { resource_def: { type: 'OS::Heat::TestResource', properties: { value: 'v%index%' } }, ...properties },
  } },
  outputs: {
    names: { value: { get_attr: ['g', 'refs_map'] } }, values: { value: { get_attr: ['g', 'output'] } },
    removed: { value: { get_attr: ['g', 'removed_rsrc_list'] } },
  },
});
const removal = (...members: Json[]): JsonMap => ({ removal_policies: [{ resource_list: members }] });

describe('a resource group', () => {
  const members = (stack: Parameters<EngineBench['outputs']>[0]) => Object.keys(bench.outputs(stack)['names'] as JsonMap);

  it('has its members one by one, as a list and as a map', async () => {
    const stack = await bench.create({ ...group({ count: 2 }), outputs: {
      refs: { value: { get_attr: ['g', 'refs'] } }, first: { value: { get_attr: ['g', 'refs', 0] } },
      one: { value: { get_attr: ['g', 'resource.1.output'] } },
      ref: { value: { get_attr: ['g', 'resource.1'] } }, map: { value: { get_attr: ['g', 'attributes', 'output'] } },
      list: { value: { get_attr: ['g', 'output'] } },
    } });
    const nested = bench.nested(stack, 'g');
    const ids = ['0', '1'].map((name) => bench.resource(nested, name)!.physicalId);
    expect(bench.outputs(stack)).toEqual({
      refs: ids, first: ids[0], one: 'v1', ref: ids[1], map: { 0: 'v0', 1: 'v1' }, list: ['v0', 'v1'],
    });
    expect(nested.name).toMatch(/^s-g-/);
  });

  it('grows at its end and shrinks from there, and leaves the others alone', async () => {
    const stack = await bench.create(group({ count: 3 }));
    const first = bench.resource(bench.nested(stack, 'g'), '0')!.physicalId;
    await bench.update(stack, group({ count: 1 }));
    expect(members(stack)).toEqual(['0']);
    await bench.update(stack, group({ count: 2 }));
    expect([members(stack), bench.resource(bench.nested(stack, 'g'), '0')!.physicalId]).toEqual([['0', '1'], first]);
  });

  it('loses the members that are named by position or by id, and never uses their names again', async () => {
    const stack = await bench.create(group({ count: 3 }));
    const two = bench.resource(bench.nested(stack, 'g'), '2')!.physicalId;
    await bench.update(stack, group({ count: 2, ...removal(1) }));
    expect(members(stack)).toEqual(['0', '2']);
    await bench.update(stack, group({ count: 2, ...removal(two) }));
    expect(members(stack)).toEqual(['0', '3']);
    await bench.update(stack, group({ count: 4, ...removal('unknown') }));
    expect([members(stack), bench.outputs(stack)['removed']]).toEqual([['0', '3', '4', '5'], ['1', '2']]);
  });

  it('begins anew with the names in the update mode', async () => {
    const stack = await bench.create(group({ count: 2 }));
    await bench.update(stack, group({ count: 2, ...removal('0') }));
    await bench.update(stack, group({ count: 2, removal_policies_mode: 'update', ...removal('1') }));
    expect([members(stack), bench.outputs(stack)['removed']]).toEqual([['0', '2'], ['1']]);
  });

  it('changes its members a few at a time when its policy says so', async () => {
    const policy = { update_policy: { rolling_update: { max_batch_size: 2, pause_time: 10 } } };
    const stack = await bench.create(group({ count: 3 }, policy));
    await bench.update(
      stack, group({ count: 3, resource_def: { type: 'OS::Heat::TestResource', properties: { value: 'w%index%' } } }, policy),
    );
    expect(bench.outputs(stack)['values']).toEqual(['w0', 'w1', 'v2']);
    await bench.clock.pass(10_000);
    expect(bench.outputs(stack)['values']).toEqual(['w0', 'w1', 'w2']);
  });

  it('makes its members a few at a time when its policy says so', async () => {
    const stack = await bench.create(group({ count: 3 }, { update_policy: { batch_create: { max_batch_size: 1, pause_time: 10 } } }));
    expect(members(stack)).toEqual(['0']);
    await bench.clock.pass(20_000);
    expect([members(stack), stack.status]).toEqual([['0', '1', '2'], 'COMPLETE']);
  });

  it('fails with the path to the member that failed', async () => {
    const stack = await bench.create(group({ count: 2, resource_def: { type: 'OS::Heat::TestResource', properties: { fail: true } } }));
    expect(statusOf(stack)).toBe('CREATE_FAILED: Resource CREATE failed: ValueError: resources.g.resources[0]: Test Resource failed 0');
    expect(bench.resource(stack, 'g')!.reason).toBe('ValueError: resources.g.resources[0]: Test Resource failed 0');
    await bench.update(stack, group({ count: 2 }));
    expect([statusOf(stack), members(stack)]).toEqual(['UPDATE_COMPLETE: Stack UPDATE completed successfully', ['0', '1']]);
  });

  it('goes with its stack', async () => {
    const stack = await bench.create(group({ count: 3 }));
    await bench.delete(stack);
    expect(statusOf(stack)).toMatch(/^DELETE_COMPLETE/);
    expect(bench.parts.store.stacks()).toEqual([stack]);
  });

  it('of none is empty, whatever it would be made of', async () => {
    const stack = await bench.create(group({ count: 0, resource_def: { type: 'OS::Nope' } }));
    expect([stack.status, bench.outputs(stack)]).toEqual(['COMPLETE', { names: {}, values: [], removed: [] }]);
  });
});

describe('a resource of a template', () => {
  const inner = `
heat_template_version: 2018-08-31
parameters: {p: {type: string}, q: {type: number, default: 1}}
resources: {in: {type: OS::Heat::TestResource, properties: {value: {list_join: ['', [{get_param: p}, {str_replace: {template: q, params: {q: {get_param: q}}}}]]}}}}
outputs: {val: {value: {get_attr: [in, output]}}}`;
  const files = { 'n.yaml': inner };
  const environment = { resource_registry: { 'My::N': 'n.yaml' } };
  const outer = (properties: JsonMap): JsonMap => ({
    resources: { n: { type: 'My::N', properties } },
    outputs: {
      val: { value: { get_attr: ['n', 'val'] } }, in: { value: { get_attr: ['n', 'resource.in.output'] } },
      ref: { value: { get_resource: 'n' } },
    },
  });

  it('takes parameters as properties and gives outputs as attributes', async () => {
    const stack = await bench.create(outer({ p: 'hi' }), { files, environment });
    const nested = bench.nested(stack, 'n');
    expect(bench.outputs(stack)).toEqual({ val: 'hi1', in: 'hi1', ref: `arn:openstack:heat::p:stacks/${nested.name}/${nested.id}` });
  });

  it('is changed in place, down to what is in it', async () => {
    const stack = await bench.create(outer({ p: 'hi' }), { files, environment });
    const before = bench.resource(bench.nested(stack, 'n'), 'in')!.physicalId;
    await bench.update(stack, outer({ p: 'ho', q: 2 }), { files, environment });
    expect([bench.outputs(stack)['val'], bench.resource(bench.nested(stack, 'n'), 'in')!.physicalId]).toEqual(['ho2', before]);
    await bench.update(stack, outer({ p: 'ho' }), { files: { 'n.yaml': inner.replace('default: 1', 'default: 7') }, environment });
    expect(bench.outputs(stack)['val']).toBe('ho7');
  });

  it('hands on defaults for parameters, but no parameters', async () => {
    const stack = await bench.create(outer({ p: 'hi' }), { files, environment: { ...environment, parameter_defaults: { q: 5 } } });
    expect(bench.outputs(stack)['val']).toBe('hi5');
  });

  it('may be a member of a group', async () => {
    const members = group({ count: 2, resource_def: { type: 'My::N', properties: { p: '%index%-' } } });
    const stack = await bench.create({ ...members, outputs: { vals: { value: { get_attr: ['g', 'val'] } } } }, { files, environment });
    expect(bench.outputs(stack)).toEqual({ vals: ['0-1', '1-1'] });
  });

  it.each<[JsonMap, string, string]>([
    [{}, inner, 'Property error: : resources.n.properties: : Property p not assigned'],
    [{ p: 1, z: 2 }, inner, 'Property error: : resources.n.properties: : Unknown Property z'],
    [{ p: 1 }, inner.replace('value:', 'nope:'), 'Property error: : resources.n<n.yaml>.resources.in.properties: : Unknown Property nope'],
    [{ p: 1 }, inner.replace('OS::Heat::TestResource', 'My::N'), 'Property error'],
  ])('with %j is refused', async (properties, text, message) => {
    await expect(bench.create(outer(properties), { files: { 'n.yaml': text }, environment })).rejects.toThrow(message);
  });
});

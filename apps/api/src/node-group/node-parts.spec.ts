import { nodeLabelsOf, nodeTaintsOf } from './node-parts.ts';

const owner = { name: 'l', role: 'worker', coe: 'kubernetes' };

describe('labels of nodes', () => {
  it.each(['tier', 'example.com/tier', 'kubelet.kubernetes.io/x', 'node.kubernetes.io/x', 'topology.kubernetes.io/zone', 'notkubernetes.io/x'])('may be called %s', (name) => {
    expect(nodeLabelsOf({ [name]: 'v' }, owner)).toEqual({ [name]: 'v' });
  });
  it.each(['kubernetes.io/x', 'k8s.io/x', 'node-role.kubernetes.io/master', 'x.k8s.io/y'])('may not be called %s', (name) => {
    expect(() => nodeLabelsOf({ [name]: 'v' }, owner)).toThrow(`node_labels for l is invalid (${name} is in a restricted kubernetes namespace).`);
  });
  it('are texts', () => {
    expect(() => nodeLabelsOf({ a: 1 }, owner)).toThrow('node_labels for l is invalid (the value of a must be a string).');
    expect(() => nodeLabelsOf('a', owner)).toThrow('node_labels for l is invalid (a map of texts is expected).');
  });
});

describe('taints of nodes', () => {
  it('have a key, an effect and maybe a value', () => {
    expect(nodeTaintsOf([{ key: 'a', effect: 'NoSchedule' }, { key: 'b', value: 'c', effect: 'NoExecute' }], owner)).toEqual(
      [{ key: 'a', effect: 'NoSchedule' }, { key: 'b', value: 'c', effect: 'NoExecute' }]);
  });
  it.each<[unknown, string]>([
    [[{ effect: 'NoSchedule' }], 'node_taints[0].key is required'],
    [[{ key: 'a', effect: 'NoSchedule' }, { key: 'a' }], 'node_taints[1].effect must be one of NoSchedule, PreferNoSchedule, NoExecute'],
    [[{ key: 'a', effect: 'NoSchedule', value: 1 }], 'node_taints[0].value must be a string'],
    [[{ key: 'a', effect: 'NoSchedule', more: 1 }], 'node_taints[0] has no more'],
    [['a'], 'node_taints[0] must be an object'],
    [{}, 'a list of taints is expected'],
  ])('are refused as %j', (taints, explanation) => {
    expect(() => nodeTaintsOf(taints as never, owner)).toThrow(`node_taints for l is invalid (${explanation}).`);
  });
  it('are not for masters', () => {
    expect(() => nodeTaintsOf([{ key: 'a', effect: 'NoSchedule' }], { ...owner, role: 'master' })).toThrow('masters have none');
    expect(nodeTaintsOf([], { ...owner, role: 'master' })).toEqual([]);
  });
});

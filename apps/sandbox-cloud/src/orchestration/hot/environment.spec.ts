import { environmentOf, mappedType, parseEnvironment } from './environment.ts';

describe('an environment', () => {
  it('gives way to the files it is sent with, in their order', () => {
    const files = {
      'a.yaml': 'parameters: {x: 2}\nresource_registry: {T: a.yaml}',
      'b.yaml': 'parameter_defaults: {y: 3}\nresource_registry: {T: b.yaml}',
    };
    expect(environmentOf({ parameters: { x: 1, z: 1 } }, ['a.yaml', 'b.yaml'], files)).toEqual({
      parameters: { x: 2, z: 1 }, parameterDefaults: { y: 3 }, registry: { T: 'b.yaml', resources: {} },
    });
  });

  it.each([
    ['T', 'any', { template: 'server.yaml' }],
    ['Alias', 'any', { template: 'server.yaml' }],
    ['OS::Neutron::Port', 'any', { type: 'OS::Fake::Port' }],
    ['OS::Nova::Server', 'any', { type: 'OS::Nova::Server' }],
    ['OS::Nova::Server', 'node_1', { template: 'node.yaml' }],
    ['direct.yaml', 'any', { template: 'direct.yaml' }],
  ])('maps %s of the resource %s to %j', (type, name, expected) => {
    const registry = {
      T: 'server.yaml', Alias: 'T', 'OS::Neutron::*': 'OS::Fake::*', resources: { 'node_*': { 'OS::Nova::Server': 'node.yaml' } },
    };
    expect(mappedType(parseEnvironment({ resource_registry: registry }), type, name)).toEqual(expected);
  });

  it('refuses sections that Heat does not know, and types that stand for one another', () => {
    expect(() => parseEnvironment('foo: 1')).toThrow('environment has wrong section "foo"');
    expect(() => mappedType(parseEnvironment({ resource_registry: { A: 'B', B: 'A' } }), 'A', 'x')).toThrow('round in a circle');
  });
});

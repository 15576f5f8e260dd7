import { scopeOf } from '../testing/template-scope.ts';
import { dependenciesOf } from './dependencies.ts';
import type { JsonMap } from './json.ts';
import { parseTemplate } from './template.ts';
import { parseYaml } from './yaml.ts';

const resource = { type: 'OS::Heat::TestResource' };
const template = (change: JsonMap) => parseTemplate({ heat_template_version: '2018-08-31', ...change });

describe('a template', () => {
  it('is read as YAML 1.1, its dates as the text they are', () => {
    expect(parseYaml('heat_template_version: 2018-08-31\nresources: {a: {type: x, metadata: {on: yes, y: n, mode: 0644}}}', 'template')).toEqual({
      heat_template_version: '2018-08-31', resources: { a: { type: 'x', metadata: { true: true, y: 'n', mode: 420 } } },
    });
  });

  it('is each reader’s own, however often the same text is read', () => {
    const first = parseYaml('resources: {a: {type: x}}', 'template');
    (first['resources'] as Record<string, unknown>)['a'] = 'changed';
    expect(parseYaml('resources: {a: {type: x}}', 'template')).toEqual({ resources: { a: { type: 'x' } } });
  });

  it.each([['- a'], ['a: [']])('%j is none', (text) => {
    expect(() => parseYaml(text, 'template')).toThrow(/template/);
  });

  it.each<[JsonMap, string]>([
    [{ heat_template_version: '2050-01-01' }, 'The template version is invalid: "heat_template_version: 2050-01-01". "heat_template_version" should be one of: '
      + '2013-05-23, 2014-10-16, 2015-04-30, 2015-10-15, 2016-04-08, 2016-10-14, 2017-02-24, 2017-09-01, 2018-03-02, 2018-08-31, 2021-04-16, '
      + 'newton, ocata, pike, queens, rocky, wallaby'],
    [{ foo: {} }, 'The template section is invalid: foo'],
    [{ resources: { a: { properties: {} } } }, 'Each resource must contain a type key.'],
    [{ resources: { a: 'x' } }, '"resources" must contain a map of resource maps. Found a [<class \'str\'>] instead'],
    [{ resources: { a: { ...resource, foo: 1 } } }, '"foo" is not a valid keyword inside a resource definition'],
    [{ conditions: { c: 'x' } }, 'Condition validation error: : The definition of condition "c" is invalid: x'],
    [{ conditions: { c: { equals: [1] } } }, 'conditions.c.equals: : Arguments to "equals" must be of the form: [value_1, value_2]'],
    [{ conditions: { c: { contains: [1] } } }, 'conditions.c.contains: : Arguments to "contains" must be of the form: [value1, [value1, value2]]'],
    [{ outputs: { o: {} } }, 'Each output must contain a value key.'],
  ])('with %j is refused', (change, message) => {
    expect(() => template(change)).toThrow(message);
  });
});

describe('the dependencies of a template', () => {
  const dependencies = (resources: JsonMap, more: JsonMap = {}) => {
    const parts = scopeOf({ template: { resources, ...more } });
    return Object.fromEntries([...dependenciesOf(parts.template, parts.scope)].map(([name, required]) => [name, [...required].sort()]));
  };

  it('come from references, from attributes and from what is said outright', () => {
    expect(dependencies({
      a: resource, b: { ...resource, depends_on: 'a' },
      c: {
        ...resource,
        properties: { value: { str_replace: { template: 'x', params: { x: { get_attr: ['b', 'output'] }, y: { get_resource: 'a' } } } } },
      },
    })).toEqual({ a: [], b: ['a'], c: ['a', 'b'] });
  });

  it('do not count in the branch of an if that is not taken, nor to what a condition leaves out', () => {
    expect(dependencies({
      a: resource, gone: { ...resource, condition: 'no' },
      c: { ...resource, depends_on: 'gone', properties: { value: { if: ['no', { get_resource: 'a' }, 'x'] } } },
    }, { conditions: { no: { not: true } } })).toEqual({ a: [], c: [] });
  });

  it.each<[JsonMap, string]>([
    [
      { a: { ...resource, properties: { value: { get_resource: 'b' } } } },
      'The specified reference "b" (in a.Properties.value) is incorrect.',
    ],
    [{ a: { ...resource, depends_on: 'zz' } }, 'The specified reference "zz" (in a) is incorrect.'],
    [{ a: { ...resource, depends_on: 'b' }, b: { ...resource, depends_on: 'a' } }, 'Circular Dependency Found: a, b'],
  ])('of %j are refused', (resources, message) => {
    expect(() => dependencies(resources)).toThrow(message);
  });
});

import type { Json, JsonMap } from './json.ts';
import { parameterSchema, parameterValues, shownParameter } from './parameters.ts';

const NO_FLAVOR = "Error validating value 'abc': No Flavor matching {'name': 'abc'}. (HTTP 404)";
const custom = (constraint: string, value: Json) => (constraint === 'nova.flavor' && value !== 'm1' ? NO_FLAVOR : undefined);

function valueOf(definition: JsonMap, given?: Json, defaults: JsonMap = {}): Json {
  const schemas = [parameterSchema('p', definition)];
  return parameterValues({ schemas, given: given === undefined ? {} : { p: given }, defaults, custom })['p']!;
}

describe('a parameter', () => {
  it.each<[JsonMap, Json, Json]>([
    [{ type: 'string' }, 5, '5'],
    [{ type: 'string' }, true, 'True'],
    [{ type: 'number' }, '5', 5],
    [{ type: 'number' }, 1.5, 1.5],
    [{ type: 'comma_delimited_list' }, 'a,b', ['a', 'b']],
    [{ type: 'comma_delimited_list' }, '', []],
    [{ type: 'comma_delimited_list' }, [1, 'b'], ['1', 'b']],
    [{ type: 'json' }, '{"a":[1]}', { a: [1] }],
    [{ type: 'boolean' }, 'Yes', true],
    [{ type: 'boolean' }, 'off', false],
    [{ type: 'string', constraints: [{ custom_constraint: 'nova.flavor' }] }, 'm1', 'm1'],
    [{ type: 'number', constraints: [{ modulo: { step: 2, offset: 1 } }] }, 3, 3],
  ])('%j takes %j as %j', (definition, given, expected) => {
    expect(valueOf(definition, given)).toEqual(expected);
  });

  it('takes its default from the environment before the template', () => {
    expect(valueOf({ type: 'string', default: 'template' })).toBe('template');
    expect(valueOf({ type: 'string', default: 'template' }, undefined, { p: 'environment' })).toBe('environment');
    expect(valueOf({ type: 'string', default: 'template' }, 'given', { p: 'environment' })).toBe('given');
  });

  // The words of Heat 19.
  it.each<[JsonMap, Json, string]>([
    [{ type: 'number' }, 'abc', "Parameter 'p' is invalid: could not convert string to float: 'abc'"],
    [{ type: 'number', constraints: [{ range: { min: 1, max: 3 } }] }, 5, "Parameter 'p' is invalid: 5 is out of range (min: 1, max: 3)"],
    [
      { type: 'string', constraints: [{ length: { min: 4 } }] }, 'abc',
      "Parameter 'p' is invalid: length (3) is out of range (min: 4, max: None)",
    ],
    [
      { type: 'string', constraints: [{ allowed_values: ['a', 'b'] }] }, 'abc',
      'Parameter \'p\' is invalid: "abc" is not an allowed value ["a", "b"]',
    ],
    [
      { type: 'string', constraints: [{ allowed_pattern: '[a-b]+' }] }, 'abc',
      'Parameter \'p\' is invalid: "abc" does not match pattern "[a-b]+"',
    ],
    [{ type: 'string', constraints: [{ allowed_pattern: '[a-b]+', description: 'only ab' }] }, 'abc', "Parameter 'p' is invalid: only ab"],
    [{ type: 'string', constraints: [{ custom_constraint: 'nova.flavor' }] }, 'abc',
      `Parameter 'p' is invalid: ${NO_FLAVOR}`],
    [{ type: 'boolean' }, 'abc', "Parameter 'p' is invalid: Unrecognized value 'abc', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', "
      + "'off', 'on', 't', 'true', 'y', 'yes'"],
    [{ type: 'json' }, '{x', "Parameter 'p' is invalid: Value must be valid JSON: "],
    [
      { type: 'number', constraints: [{ modulo: { step: 2, offset: 1 } }] }, 4,
      "Parameter 'p' is invalid: 4 is not a multiple of 2 with an offset of 1",
    ],
    [{ type: 'strin' }, 'x', 'Invalid type (strin)'],
    [{ description: 'x' }, 'x', 'Missing parameter type for parameter: p'],
    [{ type: 'string', foo: 1 }, 'x', "Invalid key 'foo' for parameter (p)"],
  ])('%j refuses %j', (definition, given, message) => {
    expect(() => valueOf(definition, given)).toThrow(message);
  });

  it('must be given, and must be known', () => {
    expect(() => valueOf({ type: 'string' })).toThrow('The Parameter (p) was not provided.');
    expect(() => parameterValues({ schemas: [], given: { q: 1 }, defaults: {}, custom })).toThrow('The Parameter (q) was not defined in template.');
  });

  it.each<[JsonMap, Json, string]>([
    [{ type: 'string', hidden: true }, 'secret', '******'],
    [{ type: 'comma_delimited_list' }, ['a', 'b'], 'a,b'],
    [{ type: 'json' }, { a: 1 }, '{"a": 1}'],
    [{ type: 'boolean' }, true, 'True'],
    [{ type: 'number' }, 2, '2'],
  ])('%j shows %j as %j', (definition, value, shown) => {
    expect(shownParameter(parameterSchema('p', definition), value)).toBe(shown);
  });
});

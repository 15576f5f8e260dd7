import { boolean, dictionary, dnsServers, integer, labels, mandatory, oneOf, readOnly, string, text, texts, uuid } from './attribute.ts';
import { ResourceType } from './resource-type.ts';
import { parseJson } from './parse-json.ts';

const THING = new ResourceType('thing', {
  uuid: uuid(),
  name: string({ min: 1, max: 5, pattern: '^[a-z]+$' }),
  kind: mandatory(oneOf('vm', 'bm')),
  size: integer(1, 100),
  note: text(),
  is_public: boolean(),
  labels: labels(),
  reason: dictionary(),
  dns: dnsServers(),
  nodes: texts(),
  project_id: readOnly(text()),
});
const read = (body: string) => THING.read(parseJson(Buffer.from(body)));
const refusal = (body: string) => {
  try {
    return `taken: ${JSON.stringify(read(body))}`;
  } catch (error) {
    return (error as Error).message;
  }
};

describe('ResourceType', () => {
  it('reads what fits, leaves out what is absent and keeps null', () => {
    expect(read('{"kind": "vm", "name": null, "size": 7, "note": "n", "nodes": ["a"]}')).toEqual({
      kind: 'vm', name: null, size: 7, note: 'n', nodes: ['a'],
    });
  });

  it.each([
    ['"5"', 5], ['" +5 "', 5], ['5.5', 5], ['5.0', 5], ['true', 1], ['"1_0"', 10],
  ])('takes %s for a whole number as Python does', (given, size) => {
    expect(read(`{"kind": "vm", "size": ${given}}`).size).toBe(size);
  });

  it('quotes what is no number in 200 characters', () => {
    expect(refusal(`{"kind": "vm", "size": "${'x'.repeat(300)}"}`)).toMatch(/int\(\) with base 10: 'x{199}$/);
  });

  it.each([
    ['1', true], ['"t"', true], ['"True"', true], ['"on"', true], ['"Y"', true], ['" yes "', true], ['true', true],
    ['0', false], ['"f"', false], ['"FALSE"', false], ['"off"', false], ['"n"', false], ['"no"', false], ['false', false],
  ])('takes %s for a boolean', (given, value) => {
    expect(read(`{"kind": "vm", "is_public": ${given}}`).is_public).toBe(value);
  });

  it('keeps labels as Python prints them', () => {
    expect(read('{"kind": "vm", "labels": {"a": "x", "b": 1, "c": true, "d": 1.5, "e": 2.0, "f": false}}').labels).toEqual({
      a: 'x', b: '1', c: 'True', d: '1.5', e: '2.0', f: 'False',
    });
  });

  it('brings a UUID into its usual spelling', () => {
    expect(read('{"kind": "vm", "uuid": "{4F34FAC696EF42009368-3f87b8ebde4a}"}').uuid).toBe('4f34fac6-96ef-4200-9368-3f87b8ebde4a');
  });

  it('keeps a list of DNS servers as it is written', () => {
    expect(read('{"kind": "vm", "dns": "8.8.8.8, 8.8.4.4"}').dns).toBe('8.8.8.8, 8.8.4.4');
  });

  it.each([
    ['{}', "Invalid input for field/attribute kind. Value: 'None'. Mandatory field missing."],
    ['null', 'Missing argument: "thing"'],
    ['[]', "Invalid input for field/attribute thing. Value: '[]'. Value not a valid dict: []"],
    ['{"kind": "vm", "bogus": 1}', 'Unknown attribute for argument thing: bogus'],
    ['{"a": 1, "b": 2}', 'Unknown attributes for argument thing: a, b'],
    ['{"__proto__": {"kind": "vm"}}', 'Unknown attribute for argument thing: __proto__'],
    ['{"constructor": 1}', 'Unknown attribute for argument thing: constructor'],
    ['{"kind": "xx"}', "Invalid input for field/attribute kind. Value: 'xx'. Value should be one of: vm, bm"],
    ['{"kind": 5}', "Invalid input for field/attribute kind. Value: '5'. Value should be one of: vm, bm"],
    ['{"kind": "vm", "name": 5}', "Invalid input for field/attribute name. Value: '5'. Value should be string"],
    [
      '{"kind": "vm", "name": ""}',
      "Invalid input for field/attribute name. Value: ''. Value should have a minimum character requirement of 1",
    ],
    [
      '{"kind": "vm", "name": "abcdef"}',
      "Invalid input for field/attribute name. Value: 'abcdef'. Value should have a maximum character requirement of 5",
    ],
    ['{"kind": "vm", "name": "a!"}', "Invalid input for field/attribute name. Value: 'a!'. Value should match the pattern ^[a-z]+$"],
    ['{"kind": "vm", "name": "\\ud800"}', "Invalid input for field/attribute name. Value: '\ud800'. Value should be string"],
    [
      '{"kind": "vm", "note": 5}',
      "Invalid input for field/attribute note. Value: '5'. Wrong type. Expected '<class 'str'>', got '<class 'int'>'",
    ],
    ['{"kind": "vm", "size": 0}', "Invalid input for field/attribute size. Value: '0'. Value should be greater or equal to 1"],
    ['{"kind": "vm", "size": 101}', "Invalid input for field/attribute size. Value: '101'. Value should be lower or equal to 100"],
    [
      '{"kind": "vm", "size": 1e30}',
      "Invalid input for field/attribute size. Value: '1000000000000000019884624838656'. Value should be lower or equal to 100",
    ],
    [
      '{"kind": "vm", "size": "abc"}',
      "Invalid input for field/attribute thing. Value: '{'kind': 'vm', 'size': 'abc'}'. invalid literal for int() with base 10: 'abc'",
    ],
    ['{"kind": "vm", "size": [1]}', "Invalid input for field/attribute thing. Value: '{'kind': 'vm', 'size': [1]}'. int() argument must be a string, a bytes-like object or a real number, not 'list'"],
    [
      '{"kind": "vm", "labels": "x=y"}',
      "Invalid input for field/attribute thing. Value: '{'kind': 'vm', 'labels': 'x=y'}'. Value not a valid dict: x=y",
    ],
    [
      '{"kind": "vm", "nodes": "x"}',
      "Invalid input for field/attribute thing. Value: '{'kind': 'vm', 'nodes': 'x'}'. Value not a valid list: x",
    ],
    ['{"kind": "vm", "labels": {"a": {}}}', "Invalid input for field/attribute labels. Value: '{'a': {}}'. Wrong type. Expected '(<class 'str'>, <class 'int'>, <class 'bool'>, <class 'float'>)', got '<class 'dict'>'"],
    ['{"kind": "vm", "labels": {"a": null}}', "Invalid input for field/attribute labels. Value: '{'a': None}'. Wrong type. Expected '(<class 'str'>, <class 'int'>, <class 'bool'>, <class 'float'>)', got '<class 'NoneType'>'"],
    [
      '{"kind": "vm", "labels": {"__proto__": "x"}}',
      "Invalid input for field/attribute labels. Value: '{'__proto__': 'x'}'. A label cannot have the name '__proto__'",
    ],
    ['{"kind": "vm", "project_id": "x"}', "Invalid input for field/attribute project_id. Value: 'x'. Cannot set read only field."],
    ['{"kind": "vm", "project_id": null}', "Invalid input for field/attribute project_id. Value: 'None'. Cannot set read only field."],
    ['{"kind": "vm", "is_public": "maybe"}', "Invalid input for field/attribute is_public. Value: 'maybe'. Unrecognized value 'maybe', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'"],
    ['{"kind": "vm", "uuid": "bad"}', 'Expected a uuid but received bad.'],
    ['{"kind": "vm", "dns": "8.8.8.8,::1"}', 'Expected a single dns address or comma separated dns list, but received 8.8.8.8,::1.'],
    ['{"kind": "vm", "dns": ""}', 'Expected a single dns address or comma separated dns list, but received .'],
  ])('refuses %s in Magnum\'s words', (body, message) => {
    expect(refusal(body)).toBe(message);
  });

  it('complains in the order of its fields', () => {
    expect(refusal('{"size": 0, "name": 5}')).toContain('attribute name');
  });

  it('tells clients what to send: what must be there, what may be null, and nothing that cannot be set', () => {
    expect(THING.schema).toMatchObject({ type: 'object', required: ['kind'], additionalProperties: false });
    expect(THING.schema['properties']).toMatchObject({
      kind: { type: 'string', enum: ['vm', 'bm'] },
      name: { type: ['string', 'null'], minLength: 1, maxLength: 5, pattern: '^[a-z]+$' },
      size: { type: ['integer', 'null'], minimum: 1, maximum: 100 },
    });
    expect(THING.schema['properties']).not.toHaveProperty('project_id');
  });

  it('does not convert what a patch put in', () => {
    const after = (size: unknown) => () => THING.validate({ kind: 'vm', size: size as string });
    expect(after('3')).toThrow(
      "Invalid input for field/attribute size. Value: '3'. '<' not supported between instances of 'str' and 'int'",
    );
    expect(THING.validate({ size: true })).toEqual({ size: 1 });
  });

  it('quotes no more of a large body than fits a message', () => {
    expect(refusal(`{"kind": "vm", "size": "${'x'.repeat(100_000)}"}`).length).toBeLessThan(10_000);
  });
});

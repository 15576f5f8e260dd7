import { applyPatch, readPatch, type PatchRules } from './json-patch.ts';
import type { Json, JsonObject } from './python-values.ts';

const RULES: PatchRules = { internal: ['/status'], nonRemovable: ['/coe'], maps: ['/labels'] };
const DOCUMENT: JsonObject = { name: 'a', coe: 'swarm', size: 1, note: null, labels: { x: '1' }, list: ['a', 'b'] };
const patched = (patch: Json) => applyPatch(DOCUMENT, readPatch(patch, RULES), RULES);
const refusal = (patch: Json) => {
  try {
    return `taken: ${JSON.stringify(patched(patch))}`;
  } catch (error) {
    return (error as Error).message;
  }
};
const op = (operation: string, path: string, value?: Json): JsonObject[] => [
  value === undefined ? { op: operation, path } : { op: operation, path, value },
];

describe('a patch in Magnum\'s dialect', () => {
  it.each<[string, Json, JsonObject]>([
    ['replaces a value', op('replace', '/size', 3), { size: 3 }],
    ['adds where there was null', op('add', '/note', 'n'), { note: 'n' }],
    ['reads a map from a Python literal', op('replace', '/labels', "{'kube': 'v1', 'n': True}"), { labels: { kube: 'v1', n: true } }],
    ['reads a map from JSON', op('replace', '/labels', '{"kube": "v1"}'), { labels: { kube: 'v1' } }],
    ['adds below a map', op('add', '/labels/y', '2'), { labels: { x: '1', y: '2' } }],
    ['replaces below a map by adding', op('add', '/labels/x', '2'), { labels: { x: '2' } }],
    ['takes letters of any script in a path', op('add', '/labels/größe', '2'), { labels: { x: '1', größe: '2' } }],
    ['removes below a map', op('remove', '/labels/x'), { labels: {} }],
    ['inserts into a list', op('add', '/list/1', 'c'), { list: ['a', 'c', 'b'] }],
    ['appends to a list', op('add', '/list/-', 'c'), { list: ['a', 'b', 'c'] }],
    ['takes a boolean for a whole number', op('replace', '/size', true), { size: true }],
  ])('%s', (_rule, patch, changes) => {
    expect(patched(patch)).toEqual({ ...DOCUMENT, ...changes });
  });

  it('leaves the members of a map in their order', () => {
    const document = { labels: { a: '1', b: '2' } };
    const patch = readPatch(op('replace', '/labels/a', '3'), RULES);
    expect(JSON.stringify(applyPatch(document, patch, RULES))).toBe('{"labels":{"a":"3","b":"2"}}');
  });

  it('removes a field, and nothing else', () => {
    const { name: _name, ...rest } = DOCUMENT;
    expect(patched(op('remove', '/name'))).toEqual(rest);
  });

  it('leaves its document as it was, also when a later operation fails', () => {
    expect(refusal([...op('replace', '/size', 9), ...op('remove', '/labels/none')])).toContain("can't remove");
    expect(DOCUMENT['size']).toBe(1);
  });

  it('defines a member called __proto__ and changes no prototype', () => {
    const { labels } = patched(op('add', '/labels/__proto__', 'x')) as { labels: object };
    expect(Object.keys(labels)).toEqual(['x', '__proto__']);
    expect(Object.getPrototypeOf(labels)).toBe(Object.prototype);
  });

  it.each<[Json, string]>([
    [{ op: 'add' }, "Invalid input for field/attribute patch. Value: '{'op': 'add'}'. Value not a valid list: {'op': 'add'}"],
    [op('test', '/name', 'zz'), "Invalid input for field/attribute op. Value: 'test'. Value should be one of: add, replace, remove"],
    [[{ path: '/name' }], "Invalid input for field/attribute op. Value: 'None'. Mandatory field missing."],
    [[{ op: 'remove' }], "Invalid input for field/attribute path. Value: 'None'. Mandatory field missing."],
    [[{ op: null, path: '/name' }], "Invalid input for field/attribute op. Value: 'None'. Mandatory field missing."],
    [op('replace', 'name', 'x'), "Invalid input for field/attribute path. Value: 'name'. Value should match the pattern ^(/[\\w-]+)+$"],
    [
      op('replace', '/name', {}),
      "Invalid input for field/attribute value. Value: '{}'. Wrong type. Expected '(<class 'str'>, <class 'int'>)', got '<class 'dict'>'",
    ],
    [
      op('replace', '/name', 1.5),
      "Invalid input for field/attribute value. Value: '1.5'. Wrong type. Expected '(<class 'str'>, <class 'int'>)', got '<class 'float'>'",
    ],
    [op('replace', '/name'), "'add' and 'replace' operations needs value"],
    [op('add', '/name', null), "'add' and 'replace' operations needs value"],
    [op('replace', '/uuid', 'x'), "'/uuid' is an internal attribute and can not be updated"],
    [op('replace', '/status', 'x'), "'/status' is an internal attribute and can not be updated"],
    [op('remove', '/coe'), "'/coe' is a mandatory attribute and can not be removed"],
    [op('add', '/bogus', 'x'), 'Adding a new attribute /bogus to the root of the resource is not allowed.'],
    [op('add', '/name', 'x'), "The attribute /name has existed, please use 'replace' operation instead."],
    [
      op('replace', '/nope', 1),
      "Couldn't apply patch '[{'path': '/nope', 'op': 'replace', 'value': 1}]'. Reason: can't replace a non-existent object 'nope'",
    ],
    [
      op('remove', '/labels/y'),
      "Couldn't apply patch '[{'path': '/labels/y', 'op': 'remove'}]'. Reason: can't remove a non-existent object 'y'",
    ],
    [
      op('replace', '/labels', 'nonsense'),
      "Couldn't apply patch '[{'path': '/labels', 'op': 'replace', 'value': 'nonsense'}]'. Reason: malformed node or string",
    ],
    [op('replace', '/size/x', 1), "Couldn't apply patch '[{'path': '/size/x', 'op': 'replace', 'value': 1}]'. Reason: Document '<class 'int'>' does not support indexing, must be a mapping/sequence or support __getitem__"],
    [op('replace', '/nope/x', 1), "Couldn't apply patch '[{'path': '/nope/x', 'op': 'replace', 'value': 1}]'. Reason: member 'nope' not found in {'name': 'a', 'coe': 'swarm', 'size': 1, 'note': None, 'labels': {'x': '1'}, 'list': ['a', 'b']}"],
    [op('remove', '/list/7'), "Couldn't apply patch '[{'path': '/list/7', 'op': 'remove'}]'. Reason: can't replace outside of list"],
    [[{ op: 'remove', path: '/name', from: '/x' }], 'Unknown attribute for argument patch: from'],
    [['x'], "Invalid input for field/attribute patch. Value: 'x'. Value not a valid dict: x"],
  ])('refuses %j in Magnum\'s words', (patch, message) => {
    expect(refusal(patch)).toBe(message);
  });

  it('refuses to be absent', () => {
    expect(() => readPatch(undefined, RULES)).toThrow('Missing argument: "patch"');
  });
});

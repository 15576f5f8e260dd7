import { ApiContract, type SeenAnswer } from './api-contract.ts';

const THING = { type: 'object', properties: { size: { type: 'integer' } }, required: ['size'], additionalProperties: false };
const show = {
  operationId: 'things.show',
  responses: {
    200: {
      headers: { 'x-id': { required: true, schema: { pattern: '^req-' } }, 'x-maybe': { required: false, schema: {} } },
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
    },
    204: { headers: {} },
  },
};
const contract = new ApiContract({
  paths: {
    '/v1/things/{ident}': { get: show, delete: { operationId: 'things.remove', responses: {} } },
    '/v1/things/all': { get: { operationId: 'things.all', responses: {} } },
    '/things/{ident}': { $ref: '#/paths/~1v1~1things~1{ident}' },
  },
  'x-elsewhere': { responses: { 404: { $ref: '#/components/responses/refused-404' } } },
  components: { schemas: { Thing: THING }, responses: { 'refused-404': { content: { 'text/plain': { schema: { type: 'string' } } } } } },
});
const fit: SeenAnswer = { status: 200, headers: { 'content-type': 'application/json', 'x-id': 'req-1', date: 'now' }, text: '{"size":1}' };

describe('ApiContract', () => {
  it.each<[string, Partial<SeenAnswer>, string[]]>([
    ['what is described', {}, []],
    ['a header that may be there', { headers: { ...fit.headers, 'x-maybe': '1' } }, []],
    ['a status that is not described', { status: 418 }, ['status 418 is not described for things.show']],
    ['a header too few', { headers: { 'content-type': 'application/json' } }, ['header x-id is missing']],
    ['a header too many', { headers: { ...fit.headers, 'x-new': '1' } }, ['header x-new is not described: 1']],
    ['a header of another form', { headers: { ...fit.headers, 'x-id': '7' } }, ['header x-id must match pattern "^req-", and is "7"']],
    ['another content type', { headers: { ...fit.headers, 'content-type': 'text/html; a=b' } }, ['content type text/html is not described']],
    ['a body that is not JSON', { text: 'OK' }, ['the body is not JSON: OK']],
    ['a field too few', { text: '{}' }, ["body must have required property 'size', and is {}"]],
    ['a field too many', { text: '{"size":1,"a":2}' }, ['body must NOT have additional properties (a), and is {"size":1,"a":2}']],
    ['a field of another type', { text: '{"size":null}' }, ['body.size must be integer, and is null']],
    ['a body where there is none', { status: 204, headers: {}, text: 'x' }, ['there is a body: x']],
    ['a body that was not read', { text: undefined }, []],
  ])('says of %s what it must', (_what, seen, violations) => {
    expect(contract.violations('GET', '/v1/things/a?limit=1', { ...fit, ...seen })).toEqual(violations);
  });

  it('finds the operation as the router does', () => {
    expect(contract.operationId('GET', '/v1/things/all')).toBe('things.all');
    expect(contract.operationId('DELETE', '/v1/things/all/')).toBe('things.remove');
    expect(contract.operationId('GET', '/things/a')).toBe('things.show');
    expect(contract.operationId('GET', '/v1/things/')).toBeUndefined();
    expect(contract.operationId('PUT', '/v1/things/a')).toBeUndefined();
  });

  it('knows what paths and verbs are answered with that are no operation', () => {
    const text = { headers: { 'content-type': 'text/plain' }, text: 'no' };
    expect(contract.violations('GET', '/nothing', { status: 404, ...text })).toEqual([]);
    expect(contract.violations('PUT', '/v1/things/a', { status: 200, ...text })).toEqual([
      'status 200 is not described for what is no operation',
    ]);
  });

  it('throws what it found', () => {
    expect(() => contract.requireDescribed('GET', '/v1/things/a', { ...fit, text: '{}' })).toThrow(
      "GET /v1/things/a is not answered as the OpenAPI document says:\n  body must have required property 'size', and is {}",
    );
  });
});

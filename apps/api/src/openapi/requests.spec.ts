import { ApiHarness } from '../testing/api-harness.ts';

const UUID = '4f34fac6-96ef-4200-9368-3f87b8ebde4a';

interface Described {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly 'x-until-microversion'?: string;
  readonly parameters: readonly { readonly name?: string; readonly in?: string; readonly schema?: { readonly format?: string } }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: { readonly $ref: string } } } };
  readonly responses: Readonly<Record<string, unknown>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, { readonly properties?: Readonly<Record<string, unknown>> }>> };
}

/** What a description says of requests does not show in answers: here each route is asked what it would take. */
describe('the OpenAPI document', () => {
  let api: ApiHarness;
  let document: Document;
  let operations: readonly { readonly request: string; readonly operation: Described }[];

  beforeAll(async () => {
    api = await ApiHarness.open();
    document = (await api.call('GET /v1/openapi.json')).body;
    const all = Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item).map(
      ([verb, operation]) => ({ request: `${verb.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, 'x')}`, operation }),
    ));
    const isAsked = ({ operationId, security, responses }: Described) => (
      // Of a path without /v1 there is a reference only.
      operationId !== undefined && security === undefined && Object.keys(responses).some((status) => status.startsWith('2'))
    );
    operations = all.filter(({ operation }) => isAsked(operation));
    expect(operations.length).toBeGreaterThan(40);
  });
  afterAll(() => api.close());

  const refusal = async (request: string, { 'x-until-microversion': until = 'latest' }: Described, body?: unknown): Promise<string> => {
    const options = { as: 'admin', version: `container-infra ${until}`, headers: { accept: '*/*' } };
    return (await api.call(request, body === undefined ? options : { ...options, body })).body.errors[0].detail;
  };

  it('names no argument of a query that its route does not take', async () => {
    const complaints = new Set<string>();
    for (const { request, operation } of operations) {
      const described = operation.parameters.filter((parameter) => parameter.in === 'query');
      const query = described.map(({ name, schema }) => `${name}=${schema?.format === 'uuid' ? UUID : '1'}`);
      // A name that is not known is complained of last: were one of those before unknown, it would be named.
      complaints.add(await refusal(`${request}?${[...query, 'nonsense=1'].join('&')}`, operation));
    }
    expect([...complaints]).toEqual(['Unknown argument: "nonsense"']);
  });

  it('names no field of a body that its route does not take', async () => {
    const complaints: string[] = [];
    for (const { request, operation } of operations.filter((each) => each.operation.requestBody)) {
      const { $ref } = operation.requestBody!.content['application/json'].schema;
      const { properties } = document.components.schemas[$ref.slice($ref.lastIndexOf('/') + 1)]!;
      // A patch has the same three fields everywhere.
      if (!properties) continue;
      const fields = Object.fromEntries(Object.keys(properties).map((name) => [name, null]));
      complaints.push(await refusal(request, operation, { ...fields, nonsense: 1 }));
    }
    expect(complaints.length).toBeGreaterThan(8);
    expect(complaints.filter((detail) => !/^Unknown (?:attribute for argument \w+: nonsense|argument: "nonsense")$/.test(detail))).toEqual([]);
  });
});

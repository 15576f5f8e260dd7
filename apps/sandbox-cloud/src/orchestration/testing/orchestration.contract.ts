import { randomUUID } from 'node:crypto';
import type { JsonMap } from '../hot/json.ts';
import { HeatClient, outputsOf, withVersion } from './heat-client.ts';
import type { HeatAnswer, HeatUnderTest, ShownStack } from './heat-client.ts';

const test = (properties: JsonMap = {}, more: JsonMap = {}): JsonMap => ({ type: 'OS::Heat::TestResource', properties, ...more });
const group = (properties: JsonMap): JsonMap => ({
  type: 'OS::Heat::ResourceGroup', properties: {
    resource_def: { type: 'OS::Heat::TestResource', properties: { value: 'v%index%' } }, ...properties,
  },
});
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string;
const TEST_TIMEOUT_MS = 120_000;
const BAD_REQUEST = 'The server could not comply with the request since it is either malformed or otherwise incorrect.';

/**
 * What clients may rely on in Heat's API, version 19, as far as no other service is needed. Both the sandbox and a real Heat keep
 * it; so whoever passes with the one passes with the other.
 */
export function orchestrationContract(name: string, open: () => Promise<HeatUnderTest>, startTimeoutMs = TEST_TIMEOUT_MS): void {
  let heat: HeatUnderTest;
  let client: HeatClient;
  const made: ShownStack[] = [];
  const unique = (): string => `contract-${randomUUID().slice(0, 8)}`;
  const create = async (template: JsonMap, more: JsonMap = {}, action?: string): Promise<ShownStack> => {
    const stack = await client.create(unique(), template, more, action);
    made.push(stack);
    return stack;
  };
  const refused = async (body: JsonMap, status: number, type: string, message: string): Promise<void> => {
    const answer = await client.send('POST', '/stacks', { stack_name: unique(), ...body });
    expect([answer.status, answer.json.error]).toEqual([status, { type, message, traceback: null }]);
  };
  const location = ({ headers }: HeatAnswer) => headers.get('location');

  describe(`${name} keeps the orchestration contract`, () => {
    beforeAll(async () => {
      heat = await open();
      client = new HeatClient(heat);
    }, startTimeoutMs);
    afterAll(async () => {
      for (const { path } of made) await client.send('DELETE', path);
      await heat.close();
    }, TEST_TIMEOUT_MS);

    it('shows a stack with its parameters as text and its outputs as what they are', async () => {
      const stackName = unique();
      const template = withVersion({
        description: 'what it is for',
        parameters: {
          n: { type: 'number', default: 2 }, s: { type: 'string', hidden: true }, l: { type: 'comma_delimited_list', default: 'a,b' },
          j: { type: 'json', default: { a: 1 } }, b: { type: 'boolean', default: true },
        },
        resources: { g: group({ count: { get_param: 'n' } }), t: test({ value: 'hi' }, { depends_on: 'g' }) },
        outputs: {
          one: {
            description: 'the first', value: { get_attr: ['g', 'resource.0.output'] },
          }, list: { value: { get_attr: ['g', 'output'] } },
          n: { value: { get_param: 'n' } }, all: { value: { get_attr: ['t'] } }, wrong: { value: { get_attr: ['g', 'resource.7.output'] } },
        },
      });
      const created = await client.send(
        'POST', '/stacks', { stack_name: stackName, template, parameters: { s: 'secret' }, timeout_mins: 5, tags: 'x,y' },
      );
      expect(created).toMatchObject({ status: 201, json: { stack: { id: expect.stringMatching(UUID) as string } } });
      expect(location(created)).toBe(created.json.stack.links[0].href);
      const stack = await client.finished(`/stacks/${stackName}/${created.json.stack.id as string}`);
      made.push(stack);
      expect(stack).toMatchObject({
        stack_name: stackName, stack_status: 'CREATE_COMPLETE', stack_status_reason: 'Stack CREATE completed successfully',
        creation_time: TIME,
        updated_time: null, deletion_time: null, description: 'what it is for', template_description: 'what it is for',
        disable_rollback: true,
        timeout_mins: 5, parent: null, tags: ['x', 'y'], capabilities: [], notification_topics: [],
        parameters: {
          'OS::stack_id': stack.id, 'OS::stack_name': stackName, 'OS::project_id': heat.projectId, n: '2', s: '******', l: 'a,b',
          j: '{"a": 1}', b: 'True',
        },
      });
      expect(outputsOf(stack)).toEqual({ one: 'v0', list: ['v0', 'v1'], n: 2, all: { output: 'hi' }, wrong: null });
      expect(stack.outputs.find(({ output_key: key }) => key === 'wrong')!.output_error).toContain("Member '7' not found in group resource 'g'.");
      expect(stack.outputs.find(({ output_key: key }) => key === 'one')).toMatchObject({ description: 'the first' });
    }, TEST_TIMEOUT_MS);

    it('leads from a name or an id to the address with both', async () => {
      const stack = await create({ resources: { t: test() } });
      const href = heat.endpoint + stack.path;
      for (const [method, path, rest] of [
        ['GET', stack.stack_name, ''], ['GET', stack.id, ''], ['DELETE', stack.stack_name, ''], ['PUT', stack.stack_name, ''],
        ['GET', `${stack.stack_name}/resources`, '/resources'], ['GET', `${stack.stack_name}/events`, '/events'],
        ['GET', `${stack.stack_name}/resources?nested_depth=2`, '/resources?nested_depth=2'],
      ] as const) {
        const answer = await client.send(method, `/stacks/${path}`);
        expect([method, path, answer.status, location(answer)]).toEqual([method, path, 302, href + rest]);
      }
      expect(await client.get('/stacks/nowhere')).toMatchObject({ status: 404, json: {
        code: 404, title: 'Not Found', explanation: 'The resource could not be found.',
        error: { type: 'EntityNotFound', message: 'The Stack (nowhere) could not be found.', traceback: null },
      } });
      expect((await client.get(`/stacks/nowhere/${stack.id}`)).status).toBe(404);
    }, TEST_TIMEOUT_MS);

    it('lists stacks, resources, events, outputs and the template', async () => {
      const template = {
        resources: { g: group({ count: 1 }), t: test({}, { depends_on: 'g', description: 'last' }) }, outputs: { o: { value: 1 } },
      };
      const stack = await create(template);
      const { json: { stacks } } = await client.get(`/stacks?name=${stack.stack_name}`);
      expect(stacks).toMatchObject([{ id: stack.id, stack_status: 'CREATE_COMPLETE', creation_time: TIME, parent: null, tags: null }]);
      const { json: { resources } } = await client.get(`${stack.path}/resources?nested_depth=1`);
      const byName = Object.fromEntries((resources as { resource_name: string }[]).map((resource) => [resource.resource_name, resource]));
      expect(Object.keys(byName).sort()).toEqual(['0', 'g', 't']);
      expect(byName).toMatchObject({
        g: {
          resource_type: 'OS::Heat::ResourceGroup', required_by: ['t'], resource_status: 'CREATE_COMPLETE',
          resource_status_reason: 'state changed',
        },
        0: { parent_resource: 'g' },
      });
      expect((await client.get(`${stack.path}/resources/t`)).json.resource).toMatchObject({
        description: 'last', attributes: { output: 'test_string' },
      });
      const { json: { events } } = await client.get(`${stack.path}/events?sort_dir=asc`);
      const history = (events as { resource_name: string; resource_status: string }[])
        .map((event) => `${event.resource_name} ${event.resource_status}`);
      expect([history[0], history.at(-1)]).toEqual([`${stack.stack_name} CREATE_IN_PROGRESS`, `${stack.stack_name} CREATE_COMPLETE`]);
      expect(history.slice(1, -1)).toEqual(['g CREATE_IN_PROGRESS', 'g CREATE_COMPLETE', 't CREATE_IN_PROGRESS', 't CREATE_COMPLETE']);
      expect((await client.get(`${stack.path}/events?limit=1`)).json.events).toMatchObject([{ resource_status: 'CREATE_COMPLETE', resource_name: stack.stack_name }]);
      expect((await client.get(`${stack.path}/outputs/o`)).json.output).toEqual({
        output_key: 'o', description: 'No description given', output_value: 1,
      });
      expect((await client.get(`${stack.path}/outputs/nope`)).json.error.message).toBe('Specified output key nope not found.');
      expect((await client.get(`${stack.path}/resources/nope`)).json.error).toEqual({
        type: 'ResourceNotFound', message: `The Resource (nope) could not be found in Stack ${stack.stack_name}.`, traceback: null,
      });
      expect((await client.get(`${stack.path}/template`)).json).toEqual(withVersion(template));
    }, TEST_TIMEOUT_MS);

    it('refuses a second stack of the name of one that lives', async () => {
      const stack = await create({ resources: {} });
      await refused(
        { stack_name: stack.stack_name, template: withVersion({}) }, 409, 'StackExists', `The Stack (${stack.stack_name}) already exists.`,
      );
    }, TEST_TIMEOUT_MS);

    it.each<[string, JsonMap, string, string]>([
      ['no template', {}, 'HTTPBadRequest', 'No template specified'],
      ['an unusable name', { stack_name: '1bad', template: withVersion({}) }, 'StackValidationFailed',
        'Invalid stack name 1bad must contain only alphanumeric or "_-." characters, must start with alpha and must be 255 characters or less.'],
      [
        'a template that is a list', { template: '- a' }, 'HTTPBadRequest',
        'Template not in valid format: The template is not a JSON object or YAML mapping.',
      ],
      [
        'no version', { template: { resources: {} } }, 'InvalidTemplateVersion',
        'The template version is invalid: Template version was not provided',
      ],
      [
        'a time that is none', { template: withVersion({}), timeout_mins: 'x' }, 'HTTPBadRequest',
        "Only integer is acceptable by 'timeout_mins'.",
      ],
      ['an unknown section of the environment', { template: withVersion({}), environment: { foo: 1 } }, 'HTTPBadRequest',
        'Environment not in valid format: environment has wrong section "foo"'],
      ['an unknown type', { template: withVersion({ resources: { a: { type: 'OS::No::Thing' } } }) }, 'StackValidationFailed',
        'The Resource Type (OS::No::Thing) could not be found.'],
      ['an unknown property', { template: withVersion({ resources: { a: test({ nope: 1 }) } }) }, 'StackValidationFailed',
        'Property error: : resources.a.properties: : Unknown Property nope'],
      ['an unknown property in a group', { template: withVersion({ resources: { n: group({ resource_def: test({ nope: 1 }) }) } }) }, 'StackValidationFailed',
        'Property error: : resources.n<nested_stack>.resources[0].properties: : Unknown Property nope'],
      ['a missing property', { template: withVersion({ resources: { a: { type: 'OS::Heat::ResourceGroup', properties: { count: 1 } } } }) },
        'StackValidationFailed', 'Property error: : resources.a.properties: : Property resource_def not assigned'],
      ['a property out of range', { template: withVersion({ resources: { a: group({ count: -1 }) } }) }, 'StackValidationFailed',
        'Property error: : resources.a.properties.count: : -1 is out of range (min: 0, max: None)'],
      ['a reference to nothing', { template: withVersion({ resources: { a: test({ value: { get_resource: 'b' } }) } }) }, 'InvalidTemplateReference',
        'The specified reference "b" (in a.Properties.value) is incorrect.'],
      ['an attribute that is none', { template: withVersion({ resources: { a: test() }, outputs: { o: { value: { get_attr: ['a', 'nope'] } } } }) },
        'StackValidationFailed', 'outputs.o.value.get_attr: : The Referenced Attribute (a nope) is incorrect.'],
      ['a condition that is none', { template: withVersion({ outputs: { o: { value: { if: ['c', 1, 2] } } } }) }, 'StackValidationFailed',
        'outputs.o.value.if: : Invalid condition "c"'],
      [
        'a missing parameter', { template: withVersion({ parameters: { p: { type: 'number' } } }) }, 'UserParameterMissing',
        'The Parameter (p) was not provided.',
      ],
      [
        'an unknown parameter', { template: withVersion({}), parameters: { q: 1 } }, 'UnknownUserParameter',
        'The Parameter (q) was not defined in template.',
      ],
      ['a wrong parameter', { template: withVersion({ parameters: { p: { type: 'number', constraints: [{ range: { min: 1, max: 3 } }] } } }), parameters: { p: 5 } },
        'StackValidationFailed', "Parameter 'p' is invalid: 5 is out of range (min: 1, max: 3)"],
    ])('refuses %s', async (_, body, type, message) => {
      await refused(body, 400, type, message);
    }, TEST_TIMEOUT_MS);

    it('says what failed, keeps the rest, and mends it with an update', async () => {
      const stack = await create({ resources: { bad: test({ fail: true }), later: test({}, { depends_on: 'bad' }) } });
      expect(stack).toMatchObject({
        stack_status: 'CREATE_FAILED', stack_status_reason: 'Resource CREATE failed: ValueError: resources.bad: Test Resource failed bad',
      });
      const { json: { resources } } = await client.get(`${stack.path}/resources`);
      const states = Object.fromEntries((resources as { resource_name: string; resource_status: string }[]).map((each) => [each.resource_name, each.resource_status]));
      expect(states).toEqual({ bad: 'CREATE_FAILED', later: 'INIT_COMPLETE' });
      expect(await client.update(stack, { resources: { bad: test(), later: test({}, { depends_on: 'bad' }) } })).toMatchObject({ stack_status: 'UPDATE_COMPLETE' });
    }, TEST_TIMEOUT_MS);

    it('names the member of a group that failed', async () => {
      const stack = await create({ resources: { g: group({ count: 1, resource_def: test({ fail: true }) }) } });
      expect(stack.stack_status_reason).toBe('Resource CREATE failed: ValueError: resources.g.resources[0]: Test Resource failed 0');
    }, TEST_TIMEOUT_MS);

    it('goes back when it fails, if it is told to', async () => {
      const stack = await create({ resources: { bad: test({ fail: true }) } }, { disable_rollback: false }, 'ROLLBACK');
      expect(stack).toMatchObject({ stack_status: 'ROLLBACK_COMPLETE', stack_status_reason: 'Stack ROLLBACK completed successfully' });
      expect((await client.get(`${stack.path}/resources`)).json.resources).toEqual([]);
      const other = await create({ resources: { a: test({ value: 'old' }) }, outputs: { o: { value: { get_attr: ['a', 'output'] } } } });
      const changed = { resources: { a: test({ value: 'new' }), bad: test({ fail: true }, { depends_on: 'a' }) } };
      const failed = await client.update(other, changed, { disable_rollback: false }, 'ROLLBACK');
      expect([failed.stack_status, outputsOf(failed)]).toEqual(['ROLLBACK_COMPLETE', { o: 'old' }]);
    }, TEST_TIMEOUT_MS);

    it('changes in place what can be, and replaces the rest', async () => {
      const template = (a: JsonMap, b: JsonMap): JsonMap => ({
        resources: { a: test(a), b: test(b) }, outputs: { a: { value: { get_resource: 'a' } }, b: { value: { get_resource: 'b' } } },
      });
      const before = await create(template({}, {}));
      const after = await client.update(before, template({ value: 'new' }, { update_replace_value: 'x' }));
      expect(after).toMatchObject({ stack_status: 'UPDATE_COMPLETE', updated_time: TIME });
      expect(outputsOf(after)['a']).toBe(outputsOf(before)['a']);
      expect(outputsOf(after)['b']).not.toBe(outputsOf(before)['b']);
    }, TEST_TIMEOUT_MS);

    it('lets a group grow, shrink and lose the members that are named', async () => {
      const template = (count: number, removed?: string[]): JsonMap => ({
        resources: { g: group({ count, ...(removed && { removal_policies: [{ resource_list: removed }] }) }) },
        outputs: { names: { value: { get_attr: ['g', 'refs_map'] } }, removed: { value: { get_attr: ['g', 'removed_rsrc_list'] } } },
      });
      const stack = await create(template(3));
      const names = (shown: ShownStack) => Object.keys(outputsOf(shown)['names'] as object);
      expect(names(await client.update(stack, template(2, ['1'])))).toEqual(['0', '2']);
      const grown = await client.update(stack, template(3, ['1']));
      expect([names(grown), outputsOf(grown)['removed']]).toEqual([['0', '2', '3'], ['1']]);
      expect(names(await client.update(stack, template(1)))).toEqual(['0']);
    }, TEST_TIMEOUT_MS);

    it('takes templates among the files as types', async () => {
      const inner = withVersion({
        parameters: { p: { type: 'string' } }, resources: { in: test({ value: { get_param: 'p' } }) },
        outputs: { val: { value: { get_attr: ['in', 'output'] } } },
      });
      const stack = await create(
        {
          resources: { n: { type: 'My::Type', properties: { p: 'hi' } } },
          outputs: { v: { value: { get_attr: ['n', 'val'] } }, in: { value: { get_attr: ['n', 'resource.in.output'] } } },
        },
        { files: { 'n.yaml': JSON.stringify(inner) }, environment: { resource_registry: { 'My::Type': 'n.yaml' } } },
      );
      expect(outputsOf(stack)).toEqual({ v: 'hi', in: 'hi' });
      expect((await client.get(`${stack.path}/environment`)).json.resource_registry).toMatchObject({ 'My::Type': 'n.yaml' });
    }, TEST_TIMEOUT_MS);

    it('changes only what a PATCH brings, and ignores parameters that the template has not', async () => {
      const parameters = { n: { type: 'number', default: 1 }, m: { type: 'number', default: 1 } };
      const stack = await create({ parameters, resources: { g: group({ count: { get_param: 'n' } }) } }, { parameters: { m: 5 } });
      expect(await client.send('PATCH', stack.path, { existing: true, parameters: { n: 2, unknown: 1 } })).toMatchObject({
        status: 202, json: { code: '202 Accepted' },
      });
      expect((await client.finished(stack.path)).parameters).toMatchObject({ n: '2', m: '5' });
      expect(await client.send('PUT', stack.path, {})).toMatchObject({
        status: 400, json: { explanation: BAD_REQUEST, error: { message: 'No template specified' } },
      });
    }, TEST_TIMEOUT_MS);

    it('waits for signals to a handle, whose address and token it gives away', async () => {
      const stackName = unique();
      const template = withVersion({
        resources: {
          h: { type: 'OS::Heat::WaitConditionHandle' },
          w: { type: 'OS::Heat::WaitCondition', properties: { handle: { get_resource: 'h' }, timeout: 50, count: 2 } },
        },
        outputs: { data: { value: { get_attr: ['w', 'data'] } }, curl: { value: { get_attr: ['h', 'curl_cli'] } } },
      });
      const { json } = await client.send('POST', '/stacks', { stack_name: stackName, template });
      const path = `/stacks/${stackName}/${json.stack.id as string}`;
      const signal = (body: JsonMap) => client.send('POST', `${path}/resources/h/signal`, body);
      const ready = async (): Promise<boolean> =>
        (await client.get(`${path}/resources/h`)).json.resource?.resource_status === 'CREATE_COMPLETE';
      for (let tries = 0; tries < 200 && !(await ready()); tries += 1) await client.get(path);
      const signals: JsonMap[] = [{ status: 'SUCCESS', data: 'd', id: '1' }, { status: 'WHAT' }, { status: 'SUCCESS', data: 'e' }];
      for (const body of signals) expect((await signal(body)).status).toBe(200);
      const stack = await client.finished(path);
      made.push(stack);
      expect([stack.stack_status, JSON.parse(outputsOf(stack)['data'] as string)]).toEqual(['CREATE_COMPLETE', { 1: 'd', 2: 'e' }]);
      expect(outputsOf(stack)['curl']).toMatch(/^curl -i -X POST -H 'X-Auth-Token: \S+' -H 'Content-Type: application\/json' -H 'Accept: application\/json' http.*\/resources\/h\/signal$/);
      expect((await client.send('POST', `${path}/resources/w/signal`, {})).json.error).toMatchObject({ type: 'ResourceActionNotSupported' });
    }, TEST_TIMEOUT_MS);

    it('gives up when no signal comes in time', async () => {
      const waiting = (timeout: number): JsonMap => ({
        resources: {
          h: { type: 'OS::Heat::WaitConditionHandle' },
          w: { type: 'OS::Heat::WaitCondition', properties: { handle: { get_resource: 'h' }, timeout } },
        },
      });
      const stack = await create(waiting(1));
      expect(stack.stack_status_reason).toBe('Resource CREATE failed: WaitConditionTimeout: resources.w: 0 of 1 received');
    }, TEST_TIMEOUT_MS);

    it('checks stacks, and knows what it cannot check or cancel', async () => {
      const stack = await create({ resources: { t: test() } });
      const act = (action: JsonMap) => client.send('POST', `${stack.path}/actions`, action);
      expect((await act({ check: null })).status).toBe(200);
      expect((await client.finished(stack.path)).stack_status).toBe('CHECK_COMPLETE');
      expect((await act({ cancel_update: null })).json.error.message).toBe('Cancelling update when stack is CHECK_COMPLETE is not supported.');
      expect((await act({ foo: null })).json.error.message).toBe('Invalid action foo specified');
      expect((await act({})).json.error.message).toBe('No action specified');
    }, TEST_TIMEOUT_MS);

    it('cancels an update by going back', async () => {
      const stack = await create({ resources: { a: test() } });
      const slow = { resources: { a: test(), slow: test({ action_wait_secs: { create: 3 } }) } };
      expect((await client.send('PUT', stack.path, { template: withVersion(slow) })).status).toBe(202);
      expect((await client.send('POST', `${stack.path}/actions`, { cancel_update: null })).status).toBe(200);
      expect(await client.finished(stack.path, 'ROLLBACK')).toMatchObject({ stack_status: 'ROLLBACK_COMPLETE' });
    }, TEST_TIMEOUT_MS);

    it('looks at a template without its parameters', async () => {
      const template = withVersion({
        description: 'd', parameters: {
          p: { type: 'string', default: 'x', hidden: true, constraints: [{ length: { min: 1, max: 4 }, description: 'short' }] },
          n: { type: 'number' },
        },
        resources: { r: { type: 'OS::Heat::None' } },
      });
      const { status, json } = await client.send('POST', '/validate', { template });
      expect([status, json.Description, json.Parameters]).toEqual([200, 'd', {
        p: {
          Type: 'String', Description: '', NoEcho: 'true', Label: 'p', Default: 'x', MinLength: 1, MaxLength: 4,
          ConstraintDescription: 'short',
        },
        n: { Type: 'Number', Description: '', NoEcho: 'false', Label: 'n' },
      }]);
      const wrong = await client.send('POST', '/validate', { template: withVersion({ resources: { n: { type: 'OS::No::Thing' } } }) });
      expect([wrong.status, wrong.json.error.type, wrong.json.error.message]).toEqual([
        400, 'HTTPBadRequest', 'The Resource Type (OS::No::Thing) could not be found.',
      ]);
    }, TEST_TIMEOUT_MS);

    it('shows a deleted stack by its id, and does nothing more with it', async () => {
      const stack = await create({ resources: { a: test(), b: test({}, { depends_on: 'a' }) } });
      expect(await client.delete(stack)).toMatchObject({
        stack_status: 'DELETE_COMPLETE', stack_status_reason: 'Stack DELETE completed successfully',
      });
      expect((await client.get(`${stack.path}/resources`)).json.resources).toEqual([]);
      const listed = async (): Promise<unknown[]> => (await client.get(`/stacks?id=${stack.id}`)).json.stacks as unknown[];
      // A real Heat takes it off its list a moment after it says that it is deleted.
      for (let tries = 0; tries < 100 && (await listed()).length > 0; tries += 1) await client.get(stack.path);
      expect(await listed()).toEqual([]);
      expect((await client.send('DELETE', stack.path)).status).toBe(404);
      expect((await client.send('PATCH', stack.path, { existing: true })).status).toBe(404);
      expect((await client.get(`/stacks?show_deleted=true&id=${stack.id}`)).json.stacks).toMatchObject([{ id: stack.id, deletion_time: TIME }]);
    }, TEST_TIMEOUT_MS);

    it('serves only who has a token, and only its own project', async () => {
      expect(await client.send('GET', '/stacks', undefined, null)).toMatchObject({
        status: 401, json: { error: { code: 401, title: 'Unauthorized' } },
      });
      const foreign = heat.endpoint.replace(heat.projectId, 'f'.repeat(32));
      expect(await client.get(`${foreign}/stacks`)).toMatchObject({
        status: 403, json: { title: 'Forbidden', error: { type: 'HTTPForbidden' } },
      });
    }, TEST_TIMEOUT_MS);
  });
}

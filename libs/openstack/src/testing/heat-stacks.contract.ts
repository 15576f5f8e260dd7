import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Secret, systemTimers } from '@jeroboam/platform';
import type { HeatStacks, NewStack, Stack, StackRef } from '../heat/heat-stacks.port.ts';
import { openHeatStacks } from '../heat/heat-stacks.ts';
import type { CloudSession } from '../session/cloud-session.port.ts';
import { openKeystoneSession } from '../session/keystone-session.ts';
import type { Login } from './login.ts';
import { STACK_PARAMETERS, TEMPLATE } from './stack-templates.ts';

/** A cloud with an orchestration service in its catalog. */
export interface OrchestrationUnderTest {
  readonly authUrl: string;
  /** May own stacks. */
  readonly member: Login;
  close?(): Promise<void>;
}

const START_TIMEOUT_MS = 180_000;
/** Stacks of a real Heat on a busy machine take seconds. */
const TEST_TIMEOUT_MS = 120_000;
const POLL_MS = 100;

/**
 * The rules that Heat and whatever stands in for it keep, seen through `HeatStacks`. Templates use `OS::Heat::*` alone, so
 * that a Heat without a cloud can run them.
 */
export function heatStacksContract(cloud: string, open: () => Promise<OrchestrationUnderTest>): void {
  describe(`${cloud} keeps the HeatStacks contract`, () => {
    let orchestration: OrchestrationUnderTest;
    let session: CloudSession;
    let heat: HeatStacks;
    const ownerTag = `owner-${randomUUID()}`;

    beforeAll(async () => {
      orchestration = await open();
      const { username, password, projectName } = orchestration.member;
      session = openKeystoneSession({
        authUrl: orchestration.authUrl,
        credentials: { kind: 'password', user: { username }, password: new Secret(password), scope: { projectName } },
      });
      heat = openHeatStacks(session, { timers: systemTimers });
    }, START_TIMEOUT_MS);
    afterAll(async () => {
      session?.close();
      await orchestration?.close?.();
    });

    const aStack = (rest: Partial<NewStack> = {}): NewStack => ({
      name: `contract-${randomUUID()}`, ownerTag, template: TEMPLATE, parameters: STACK_PARAMETERS, timeoutMinutes: 5, ...rest,
    });
    const settled = async (ref: StackRef): Promise<Stack> => {
      for (;;) {
        const stack = await heat.find(ref);
        if (!stack) throw new Error(`stack ${ref.name} is gone`);
        if (stack.progress !== 'in-progress') return stack;
        await setTimeout(POLL_MS);
      }
    };
    const gone = async (ref: StackRef): Promise<void> => {
      while (await heat.find(ref)) await setTimeout(POLL_MS);
    };
    const made = async (rest: Partial<NewStack> = {}): Promise<Stack> => settled(await heat.create(aStack(rest)));
    const rule = (title: string, test: () => Promise<void>): void => it(title, test, TEST_TIMEOUT_MS);

    rule('makes a stack and tells its outputs, parameters and tags', async () => {
      const stack = await made({ parameters: { ...STACK_PARAMETERS, greeting: 'hello', password: new Secret('hush-hush') } });
      expect(stack).toMatchObject({
        action: 'CREATE', progress: 'complete', tags: [ownerTag], updatedAt: null,
        parameters: { greeting: 'hello', count: '1' }, outputs: { said: 'hello', sizes: ['hello'] },
      });
      expect(JSON.stringify(stack.parameters)).not.toContain('hush-hush');
    });

    rule('finds a stack by name, by id and by both, and nothing that is not there', async () => {
      const { name, id } = await heat.create(aStack());
      expect(await heat.find(name)).toMatchObject({ name, id });
      expect(await heat.find(id)).toMatchObject({ name, id });
      expect(await heat.find({ name, id })).toMatchObject({ name, id });
      expect(await heat.find(`no-${name}`)).toBeUndefined();
      expect(await heat.find(randomUUID())).toBeUndefined();
    });

    rule('adopts the stack that an earlier try made, and no other', async () => {
      const stack = aStack();
      const first = await heat.create(stack);
      expect(first.adopted).toBe(false);
      expect(await heat.create(stack)).toEqual({ ...first, adopted: true });
      await expect(heat.create({ ...stack, ownerTag: 'somebody-else' })).rejects.toMatchObject({ code: 'STACK_NAME_TAKEN' });
    });

    rule('lists the stacks of one owner', async () => {
      const mine = `owner-${randomUUID()}`;
      const first = await heat.create(aStack({ ownerTag: mine }));
      const second = await heat.create(aStack({ ownerTag: mine }));
      expect((await heat.listByTag(mine)).map(({ id }) => id).toSorted()).toEqual([first.id, second.id].toSorted());
      expect(await heat.listByTag(`owner-${randomUUID()}`)).toEqual([]);
    });

    rule('tells which stacks are in progress, and of those alone', async () => {
      const ended = await made();
      const slow = await heat.create(aStack({ parameters: { ...STACK_PARAMETERS, wait: 3 } }));
      const busy = await heat.inProgress();
      expect([busy.has(slow.id), busy.has(ended.id)]).toEqual([true, false]);
      await settled(slow);
      expect((await heat.inProgress()).has(slow.id)).toBe(false);
    });

    rule('refuses what Heat finds fault with, and makes nothing', async () => {
      const unknownType = aStack({ template: { heat_template_version: '2018-08-31', resources: { x: { type: 'No::Such::Type' } } } });
      await expect(heat.create(unknownType)).rejects.toMatchObject({ code: 'CLOUD_REQUEST_INVALID' });
      const unknownParameter = aStack({ parameters: { ...STACK_PARAMETERS, nobody_knows: 1 } });
      await expect(heat.create(unknownParameter)).rejects.toMatchObject({ code: 'CLOUD_REQUEST_INVALID' });
      expect(await heat.find(unknownType.name)).toBeUndefined();
      expect(await heat.find(unknownParameter.name)).toBeUndefined();
    });

    rule('never repeats a secret in a refusal', async () => {
      // Longer than the template allows, so that Heat has something to say about it.
      const secret = 'a-password-that-is-too-long';
      const refused = heat.create(aStack({ parameters: { ...STACK_PARAMETERS, password: new Secret(secret) } }));
      const message = expect.not.stringContaining(secret) as string;
      await expect(refused).rejects.toMatchObject({ code: 'CLOUD_REQUEST_INVALID', message });
    });

    rule('names the first resource that failed, with its way down and its words', async () => {
      const stack = await made({ parameters: { ...STACK_PARAMETERS, fail: true } });
      expect(stack).toMatchObject({ action: 'CREATE', progress: 'failed' });
      expect(await heat.failure(stack)).toMatchObject({
        path: ['members', '0'], type: 'OS::Heat::TestResource', cause: 'other',
        reason: expect.stringContaining('Test Resource failed') as string,
      });
    });

    rule('has no failure to tell of a stack that did not fail', async () => {
      expect(await heat.failure(await made())).toBeUndefined();
    });

    rule('changes the parameters named, leaves the others, and keeps the owner', async () => {
      const stack = await made({ parameters: { ...STACK_PARAMETERS, greeting: 'kept' } });
      await heat.update(stack, { parameters: { count: 3 } });
      const updated = await settled(stack);
      expect(updated).toMatchObject({
        action: 'UPDATE', progress: 'complete', tags: [ownerTag],
        parameters: { greeting: 'kept', count: '3' }, outputs: { sizes: ['kept', 'kept', 'kept'] }, outputErrors: {},
      });
      expect(updated.updatedAt).not.toBeNull();
    });

    rule('shows an update from the moment that it was accepted', async () => {
      const stack = await made();
      await heat.update(stack, { parameters: { wait: 1, greeting: 'slowly' } });
      expect(await heat.find(stack)).toMatchObject({ action: 'UPDATE' });
      expect(await settled(stack)).toMatchObject({ action: 'UPDATE', progress: 'complete', outputs: { said: 'slowly' } });
    });

    rule('repairs a failed stack by an update', async () => {
      const stack = await made({ parameters: { ...STACK_PARAMETERS, fail: true } });
      await heat.update(stack, { parameters: { fail: false } });
      expect(await settled(stack)).toMatchObject({ action: 'UPDATE', progress: 'complete' });
    });

    rule('goes back when an update fails that is to be rolled back, and still tells why', async () => {
      const stack = await made();
      await heat.update(stack, { parameters: { fail: true, greeting: 'new' }, rollback: true });
      while ((await settled(stack)).action !== 'ROLLBACK') await setTimeout(POLL_MS);
      expect(await settled(stack)).toMatchObject({ action: 'ROLLBACK', progress: 'complete', outputs: { said: 'hi' } });
      expect((await heat.failure(stack))?.reason).toContain('Test Resource failed');
    });

    rule('takes another template, with files and an environment that maps types to them', async () => {
      const stack = await made();
      const inner = { type: 'OS::Heat::TestResource', properties: { value: 'in' } };
      const nested = { heat_template_version: '2018-08-31', resources: { inner } };
      await heat.update(stack, {
        template: { heat_template_version: '2018-08-31', resources: { outer: { type: 'Demo::Nested' } } },
        files: { 'nested.yaml': JSON.stringify(nested) }, environment: { resource_registry: { 'Demo::Nested': 'nested.yaml' } },
        clearParameters: Object.keys(STACK_PARAMETERS),
      });
      expect(await settled(stack)).toMatchObject({ action: 'UPDATE', progress: 'complete' });
      const paths = (await heat.resources(stack, { nestedDepth: 2 })).map(({ path }) => path.join('/'));
      expect(paths.toSorted()).toEqual(['outer', 'outer/inner']);
    });

    rule('lists resources down to the depth asked for', async () => {
      const stack = await made({ parameters: { ...STACK_PARAMETERS, count: 2 } });
      const flat = await heat.resources(stack);
      expect(flat.map(({ name }) => name).toSorted()).toEqual(['hello', 'members']);
      const nested = await heat.resources(stack, { nestedDepth: 1 });
      expect(nested.map(({ path }) => path.join('/')).toSorted()).toEqual(['hello', 'members', 'members/0', 'members/1']);
      expect(nested.every(({ progress, physicalId }) => progress === 'complete' && physicalId !== null)).toBe(true);
    });

    rule('pages through events, oldest first', async () => {
      const stack = await made();
      const { events: all } = await heat.events(stack);
      expect(all[0]).toMatchObject({ resourceName: stack.name, action: 'CREATE', progress: 'in-progress' });
      expect(all.at(-1)).toMatchObject({ resourceName: stack.name, action: 'CREATE', progress: 'complete' });
      const paged = [];
      for (let after: string | undefined; ; ) {
        const page = await heat.events(stack, { limit: 2, ...(after !== undefined && { after }) });
        paged.push(...page.events);
        if (page.next === undefined) break;
        after = page.next;
      }
      expect(paged).toEqual(all);
    });

    rule('checks a stack', async () => {
      const stack = await made();
      await heat.check(stack);
      expect(await settled(stack)).toMatchObject({ action: 'CHECK', progress: 'complete' });
    });

    rule('gives back the template', async () => {
      const stack = await made();
      expect(await heat.template(stack)).toMatchObject({ heat_template_version: '2018-08-31', outputs: TEMPLATE.outputs });
    });

    rule('validates without making anything', async () => {
      const { parameters } = await heat.validate({ template: TEMPLATE }, STACK_PARAMETERS);
      expect(Object.keys(parameters).toSorted()).toEqual(['count', 'fail', 'greeting', 'password', 'wait']);
      const broken = { ...TEMPLATE, resources: { x: { type: 'OS::Heat::TestResource', properties: { no_such: 1 } } } };
      await expect(heat.validate({ template: broken })).rejects.toMatchObject({ code: 'CLOUD_REQUEST_INVALID' });
    });

    rule('previews what it would make, and refuses what it could not, without making anything', async () => {
      const stack = aStack();
      expect(await heat.preview(stack)).toContainEqual({ name: 'hello', type: 'OS::Heat::TestResource' });
      const wrongValue = { type: 'OS::Heat::TestResource', properties: { wait_secs: 'long' } };
      const broken = aStack({ template: { heat_template_version: '2018-08-31', resources: { wrongValue } }, parameters: {} });
      await expect(heat.preview(broken)).rejects.toMatchObject({ code: 'CLOUD_REQUEST_INVALID' });
      expect(await heat.find(stack.name)).toBeUndefined();
    });

    rule('deletes a stack, also one under way, and takes one that is gone for deleted', async () => {
      const stack = await heat.create(aStack({ parameters: { ...STACK_PARAMETERS, wait: 2 } }));
      await heat.delete(stack);
      await gone(stack);
      expect(await heat.find(stack.id)).toBeUndefined();
      expect(await heat.find(stack.name)).toBeUndefined();
      await heat.delete(stack);
      await heat.delete({ name: stack.name, id: randomUUID() });
    });

    rule('says that there is nothing to change where there is nothing', async () => {
      const ref = { name: 'nobody', id: randomUUID() };
      await expect(heat.update(ref, { parameters: {} })).rejects.toMatchObject({ code: 'CLOUD_THING_NOT_FOUND' });
      await expect(heat.resources(ref)).rejects.toMatchObject({ code: 'CLOUD_THING_NOT_FOUND' });
      expect(await heat.failure(ref)).toBeUndefined();
    });

    rule('makes a stack of a deleted one’s name anew', async () => {
      const stack = aStack();
      const first = await heat.create(stack);
      await heat.delete(first);
      await gone(first);
      const second = await heat.create(stack);
      expect(second).toMatchObject({ name: first.name, adopted: false });
      expect(second.id).not.toBe(first.id);
    });
  });
}

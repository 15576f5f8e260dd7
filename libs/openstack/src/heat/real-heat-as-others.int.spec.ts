import { randomUUID } from 'node:crypto';
import { Secret, delay, systemTimers } from '@jeroboam/platform';
import { openBayUsers } from '../purpose/bay-users.ts';
import { credentialName } from '../purpose/names.ts';
import { openPurposeCredentials } from '../purpose/purpose-credentials.ts';
import { openTrusts } from '../purpose/trusts.ts';
import { openCleanUpSession } from '../session/clean-up-session.ts';
import type { CloudSession } from '../session/cloud-session.port.ts';
import type { CloudCredentials } from '../session/credentials.ts';
import { openKeystoneSession } from '../session/keystone-session.ts';
import { KEYSTONE_ADMIN, addDomainAdmin } from '../testing/keystone-domains.ts';
import { HEAT_START_TIMEOUT_MS, RealHeat } from '../testing/real-heat.ts';
import { openHeatStacks } from './heat-stacks.ts';

const TEMPLATE = { heat_template_version: '2018-08-31', resources: { it: { type: 'OS::Heat::Value', properties: { value: 'any' } } } };
const TOMORROW = new Date(Date.now() + 86_400_000);

let cloud: RealHeat;
const sessions: CloudSession[] = [];
beforeAll(async () => {
  cloud = await RealHeat.start();
}, HEAT_START_TIMEOUT_MS);
afterAll(async () => {
  for (const session of sessions) session.close();
  await cloud?.close();
});

function as(credentials: CloudCredentials): CloudSession {
  const session = openKeystoneSession({ authUrl: cloud.authUrl, credentials });
  sessions.push(session);
  return session;
}
function asUser({ username, password, projectName }: { readonly username: string; readonly password: string; readonly projectName: string }): CloudSession {
  return as({ kind: 'password', user: { username }, password: new Secret(password), scope: { projectName } });
}
const stacksOf = (session: CloudSession) => openHeatStacks(session, { timers: systemTimers, attempts: 1 });
const aStack = () => ({ name: `real-${randomUUID()}`, ownerTag: randomUUID(), template: TEMPLATE });

const asAdministrator = () => as({ kind: 'password', user: { username: KEYSTONE_ADMIN.username }, password: new Secret(KEYSTONE_ADMIN.password), scope: 'system' });
const pacing = { timers: systemTimers };

// It makes a trust in the name of who asks for a stack, which Keystone lets no delegate.
it('makes no stack for an application credential, and none for a trustee', async () => {
  const minted = await openPurposeCredentials(asUser(cloud.member), pacing)
    .mint({ name: credentialName(randomUUID(), 'control', 1), purpose: 'control', roles: ['member'], accessRules: [], expiresAt: TOMORROW });
  const bearer = stacksOf(as({ kind: 'application-credential', id: minted.id, secret: minted.secret }));
  await expect(bearer.create(aStack())).rejects.toMatchObject({ code: 'CLOUD_SERVICE_UNAVAILABLE' });
  const password = new Secret(randomUUID());
  const { id } = await openBayUsers(asAdministrator(), 'default', pacing).ensure(`trustee-${randomUUID()}`, password);
  const trust = await openTrusts(asUser(cloud.member), pacing).ensure({ purpose: 'control', trusteeUserId: id, roles: ['member'] });
  const trustee = stacksOf(as({ kind: 'trust', user: { userId: id }, password, trustId: trust.id }));
  await expect(trustee.create(aStack())).rejects.toMatchObject({ code: 'CLOUD_SERVICE_UNAVAILABLE' });
});

it('makes stacks for a bay’s own user of a domain set aside, and deletes them after its password was changed', async () => {
  const { domainId } = await addDomainAdmin(cloud.authUrl, { domain: 'bays', username: 'bays_admin', password: 'secret' });
  const users = openBayUsers(asAdministrator(), domainId, pacing);
  const projectId = (await asUser(cloud.member).identity()).projectId!;
  const stack = aStack();
  const name = `bay-${randomUUID()}`;
  const ownUser = async () => {
    const password = new Secret(randomUUID());
    const { id } = await users.ensure(name, password);
    await users.grant(id, projectId, ['member']);
    return stacksOf(as({ kind: 'password', user: { userId: id }, password, scope: { projectId } }));
  };
  const first = await ownUser();
  const made = await first.create(stack);
  for (const end = Date.now() + 60_000; (await first.find(made))?.progress !== 'complete';) {
    if (Date.now() > end) throw new Error(`the stack is ${JSON.stringify(await first.find(made))}`);
    await delay(systemTimers, 200);
  }
  const second = await ownUser();
  await second.delete(made);
  for (const end = Date.now() + 60_000; (await second.find(made)) !== undefined;) {
    if (Date.now() > end) throw new Error('the stack is still there');
    await delay(systemTimers, 200);
  }
}, 150_000);

it('never tells an administrator who cleans up that another project’s stack is gone while it is there, and deletes it by name and id', async () => {
  const stack = aStack();
  const member = asUser(cloud.member);
  const { id } = await stacksOf(member).create(stack);
  const { projectId } = await member.identity();
  const cleaning = stacksOf(openCleanUpSession(asUser(KEYSTONE_ADMIN), projectId!));
  // Its policy lets administrators of a project list no stacks of others, unless it is told to (`stacks:global_index`).
  await expect(cleaning.find(stack.name)).rejects.toMatchObject({ code: 'CLOUD_FORBIDDEN' });
  const knowing = stacksOf(openCleanUpSession(asUser(KEYSTONE_ADMIN), projectId!, { [stack.name]: id }));
  expect(await knowing.find(stack.name)).toMatchObject({ id });
  expect(await knowing.listByTag(stack.ownerTag)).toEqual([{ name: stack.name, id }]);
  await knowing.delete({ name: stack.name, id });
  for (const end = Date.now() + 60_000; (await knowing.find(stack.name)) !== undefined;) {
    if (Date.now() > end) throw new Error('the stack is still there');
    await delay(systemTimers, 200);
  }
}, 90_000);

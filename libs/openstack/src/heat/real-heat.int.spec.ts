import { randomUUID } from 'node:crypto';
import { Secret, systemTimers } from '@jeroboam/platform';
import { credentialName } from '../purpose/names.ts';
import { probeAccessRules } from '../purpose/probe-access-rules.ts';
import { openPurposeCredentials } from '../purpose/purpose-credentials.ts';
import type { CloudCredentials } from '../session/credentials.ts';
import { openKeystoneSession } from '../session/keystone-session.ts';
import { heatStacksContract } from '../testing/heat-stacks.contract.ts';
import { HEAT_START_TIMEOUT_MS, RealHeat } from '../testing/real-heat.ts';
import { STACK_PARAMETERS, TEMPLATE } from '../testing/stack-templates.ts';
import type { HeatStacks } from './heat-stacks.port.ts';
import { openHeatStacks } from './heat-stacks.ts';

let cloud: RealHeat;
beforeAll(async () => {
  cloud = await RealHeat.start();
}, HEAT_START_TIMEOUT_MS);
afterAll(() => cloud?.close());

const as = (credentials: CloudCredentials) => openKeystoneSession({ authUrl: cloud.authUrl, credentials });
const asMember = () => {
  const { username, password, projectName } = cloud.member;
  return as({ kind: 'password', user: { username }, password: new Secret(password), scope: { projectName } });
};

heatStacksContract('a real Heat', async () => ({ authUrl: cloud.authUrl, member: cloud.member }));

describe('a real Heat', () => {
  let heat: HeatStacks;
  beforeAll(() => {
    heat = openHeatStacks(asMember(), { timers: systemTimers, attempts: 1 });
  });
  const preview = (type: string, properties: unknown) => {
    const template = { heat_template_version: '2018-08-31', resources: { it: { type, properties } } };
    return heat.preview({ name: `real-${randomUUID()}`, ownerTag: 'real', template });
  };

  it.each([
    ['OS::Nova::Server', { flavor: 'small', networks: [{ network: 'private' }] }, { flavor: 'small', networks: [{ net: 'private' }] }],
    ['OS::Neutron::Port', { network: 'private', fixed_ips: [{ subnet: 'sub' }] }, { network: 'private', fixed_ips: 'no list' }],
    ['OS::Cinder::Volume', { size: 3 }, { size: 'large' }],
    ['OS::Octavia::Listener', { protocol: 'TCP', protocol_port: 6443 }, { protocol: 'TCP', protocol_port: 70_000 }],
  ])('holds templates to the real properties of %s', async (type, good, bad) => {
    expect(await preview(type, good)).toEqual([{ name: 'it', type }]);
    await expect(preview(type, bad)).rejects.toMatchObject({ code: 'CLOUD_REQUEST_INVALID' });
  });

  it('holds an application credential to its access rules', async () => {
    const session = asMember();
    const { projectId } = await session.identity();
    const minted = await openPurposeCredentials(session, { timers: systemTimers }).mint({
      name: credentialName(randomUUID(), 'control', 1), purpose: 'control', roles: ['member'], expiresAt: new Date(Date.now() + 3_600_000),
      accessRules: [{ service: 'orchestration', method: 'GET', path: `/v1/${projectId}/stacks` }],
    });
    const limited = openHeatStacks(as({ kind: 'application-credential', id: minted.id, secret: minted.secret }), { timers: systemTimers });
    expect(await limited.listByTag('nobody')).toEqual([]);
    const outside = limited.create({ name: 'not-allowed', ownerTag: 'x', template: TEMPLATE });
    await expect(outside).rejects.toMatchObject({ code: 'CLOUD_FORBIDDEN' });
  }, 60_000);

  it('is found to enforce access rules, and a service without its type to refuse who has them', async () => {
    const session = asMember();
    const credentials = openPurposeCredentials(session, { attempts: 1 });
    const probe = { service: 'orchestration', allowedPath: '/stacks', otherPath: '/resource_types', roles: ['member'] } as const;
    expect(await probeAccessRules(probe, credentials, as)).toBe('enforced');
    await cloud.kill();
    await cloud.resume({ serviceType: '' });
    expect(await probeAccessRules(probe, credentials, as)).toBe('refused');
    expect(await credentials.list('jeroboam-access-rule-probe')).toEqual([]);
    await cloud.kill();
    await cloud.resume();
  }, HEAT_START_TIMEOUT_MS);

  it('goes on with its stacks after a crash', async () => {
    const { id } = await heat.create({ name: `real-${randomUUID()}`, ownerTag: 'real', template: TEMPLATE, parameters: STACK_PARAMETERS });
    await cloud.kill();
    await expect(heat.find(id)).rejects.toMatchObject({ code: 'CLOUD_SERVICE_UNAVAILABLE' });
    await cloud.resume();
    expect(await heat.find(id)).toMatchObject({ id, action: 'CREATE' });
  }, HEAT_START_TIMEOUT_MS);
});

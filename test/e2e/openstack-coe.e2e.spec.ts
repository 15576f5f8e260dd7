import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KEYSTONE_START_TIMEOUT_MS } from '@jeroboam/openstack/testing';
import { CERTIFICATE_ROWS, ROTATION_ROWS } from './coe/certificates.rows.ts';
import { CLUSTER_ENDING_ROWS, CLUSTER_ROWS } from './coe/clusters.rows.ts';
import { NODE_GROUP_ROWS } from './coe/nodegroups.rows.ts';
import { PLAIN_ROWS } from './coe/plain.rows.ts';
import { QUOTA_ENDING_ROWS, QUOTA_ROWS } from './coe/quotas.rows.ts';
import { USERS } from './coe/row.ts';
import type { Known, Row } from './coe/row.ts';
import { TEMPLATE_ENDING_ROWS, TEMPLATE_ROWS } from './coe/templates.rows.ts';
import { UPGRADE_ROWS } from './coe/upgrade.rows.ts';
import { ApiClient, login } from './harness/client.ts';
import { withRealKeystone, withSandboxIdentity } from './harness/identity.ts';
import type { JeroboamInCloud } from './harness/identity.ts';
import { OpenStackClient } from './harness/openstack-client.ts';
import type { Said } from './harness/openstack-client.ts';

const ROWS = [
  ...TEMPLATE_ROWS, ...QUOTA_ROWS, ...CLUSTER_ROWS, ...CERTIFICATE_ROWS, ...NODE_GROUP_ROWS, ...UPGRADE_ROWS, ...ROTATION_ROWS,
  ...PLAIN_ROWS,
  ...CLUSTER_ENDING_ROWS, ...TEMPLATE_ENDING_ROWS, ...QUOTA_ENDING_ROWS,
];
const DRIVERS = { JEROBOAM_DRIVERS: join(import.meta.dirname, 'harness', 'coe-drivers.ts') };

describe.each([
  ['the sandbox’s identity', withSandboxIdentity],
  ['a real Keystone', withRealKeystone],
])('the unmodified openstack client, with %s', (_, start) => {
  const known: Known = new Map();
  let cloud: JeroboamInCloud;
  let openstack: OpenStackClient;
  let api: ApiClient;

  beforeAll(async () => {
    cloud = await start(DRIVERS);
    openstack = new OpenStackClient(cloud.authUrl);
    api = new ApiClient(cloud.jeroboam.apiUrl, await login(cloud));
    await removeTemplates(api);
    const token = await openstack.run(['token', 'issue', '-f', 'json'], USERS.demo);
    known.set('project', (JSON.parse(token.stdout) as { project_id: string }).project_id).set('directory', openstack.directory);
    known.set('request', aRequest(openstack.directory)).set('garbage', garbage(openstack.directory));
  }, KEYSTONE_START_TIMEOUT_MS);
  afterAll(async () => {
    await openstack?.stop();
    await cloud?.close();
  });

  it.each(ROWS.map((row) => [titleOf(row), row] as const))('runs %s', async (_, row) => {
    const format = row.json === undefined ? [] : ['-f', 'json'];
    const args = filledIn(row.args, known).split(' ').filter(Boolean);
    const said = await openstack.run([...row.command.split(' '), ...args, ...format], USERS[row.as ?? 'demo']);
    await compare(said, row, known);
    if (row.settles) await settled(api, known.get(row.settles[0])!, row.settles[1]);
  });

  it('has a row for every subcommand that the client offers', async () => {
    const { stdout } = await openstack.run(['help', 'coe'], USERS.demo);
    const offered = [...stdout.matchAll(/^ {2}(coe .+)$/gm)].map(([, command]) => command!);
    expect(offered.length).toBeGreaterThan(20);
    expect(offered.filter((command) => !ROWS.some((row) => row.command === command))).toEqual([]);
  });
});

/** A newcomer to the sandbox finds one; with both identities the rows start from none. */
async function removeTemplates(api: ApiClient): Promise<void> {
  const { body } = await api.call<{ clustertemplates: { uuid: string }[] }>('GET', '/v1/clustertemplates');
  for (const { uuid } of body.clustertemplates) await api.call('DELETE', `/v1/clustertemplates/${uuid}`);
}

function titleOf({ command, args, does, as }: Row): string {
  return `“openstack ${`${command} ${args}`.trim()}”${as ? ` as ${as}` : ''}, which ${does}`;
}

async function compare({ exit, stdout, stderr }: Said, row: Row, known: Known): Promise<void> {
  const start = row.json === undefined ? stdout.length : stdout.search(/^[[{]/m);
  // Seen together when one is wrong: a refusal explains a missing answer.
  expect({ exit, stderr, stdout: row.json === undefined ? stdout : stdout.slice(0, start) }).toEqual({
    exit: row.exit ?? 0,
    stderr: row.complains ? expect.stringMatching(patternOf(row.complains, known)) : '',
    stdout: saying(row, known),
  });
  const json = start === stdout.length ? undefined : (JSON.parse(stdout.slice(start)) as { uuid?: string });
  const wanted = typeof row.json === 'function' ? (row.json as (known: Known) => unknown)(known) : row.json;
  expect(json).toEqual(wanted);
  await row.check?.(stdout, known);
  if (row.saves) known.set(row.saves, json?.uuid ?? (row.says as RegExp).exec(stdout)![1]!);
}

async function settled(api: ApiClient, bayId: string, status: string): Promise<void> {
  const isWell = async () => (await api.until(bayId, [status]))['health_status'] === 'HEALTHY';
  if (status === 'CREATE_COMPLETE') while (!(await isWell())) await sleep(25);
  else await api.until(bayId, [status]);
}

function saying({ says, check }: Row, known: Known): unknown {
  if (says instanceof RegExp) return expect.stringMatching(patternOf(says, known));
  if (says !== undefined) return filledIn(says, known);
  return check ? expect.any(String) : '';
}

function patternOf({ source }: RegExp, known: Known): RegExp {
  return new RegExp(filledIn(source, known));
}

/** Puts what is known in place of `{name}`; other braces stay. */
function filledIn(text: string, known: Known): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => known.get(name) ?? whole);
}

function aRequest(directory: string): string {
  const path = join(directory, 'somebody.csr');
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', join(directory, 'somebody.key')];
  execFileSync('openssl', ['req', '-new', ...key, '-subj', '/O=system:masters/CN=somebody', '-out', path], { stdio: 'ignore' });
  return path;
}

function garbage(directory: string): string {
  const path = join(directory, 'garbage.csr');
  writeFileSync(path, 'no request');
  return path;
}

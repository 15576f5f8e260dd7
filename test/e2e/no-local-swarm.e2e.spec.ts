import { ApiClient, login } from './harness/client.ts';
import { EmbeddedProcess } from './harness/process.ts';

/** Root without the capabilities that networks and mounts need; who is not root lacks them anyway. */
const POWERLESS = process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-net_admin,-sys_admin'] : [];

interface Driver {
  readonly name: string;
  readonly available: boolean;
  readonly missing: readonly { readonly what: string; readonly reason: string }[];
}

describe('a host that cannot run a local Swarm', () => {
  let jeroboam: EmbeddedProcess;
  let api: ApiClient;

  beforeAll(async () => {
    jeroboam = await EmbeddedProcess.start({ env: { JEROBOAM_DRIVERS: '@jeroboam/driver-swarm-local' }, wrapper: POWERLESS });
    api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
  });
  afterAll(() => jeroboam?.stop());

  it('starts all the same and says in the banner what is missing', () => {
    expect(jeroboam.output).toMatch(/swarm_local 1\.0\.0\s+not available here\n\s+\S.* is missing: /);
  });
  it('says the same in the list of drivers', async () => {
    const { body } = await api.call<readonly Driver[]>('GET', '/v1/drivers');
    expect(body).toMatchObject([{ name: 'swarm_local', available: false }]);
    expect(body[0]!.missing.every(({ what, reason }) => what !== '' && reason !== '')).toBe(true);
  });
  it('fails a create with that reason, and deletes the bay, of which nothing was made', async () => {
    const { body: template } = await api.call<{ uuid: string }>('POST', '/v1/clustertemplates', { name: 'swarm', coe: 'swarm-mode', image_id: 'debian', external_network_id: 'public' });
    const bayId = await api.createBay(template.uuid);
    const failed = await api.until(bayId, ['CREATE_FAILED']);
    expect(failed['status_reason']).toMatch(/Driver swarm_local cannot work on this host\. .* is missing: /);
    await api.call('DELETE', `/v1/clusters/${bayId}`);
    await api.until(bayId, ['GONE']);
  });
});

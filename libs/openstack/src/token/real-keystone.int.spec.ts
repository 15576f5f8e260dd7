import { keystoneTokenValidatorContract } from '../testing/keystone-token-validator.contract.ts';
import { login } from '../testing/login.ts';
import { startRealIdentity } from '../testing/real-identity.ts';
import { KEYSTONE_START_TIMEOUT_MS } from '../testing/real-keystone.ts';
import { openKeystone } from './keystone.ts';

keystoneTokenValidatorContract('a real Keystone', () => startRealIdentity(), 'faults');

describe('a real Keystone that hangs', () => {
  let identity: Awaited<ReturnType<typeof startRealIdentity>>;
  beforeAll(async () => {
    identity = await startRealIdentity();
  }, KEYSTONE_START_TIMEOUT_MS);
  afterAll(() => identity?.close?.());

  it('is unavailable once the time for a request is over, and answers when it goes on', async () => {
    const { authUrl, keystone, service, member } = identity;
    const validator = openKeystone({ authUrl, ...service, timeoutMs: 500 });
    const token = await login(authUrl, member);
    process.kill(keystone.pid!, 'SIGSTOP');
    await expect(validator.validate(token)).rejects.toMatchObject({ code: 'KEYSTONE_UNAVAILABLE' });
    process.kill(keystone.pid!, 'SIGCONT');
    expect(await login(authUrl, member)).not.toBe('');
    expect(await validator.validate(token)).toMatchObject({ userName: member.username });
    validator.close();
  });
});

import { openKeystone } from '../token/keystone.ts';
import type { KeystoneOptions } from '../token/keystone.ts';
import { openCountingHttp } from './counting-http.ts';
import type { CountingHttp } from './counting-http.ts';
import { login, revoke } from './login.ts';
import type { Login } from './login.ts';

/** A Keystone, real or sandbox, with two users in it. */
export interface IdentityUnderTest {
  /** Ends with `/v3`. */
  readonly authUrl: string;
  /** Has the role `service` or `admin`. */
  readonly service: Login;
  /** Has the roles `member` and `reader`, neither `service` nor `admin`. */
  readonly member: Login;
  close?(): Promise<void>;
}

export function keystoneTokenValidatorContract(name: string, start: () => Promise<IdentityUnderTest>): void {
  describe(`${name} keeps the KeystoneTokenValidator contract`, () => {
    let cloud: IdentityUnderTest;
    let http: CountingHttp;
    const open = (options: Partial<KeystoneOptions> = {}) =>
      openKeystone({ authUrl: cloud.authUrl, ...cloud.service, http: http.call, ...options });
    const questions = () => http.seen.filter((seen) => seen.startsWith('GET')).length;

    beforeAll(async () => {
      cloud = await start();
    });
    beforeEach(() => {
      http = openCountingHttp();
    });
    afterEach(() => http.close());
    afterAll(() => cloud.close?.());

    it('tells whose token it is, in which project, with which roles and services', async () => {
      const { username: userName, projectName } = cloud.member;
      const info = await open().validate(await login(cloud.authUrl, cloud.member));
      expect(info).toMatchObject({ userName, userDomainId: 'default', projectName, projectDomainId: 'default' });
      if (info === 'invalid') throw new Error('it is valid');
      expect(info.roles).toEqual(expect.arrayContaining(['member', 'reader']));
      const services = ['identity', 'container-infra', 'image', 'compute', 'network'];
      expect(info.catalog.map(({ type }) => type)).toEqual(expect.arrayContaining(services));
      expect(Date.parse(info.expiresAt)).toBeGreaterThan(Date.now());
    });

    it('gives no project, roles or catalog for a token without a scope', async () => {
      const { projectName: _, ...unscoped } = cloud.member;
      const info = await open().validate(await login(cloud.authUrl, unscoped));
      const nothing = { projectId: null, projectName: null, projectDomainId: null, roles: [], catalog: [] };
      expect(info).toMatchObject({ userName: cloud.member.username, ...nothing });
    });

    it('finds a made-up token invalid', async () => {
      const keystone = open();
      expect(await keystone.validate('gAAAAABmade-up')).toBe('invalid');
      expect(await keystone.validate('')).toBe('invalid');
      expect(await keystone.validate('two\nlines')).toBe('invalid');
    });

    it('finds a revoked token invalid', async () => {
      const token = await login(cloud.authUrl, cloud.member);
      await revoke(cloud.authUrl, token);
      expect(await open().validate(token)).toBe('invalid');
    });

    it('asks once for a token that is asked about again, also when it is asked about at the same time', async () => {
      const keystone = open();
      const token = await login(cloud.authUrl, cloud.member);
      const infos = await Promise.all([keystone.validate(token), keystone.validate(token), keystone.validate(token)]);
      infos.push(await keystone.validate(token));
      expect(new Set(infos).size).toBe(1);
      expect(questions()).toBe(1);
    });

    it('logs in once for several tokens', async () => {
      const keystone = open();
      await Promise.all([1, 2, 3].map(async () => keystone.validate(await login(cloud.authUrl, cloud.member))));
      expect(http.seen.filter((seen) => seen.startsWith('POST'))).toHaveLength(1);
    });

    it.each([
      ['its own password is wrong', { password: 'wrong' }],
      ['nobody listens there', { authUrl: 'http://127.0.0.1:1/v3' }],
    ])('is unavailable, rather than sure of anything, when %s', async (_, broken) => {
      const keystone = open(broken);
      const token = await login(cloud.authUrl, cloud.member);
      await expect(keystone.validate(token)).rejects.toMatchObject({ code: 'KEYSTONE_UNAVAILABLE', kind: 'unavailable' });
    });

    it('is unavailable when its own user may not validate tokens', async () => {
      const keystone = open(cloud.member);
      const token = await login(cloud.authUrl, cloud.service);
      await expect(keystone.validate(token)).rejects.toMatchObject({ code: 'KEYSTONE_UNAVAILABLE' });
    });
  });
}

import { openKeystone } from '../token/keystone.ts';
import type { KeystoneOptions } from '../token/keystone.ts';
import { openCountingHttp } from './counting-http.ts';
import type { CountingHttp } from './counting-http.ts';
import { login, revoke } from './login.ts';
import type { Login } from './login.ts';
import { KEYSTONE_START_TIMEOUT_MS } from './real-keystone.ts';

/** A Keystone, real or sandbox, with two users in it. */
export interface IdentityUnderTest {
  /** Ends with `/v3`. */
  readonly authUrl: string;
  /** Has the role `service` or `admin`. */
  readonly service: Login;
  /** Has the roles `member` and `reader`, neither `service` nor `admin`. */
  readonly member: Login;
  /** Only of one that a test may take away. */
  readonly control?: IdentityControl;
  close?(): Promise<void>;
}

export interface IdentityControl {
  /** Nobody listens at its address any more. */
  goAway(): Promise<void>;
  /** Listens again at the same address, with the same users; tokens may be lost. */
  comeBack(): Promise<void>;
  /** A token of the member that has reached the end of its life. */
  expiredToken(): Promise<string>;
}

/** @param more `faults` for an identity with `control`: adds the rules on what happens when it is away or a token's life ends. */
export function keystoneTokenValidatorContract(name: string, start: () => Promise<IdentityUnderTest>, more?: 'faults'): void {
  describe(`${name} keeps the KeystoneTokenValidator contract`, () => {
    let cloud: IdentityUnderTest;
    let http: CountingHttp;
    const open = (options: Partial<KeystoneOptions> = {}) =>
      openKeystone({ authUrl: cloud.authUrl, ...cloud.service, http: http.call, ...options });
    const questions = () => http.seen.filter((seen) => seen.startsWith('GET')).length;

    beforeAll(async () => {
      cloud = await start();
    }, KEYSTONE_START_TIMEOUT_MS);
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

    it('takes a revoked token for as long as it remembers it, and no longer', async () => {
      const clock = { ms: Date.now() };
      const keystone = open({ cacheTtlSeconds: 60, now: () => clock.ms });
      const token = await login(cloud.authUrl, cloud.member);
      await keystone.validate(token);
      await revoke(cloud.authUrl, token);
      expect(await keystone.validate(token)).toMatchObject({ userName: cloud.member.username });
      clock.ms += 60_000;
      expect(await keystone.validate(token)).toBe('invalid');
    });

    it('remembers no more tokens than it may, the least recently used going first', async () => {
      const keystone = open({ cacheSize: 2 });
      const [one, two, three] = [await login(cloud.authUrl, cloud.member), await login(cloud.authUrl, cloud.service), await login(cloud.authUrl, cloud.member)];
      for (const token of [one, two, one, three, one]) await keystone.validate(token);
      expect(questions()).toBe(3);
      await keystone.validate(two);
      expect(questions()).toBe(4);
    });

    it('logs in again when its own token was revoked', async () => {
      const keystone = open();
      await keystone.validate(await login(cloud.authUrl, cloud.member));
      await revoke(cloud.authUrl, http.lastToken!);
      expect(await keystone.validate(await login(cloud.authUrl, cloud.member))).toMatchObject({ userName: cloud.member.username });
      expect(http.seen.filter((seen) => seen.startsWith('POST'))).toHaveLength(2);
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

    if (more === 'faults') {
      it('finds an expired token invalid', async () => {
        expect(await open().validate(await cloud.control!.expiredToken())).toBe('invalid');
      }, KEYSTONE_START_TIMEOUT_MS);

      it('goes by what it remembers while Keystone is away, knows nothing of other tokens, and needs no help when it is back', async () => {
        const keystone = open();
        const [known, unknown] = [await login(cloud.authUrl, cloud.member), await login(cloud.authUrl, cloud.member)];
        await keystone.validate(known);
        await cloud.control!.goAway();
        await expect(keystone.validate(unknown)).rejects.toMatchObject({ code: 'KEYSTONE_UNAVAILABLE', kind: 'unavailable' });
        expect(await keystone.validate(known)).toMatchObject({ userName: cloud.member.username });
        await cloud.control!.comeBack();
        expect(await keystone.validate(await login(cloud.authUrl, cloud.member))).toMatchObject({ userName: cloud.member.username });
      }, KEYSTONE_START_TIMEOUT_MS);
    }
  });
}

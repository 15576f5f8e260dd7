import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { Secret, systemTimers } from '@jeroboam/platform';
import { CloudServiceUnavailable } from '../errors.ts';
import { openBayUsers } from '../purpose/bay-users.ts';
import type { BayUsers } from '../purpose/bay-users.ts';
import { bayPrefix, credentialName } from '../purpose/names.ts';
import { openPurposeCredentials } from '../purpose/purpose-credentials.ts';
import type { CredentialIntent, PurposeCredentials } from '../purpose/purpose-credentials.ts';
import { openTrusts } from '../purpose/trusts.ts';
import type { CloudSession } from '../session/cloud-session.port.ts';
import type { CloudCredentials } from '../session/credentials.ts';
import { openKeystoneSession } from '../session/keystone-session.ts';
import { instantTimers } from './instant-timers.ts';
import type { Login } from './login.ts';

/** A Keystone to make credentials in. */
export interface CredentialsUnderTest {
  readonly authUrl: string;
  /** Holds `member` in its project, and no more. */
  readonly member: Login;
  /** Holds `admin` in its project. */
  readonly admin: Login;
  /** Administrator of the whole cloud. */
  readonly systemAdmin: { readonly username: string; readonly password: string };
  /** Administrator of a domain set aside for bays. */
  readonly domainAdmin: { readonly username: string; readonly password: string; readonly domainId: string; readonly domainName: string };
  close?(): Promise<void>;
}

const START_TIMEOUT_MS = 120_000;
const TEST_TIMEOUT_MS = 120_000;
const TOMORROW = new Date(Date.now() + 86_400_000);
const PORTS = { service: 'network', method: 'GET', path: '/v2.0/ports/*' } as const;
const PACING = { timers: systemTimers };

/** What holds for the credentials of a bay in any Keystone, whatever becomes of us between two calls. */
export function purposeCredentialsContract(cloud: string, open: () => Promise<CredentialsUnderTest>): void {
  describe(`${cloud} keeps the contract of purpose credentials`, () => {
    let keystone: CredentialsUnderTest;
    let member: CloudSession;
    let credentials: PurposeCredentials;
    let users: BayUsers;
    const sessions: CloudSession[] = [];
    const sessionOf = (how: CloudCredentials): CloudSession => {
      const session = openKeystoneSession({ authUrl: keystone.authUrl, credentials: how });
      sessions.push(session);
      return session;
    };
    const passwordOf = ({ username, password, projectName }: Login): CloudCredentials => (
      { kind: 'password', user: { username }, password: new Secret(password), scope: { projectName } }
    );
    const anIntent = (bayId: string, rest: Partial<CredentialIntent> = {}): CredentialIntent => ({
      name: credentialName(bayId, 'network', 1), purpose: 'network', roles: ['member'], accessRules: [], expiresAt: TOMORROW, ...rest,
    });
    /** What Keystone itself lists below the member. */
    const listed = async (what: 'application_credentials' | 'access_rules'): Promise<unknown[]> => {
      const { userId } = await member.identity();
      const { body } = await member.request({ service: 'identity', method: 'GET', path: `/users/${userId}/${what}` });
      return (JSON.parse(body) as Record<string, unknown[]>)[what]!;
    };

    beforeAll(async () => {
      keystone = await open();
      member = sessionOf(passwordOf(keystone.member));
      credentials = openPurposeCredentials(member, PACING);
      const { username, password, domainId, domainName } = keystone.domainAdmin;
      const domain = sessionOf({
        kind: 'password', user: { username, userDomainName: domainName }, password: new Secret(password), scope: { domainId },
      });
      users = openBayUsers(domain, domainId, PACING);
    }, START_TIMEOUT_MS);
    afterAll(async () => {
      for (const session of sessions) session.close();
      await keystone?.close?.();
    });

    it('makes a credential that lets its bearer in with the roles asked for', async () => {
      const minted = await credentials.mint(anIntent(randomUUID(), { roles: ['member', 'load-balancer_member'] }));
      expect(minted).toMatchObject({ roles: ['member'], expiresAt: TOMORROW.toISOString().replace('Z', '000Z') });
      const bearer = await sessionOf({ kind: 'application-credential', id: minted.id, secret: minted.secret }).identity();
      expect(bearer).toMatchObject({ projectName: keystone.member.projectName, userName: keystone.member.username });
      expect(bearer.roles).toContain('member');
    });

    it('passes no role of an administrator on', async () => {
      const admin = openPurposeCredentials(sessionOf(passwordOf(keystone.admin)), PACING);
      const minted = await admin.mint(anIntent(randomUUID(), { roles: ['admin', 'manager', 'service', 'member'] }));
      const bearer = await sessionOf({ kind: 'application-credential', id: minted.id, secret: minted.secret }).identity();
      expect(bearer.roles).not.toContain('admin');
      await admin.revoke(minted.id);
    });

    it('refuses a credential for which no role is left', async () => {
      const bayId = randomUUID();
      await expect(credentials.mint(anIntent(bayId, { roles: ['admin'] }))).rejects.toMatchObject({ code: 'NO_ROLE_TO_PASS_ON' });
      expect(await credentials.list(bayPrefix(bayId))).toEqual([]);
    });

    it('lets a bearer make no further credentials', async () => {
      const minted = await credentials.mint(anIntent(randomUUID()));
      const bearer = openPurposeCredentials(sessionOf({ kind: 'application-credential', id: minted.id, secret: minted.secret }), PACING);
      await expect(bearer.mint(anIntent(randomUUID()))).rejects.toMatchObject({ code: 'CLOUD_FORBIDDEN' });
    });

    it('makes anew what an earlier try left under the name', async () => {
      const intent = anIntent(randomUUID(), { accessRules: [PORTS] });
      const lost = await credentials.mint(intent);
      const kept = await credentials.mint(intent);
      expect((await credentials.list(intent.name)).map(({ id }) => id)).toEqual([kept.id]);
      await expect(sessionOf({ kind: 'application-credential', id: lost.id, secret: lost.secret }).identity())
        .rejects.toMatchObject({ code: 'CLOUD_CREDENTIALS_REFUSED' });
      expect(kept.fingerprint).not.toBe(lost.fingerprint);
      expect(kept.accessRulesHash).toBe(lost.accessRulesHash);
    });

    it('finds the credentials of one bay by their names', async () => {
      const bayId = randomUUID();
      const network = await credentials.mint(anIntent(bayId));
      const volume = await credentials.mint(anIntent(bayId, { name: credentialName(bayId, 'volume', 1), purpose: 'volume' }));
      await credentials.mint(anIntent(randomUUID()));
      const found = await credentials.list(bayPrefix(bayId));
      expect(found.map(({ id }) => id).toSorted()).toEqual([network.id, volume.id].toSorted());
      expect(found[0]).toMatchObject({ roles: ['member'], expiresAt: network.expiresAt });
    });

    it('leaves nothing behind when all are revoked, access rules included', async () => {
      const bayId = randomUUID();
      const rule = { ...PORTS, path: `/v2.0/ports/${bayId}` };
      const first = await credentials.mint(anIntent(bayId, { accessRules: [rule] }));
      const second = await credentials.mint(anIntent(bayId, { name: credentialName(bayId, 'volume', 1), accessRules: [rule] }));
      await credentials.revoke(first.id);
      expect(JSON.stringify(await listed('access_rules'))).toContain(bayId);
      await credentials.revoke(second.id);
      await credentials.revoke(second.id);
      expect(JSON.stringify([await listed('access_rules'), await listed('application_credentials')])).not.toContain(bayId);
    });

    it('takes the access rules away that a revocation cut short has left', async () => {
      const bayId = randomUUID();
      const accessRules = [{ ...PORTS, path: `/v2.0/ports/${bayId}` }];
      const { id } = await credentials.mint(anIntent(bayId, { accessRules }));
      await expect(openPurposeCredentials(cutShort(member, 2), PACING).revoke(id)).rejects.toThrow('cut short');
      expect(await credentials.list(bayPrefix(bayId))).toEqual([]);
      expect(JSON.stringify(await listed('access_rules'))).toContain(bayId);
      await credentials.revoke(id, accessRules);
      expect(JSON.stringify(await listed('access_rules'))).not.toContain(bayId);
    });

    it('lets an administrator revoke what a requester left, also one who is gone', async () => {
      const bayId = randomUUID();
      const minted = await credentials.mint(anIntent(bayId, { accessRules: [{ ...PORTS, path: `/v2.0/ports/${bayId}` }] }));
      const { username, password } = keystone.systemAdmin;
      const admin = sessionOf({ kind: 'password', user: { username }, password: new Secret(password), scope: 'system' });
      const others = openPurposeCredentials(admin, { ...PACING, ofUser: (await member.identity()).userId });
      expect((await others.list(bayPrefix(bayId))).map(({ id }) => id)).toEqual([minted.id]);
      await others.revoke(minted.id);
      expect(JSON.stringify([await listed('access_rules'), await listed('application_credentials')])).not.toContain(bayId);
      expect(await openPurposeCredentials(admin, { ...PACING, ofUser: randomUUID() }).list(bayPrefix(bayId))).toEqual([]);
    });

    it('shows no secret of what it made', async () => {
      const minted = await credentials.mint(anIntent(randomUUID()));
      const secret = minted.secret.reveal();
      expect(inspect(minted, { showHidden: true }) + JSON.stringify(minted)).not.toContain(secret);
      expect(JSON.stringify(await listed('application_credentials'))).not.toContain(secret);
    });

    describe('with a trust', () => {
      const trustee = async (bayId: string) => {
        const password = new Secret(randomUUID());
        return { password, user: await users.ensure(`${bayPrefix(bayId)}trustee`, password) };
      };

      it('lets the trustee act for the requester, with the roles asked for', async () => {
        const { user, password } = await trustee(randomUUID());
        const trust = await openTrusts(member, PACING).ensure({ purpose: 'control', trusteeUserId: user.id, roles: ['member', 'admin'] });
        expect(trust).toMatchObject({ trusteeUserId: user.id, roles: ['member'] });
        const acting = await sessionOf({ kind: 'trust', user: { userId: user.id }, password, trustId: trust.id }).identity();
        expect(acting).toMatchObject({ userName: keystone.member.username, projectName: keystone.member.projectName });
        expect(acting.roles).not.toContain('admin');
      });

      it('finds the trust that an earlier try made, and gives the trustee its new password', async () => {
        const bayId = randomUUID();
        const first = await trustee(bayId);
        const trusts = openTrusts(member, PACING);
        const trust = await trusts.ensure({ purpose: 'control', trusteeUserId: first.user.id, roles: ['member'] });
        const again = await trustee(bayId);
        expect(again.user.id).toBe(first.user.id);
        expect(await trusts.ensure({ purpose: 'control', trusteeUserId: again.user.id, roles: ['member'] })).toEqual(trust);
        const acting = sessionOf({ kind: 'trust', user: { userId: again.user.id }, password: again.password, trustId: trust.id });
        expect(await acting.identity()).toMatchObject({ userName: keystone.member.username });
      });

      it('ends with its trust', async () => {
        const { user, password } = await trustee(randomUUID());
        const trusts = openTrusts(member, PACING);
        const trust = await trusts.ensure({ purpose: 'control', trusteeUserId: user.id, roles: ['member'] });
        await trusts.revoke(trust.id);
        await trusts.revoke(trust.id);
        await expect(sessionOf({ kind: 'trust', user: { userId: user.id }, password, trustId: trust.id }).identity())
          .rejects.toMatchObject({ code: 'CLOUD_CREDENTIALS_REFUSED' });
      });

      it('ends with its trustee, without any help of the requester', async () => {
        const bayId = randomUUID();
        const { user } = await trustee(bayId);
        const trust = await openTrusts(member, PACING).ensure({ purpose: 'control', trusteeUserId: user.id, roles: ['member'] });
        expect((await users.list(bayPrefix(bayId))).map(({ id }) => id)).toEqual([user.id]);
        await users.remove(user.id);
        await users.remove(user.id);
        expect(await users.list(bayPrefix(bayId))).toEqual([]);
        expect((await member.request({ service: 'identity', method: 'GET', path: `/OS-TRUST/trusts/${trust.id}` })).status).toBe(404);
      });
    });

    it('leaves nothing of many bays when one request in five is lost', async () => {
      const seed = Date.now() % 100_000;
      const unsafe = openPurposeCredentials(flaky(member, randomOf(seed)), { timers: instantTimers(), attempts: 2 });
      const bays = Array.from({ length: 10 }, () => randomUUID());
      for (const bayId of bays) {
        const accessRules = [{ ...PORTS, path: `/v2.0/ports/${bayId}` }];
        for (const generation of [1, 2]) {
          await untilDone(() => unsafe.mint(anIntent(bayId, { name: credentialName(bayId, 'network', generation), accessRules })));
        }
        for (const { id } of await untilDone(() => unsafe.list(bayPrefix(bayId)))) await untilDone(() => unsafe.revoke(id, accessRules));
      }
      const left = JSON.stringify([await listed('access_rules'), await listed('application_credentials')]);
      expect({ seed, left: bays.filter((bayId) => left.includes(bayId)) }).toEqual({ seed, left: [] });
    }, TEST_TIMEOUT_MS);

    it('keeps at nothing after many creations cut short at any request', async () => {
      const bayId = randomUUID();
      const intent = anIntent(bayId, { accessRules: [{ ...PORTS, path: `/v2.0/ports/${bayId}` }] });
      for (let cutAt = 1; cutAt <= 6; cutAt += 1) {
        const cut = openPurposeCredentials(cutShort(member, cutAt), { timers: instantTimers(), attempts: 1 });
        await cut.mint(intent).catch((error: unknown) => expect(error).toMatchObject({ message: 'cut short' }));
      }
      for (const { id } of await credentials.list(bayPrefix(bayId))) await credentials.revoke(id);
      expect(JSON.stringify([await listed('access_rules'), await listed('application_credentials')])).not.toContain(bayId);
    });

    // Last: a Keystone on SQLite trips over what it keeps of a deleted user's credentials when it numbers the next ones alike.
    it('gives a bay a user of its own, whose credentials end with it', async () => {
      const bayId = randomUUID();
      const { systemAdmin, domainAdmin } = keystone;
      const admin = sessionOf({
        kind: 'password', user: { username: systemAdmin.username }, password: new Secret(systemAdmin.password), scope: 'system',
      });
      const bayUsers = openBayUsers(admin, domainAdmin.domainId, PACING);
      const password = new Secret(randomUUID());
      const { id } = await bayUsers.ensure(`${bayPrefix(bayId)}user`, password);
      const projectId = (await member.identity()).projectId!;
      await bayUsers.grant(id, projectId, ['member']);
      await bayUsers.grant(id, projectId, ['member']);
      await expect(bayUsers.grant(id, projectId, ['no-such-role'])).rejects.toMatchObject({ code: 'CLOUD_REQUEST_INVALID' });
      const own = openPurposeCredentials(sessionOf({ kind: 'password', user: { userId: id }, password, scope: { projectId } }), PACING);
      const minted = await own.mint(anIntent(bayId));
      await bayUsers.remove(id);
      await expect(sessionOf({ kind: 'application-credential', id: minted.id, secret: minted.secret }).identity())
        .rejects.toMatchObject({ code: 'CLOUD_CREDENTIALS_REFUSED' });
    });
  });
}

/** Loses one request in five, half of them only on the way back. */
function flaky(session: CloudSession, random: () => number): CloudSession {
  const lost = () => new CloudServiceUnavailable('identity', 'lost');
  return {
    identity: () => session.identity(),
    close: () => undefined,
    async request(request) {
      const chance = random();
      if (chance < 0.1) throw lost();
      const response = await session.request(request);
      if (chance < 0.2) throw lost();
      return response;
    },
  };
}

/** Does it again until it comes to its end, as whoever carries out an operation does. */
async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof CloudServiceUnavailable)) throw error;
    }
  }
}

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Sends the nth request and loses its answer, as a process that dies there would. */
function cutShort(session: CloudSession, at: number): CloudSession {
  let count = 0;
  return {
    identity: () => session.identity(),
    close: () => undefined,
    async request(request) {
      const response = await session.request(request);
      count += 1;
      if (count >= at) throw new Error('cut short');
      return response;
    },
  };
}

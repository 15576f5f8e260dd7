import { CloudCredentialsRefused, CloudServiceUnavailable } from '../errors.ts';
import type { HttpResponse } from '../http/http-call.port.ts';
import { instantTimers } from '../testing/instant-timers.ts';
import { CloudClient } from './cloud-client.ts';
import type { Action } from './cloud-client.ts';

type Answer = { readonly status: number; readonly body?: unknown; readonly headers?: HttpResponse['headers'] } | Error;

/** A client of a service that gives these answers, the last one for ever; pauses take no time and are seen. */
function aClient(...answers: readonly Answer[]) {
  const timers = instantTimers();
  let tries = 0;
  const session = {
    request: () => {
      const answer = answers[Math.min(tries++, answers.length - 1)]!;
      if (answer instanceof Error) return Promise.reject(answer);
      return Promise.resolve({ status: answer.status, headers: answer.headers ?? {}, body: JSON.stringify(answer.body ?? {}) });
    },
    identity: () => Promise.reject(new Error('not asked for')),
    close: () => undefined,
  };
  const client = new CloudClient(session, 'orchestration', { timers, random: () => 0.5, attempts: 4, baseDelayMs: 100, maxDelayMs: 1_000 });
  return { client, pausesMs: timers.pausesMs, tries: () => tries };
}

const ONCE: Action = { action: 'make it', method: 'POST', path: '/things', repeatable: false };
const REPEATABLE: Action = { ...ONCE, repeatable: true };
const LOST = new CloudServiceUnavailable('orchestration', 'no answer within 10 ms');

describe('CloudClient', () => {
  it.each([429, 503])('tries again after %d, with pauses that double and vary', async (status) => {
    const { client, pausesMs } = aClient({ status }, { status }, { status }, { status: 200 });
    expect(await client.send(ONCE)).toMatchObject({ status: 200 });
    expect(pausesMs).toEqual([50, 100, 200]);
  });

  it('waits at least as long as it is asked to, up to a bound', async () => {
    const asked = (seconds: string) => ({ status: 429, headers: { 'retry-after': seconds } });
    const { client, pausesMs } = aClient(asked('1'), asked('3600'), { status: 200 });
    await client.send(ONCE);
    expect(pausesMs).toEqual([1_050, 1_100]);
  });

  it('gives up after a number of tries', async () => {
    const { client, tries } = aClient({ status: 503, body: { error: { message: 'busy' } } });
    const message = expect.stringContaining('status 503: busy') as string;
    await expect(client.send(ONCE)).rejects.toMatchObject({ code: 'CLOUD_SERVICE_UNAVAILABLE', message });
    expect(tries()).toBe(4);
  });

  it.each<[string, Answer]>([['a lost answer', LOST], ['500', { status: 500 }], ['502', { status: 502 }], ['504', { status: 504 }]])(
    'tries again after %s only what may be done twice', async (_, answer) => {
      expect(await aClient(answer, { status: 200 }).client.send(REPEATABLE)).toMatchObject({ status: 200 });
      const { client, tries } = aClient(answer, { status: 200 });
      await expect(client.send(ONCE)).rejects.toMatchObject({ code: 'CLOUD_SERVICE_UNAVAILABLE' });
      expect(tries()).toBe(1);
    },
  );

  it('tries again after 409 only where that may pass', async () => {
    expect(await aClient({ status: 409 }, { status: 200 }).client.send({ ...ONCE, conflictPasses: true })).toMatchObject({ status: 200 });
    const { client, tries } = aClient({ status: 409 });
    await expect(client.send(ONCE)).rejects.toMatchObject({ code: 'CLOUD_CONFLICT', kind: 'conflict' });
    expect(tries()).toBe(1);
  });

  it.each([
    [400, 'CLOUD_REQUEST_INVALID'], [401, 'CLOUD_FORBIDDEN'], [403, 'CLOUD_FORBIDDEN'], [404, 'CLOUD_THING_NOT_FOUND'],
    [418, 'CLOUD_SERVICE_UNAVAILABLE'],
  ])('translates %d into %s, with what was to be done and what the service says', async (status, code) => {
    const { client, tries } = aClient({ status, body: { error: { message: 'so there' } } });
    const error = await client.send(REPEATABLE).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, message: expect.stringContaining('so there') as string });
    expect(tries()).toBe(1);
  });

  it('tells of what may be gone that it is', async () => {
    expect(await aClient({ status: 404 }).client.sendToPossiblyGone(REPEATABLE)).toBeUndefined();
  });

  it('takes what is to be hidden out of the answer', async () => {
    const { client } = aClient({ status: 400, body: { error: { message: "value 'hush' is too short" } } });
    const message = expect.stringContaining("value '[redacted]' is too short") as string;
    await expect(client.send({ ...ONCE, hidden: ['', 'hush'] })).rejects.toMatchObject({ message });
  });

  it('does not try again without credentials', async () => {
    const { client, tries } = aClient(new CloudCredentialsRefused('user x', 401));
    await expect(client.send(REPEATABLE)).rejects.toMatchObject({ code: 'CLOUD_CREDENTIALS_REFUSED' });
    expect(tries()).toBe(1);
  });

  it('stops waiting when nobody wants the answer any more', async () => {
    const { client, tries } = aClient({ status: 503 });
    const controller = new AbortController();
    const sent = client.send({ ...ONCE, signal: controller.signal });
    controller.abort(new Error('not wanted'));
    await expect(sent).rejects.toThrow('not wanted');
    expect(tries()).toBe(1);
  });
});

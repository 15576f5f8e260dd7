import { Secret } from '@jeroboam/platform';
import type { CloudRequest } from '../session/cloud-session.port.ts';
import { CloudServiceUnavailable } from '../errors.ts';
import { instantTimers } from '../testing/instant-timers.ts';
import { openHeatStacks } from './heat-stacks.ts';

interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly location?: string;
  /** No answer at all. */
  readonly lost?: true;
}

const REF = { name: 'bay', id: 's1' };
const CREATED_AT = '2026-01-31T12:00:00Z';
const shown = (status: string, tags: readonly string[] = ['mine']) => ({
  body: { stack: { id: 's1', stack_name: 'bay', stack_status: status, stack_status_reason: 'so', tags, creation_time: CREATED_AT } },
});
const FOUND: Answer = { status: 302, location: 'http://heat/v1/p1/stacks/bay/s1' };
const NEW = { name: 'bay', ownerTag: 'mine', template: 'heat_template_version: 2018-08-31' };

/** A Heat that gives these answers one after the other, to a client that does not really wait. */
function aHeat(...answers: readonly Answer[]) {
  const seen: CloudRequest[] = [];
  const timers = instantTimers();
  const session = {
    request: (request: CloudRequest) => {
      const { status = 200, body = {}, location, lost } = answers[seen.length] ?? { status: 500 };
      seen.push(request);
      if (lost) return Promise.reject(new CloudServiceUnavailable('orchestration', 'no answer'));
      return Promise.resolve({ status, headers: location === undefined ? {} : { location }, body: JSON.stringify(body) });
    },
    identity: () => Promise.reject(new Error('not asked for')),
    close: () => undefined,
  };
  const heat = openHeatStacks(session, { timers, random: () => 0.5, attempts: 3 });
  return { heat, seen, timers, asked: () => seen.map(({ method, path }) => `${method} ${path}`) };
}

describe('HeatStacks', () => {
  it('adopts the stack whose creation it never heard of', async () => {
    const { heat, asked } = aHeat({ lost: true }, { status: 409 }, FOUND, shown('CREATE_IN_PROGRESS'));
    expect(await heat.create(NEW)).toEqual({ ...REF, adopted: true });
    expect(asked()).toEqual(['POST /stacks', 'POST /stacks', 'GET /stacks/bay', 'GET /stacks/bay/s1']);
  });

  it('does not adopt a stack on its way out, and makes a new one once the name is free', async () => {
    const { heat, timers } = aHeat({ status: 409 }, FOUND, shown('DELETE_IN_PROGRESS'), { status: 201, body: { stack: { id: 's2' } } });
    expect(await heat.create(NEW)).toEqual({ name: 'bay', id: 's2', adopted: false });
    expect(timers.pausesMs).toHaveLength(1);
  });

  it('gives up when the name does not become free', async () => {
    const taken = [{ status: 409 }, FOUND, shown('DELETE_IN_PROGRESS')];
    const { heat } = aHeat(...taken, ...taken, ...taken);
    await expect(heat.create(NEW)).rejects.toMatchObject({ code: 'CLOUD_CONFLICT' });
  });

  it('leaves somebody else’s stack alone', async () => {
    const { heat, seen } = aHeat({ status: 409 }, FOUND, shown('CREATE_COMPLETE', ['theirs']));
    await expect(heat.create(NEW)).rejects.toMatchObject({ code: 'STACK_NAME_TAKEN' });
    expect(seen).toHaveLength(3);
  });

  it.each([
    ['update', (heat: ReturnType<typeof aHeat>['heat']) => heat.update(REF, {})],
    ['check', (heat: ReturnType<typeof aHeat>['heat']) => heat.check(REF)],
    ['delete', (heat: ReturnType<typeof aHeat>['heat']) => heat.delete(REF)],
  ])('waits a bounded time for Heat to have done with the stack before the %s', async (_, act) => {
    const busy = { status: 409, body: { error: { message: 'Stack bay already has an action (CREATE) in progress.' } } };
    await act(aHeat(busy, busy, { status: 202 }).heat);
    const message = expect.stringContaining('already has an action') as string;
    await expect(act(aHeat(busy, busy, busy).heat)).rejects.toMatchObject({ code: 'CLOUD_CONFLICT', message });
  });

  it('goes where the catalog says, whatever host a redirection names', async () => {
    const { heat, asked } = aHeat({ status: 302, location: 'http://evil.example/v1/p1/stacks/bay/s1?x=1' }, shown('CREATE_COMPLETE'));
    await heat.find('bay');
    expect(asked()).toEqual(['GET /stacks/bay', 'GET /stacks/bay/s1']);
  });

  it.each([
    ['CREATE_IN_PROGRESS', 'CREATE', 'in-progress'], ['UPDATE_COMPLETE', 'UPDATE', 'complete'], ['DELETE_FAILED', 'DELETE', 'failed'],
    ['INIT_COMPLETE', 'CREATE', 'in-progress'], ['ROLLBACK_COMPLETE', 'ROLLBACK', 'complete'], ['UPDATE_SOMEHOW', 'UPDATE', 'in-progress'],
  ])('reads %s as %s, %s', async (status, action, progress) => {
    expect(await aHeat(shown(status)).heat.find(REF)).toMatchObject({ action, progress, reason: 'so' });
  });

  it('takes a deleted stack for none', async () => {
    expect(await aHeat(shown('DELETE_COMPLETE')).heat.find(REF)).toBeUndefined();
  });

  it('lists all stacks of an owner, however many, without those that are gone', async () => {
    const page = (from: number, count: number, status: string) => (
      { body: { stacks: Array.from({ length: count }, (_, index) => ({ id: `s${from + index}`, stack_name: 'x', stack_status: status })) } }
    );
    const { heat, asked } = aHeat(page(0, 200, 'CREATE_COMPLETE'), page(200, 1, 'DELETE_COMPLETE'));
    expect(await heat.listByTag('mine')).toHaveLength(200);
    expect(asked()).toEqual([expect.not.stringContaining('marker'), expect.stringMatching(/tags=mine&limit=200&.*&marker=s199$/)]);
  });

  it.each(['', '.', '..'])('asks nothing about %j, which is no name', async (name) => {
    const { heat, seen } = aHeat();
    expect(await heat.find(name)).toBeUndefined();
    expect(seen).toEqual([]);
  });

  it('sends secrets in clear, and only what is to change', async () => {
    const { heat, seen } = aHeat({ status: 202 });
    await heat.update(REF, { parameters: { token: new Secret('hush'), count: 2 } });
    expect(seen[0]).toMatchObject({ method: 'PATCH', path: '/stacks/bay/s1', body: { parameters: { token: 'hush', count: 2 } } });
    expect(Object.keys(seen[0]!.body as object).toSorted()).toEqual(['disable_rollback', 'parameters']);
  });

  it('says which outputs cannot be told yet, and why', async () => {
    const outputs = [{ output_key: 'ip', output_value: null, output_error: 'not there' }, { output_key: 'n', output_value: 3 }];
    const { heat } = aHeat({ body: { stack: { ...shown('CREATE_COMPLETE').body.stack, outputs } } });
    expect(await heat.find(REF)).toMatchObject({ outputs: { ip: null, n: 3 }, outputErrors: { ip: 'not there' } });
  });
});

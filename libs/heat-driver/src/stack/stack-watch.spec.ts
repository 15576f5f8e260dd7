import { CloudCredentialsRefused, CloudForbidden } from '@jeroboam/openstack';
import type { StackRef } from '@jeroboam/openstack';
import type { FoundStack, StackService } from './stack-service.port.ts';
import { StackWatch } from './stack-watch.ts';

const PACE = { pollMs: 1, longestPollMs: 5 };
const LONG_MS = 60_000;
const never = new AbortController().signal;

/** A Heat that is at work on whatever a test says. */
class BusyHeat implements Pick<StackService, 'find' | 'inProgress'> {
  readonly busy = new Set<string>();
  readonly asked: string[] = [];
  isAway = false;
  isShy = false;

  async find(ident: string | StackRef): Promise<FoundStack | undefined> {
    const { name, id } = ident as StackRef;
    this.#ask(id);
    return { name, id, action: 'CREATE', progress: this.busy.has(id) ? 'in-progress' : 'complete', reason: '', parameters: {}, outputs: {} };
  }

  async inProgress(): Promise<ReadonlySet<string>> {
    this.#ask('all');
    if (this.isShy) throw new CloudForbidden('orchestration', 'list stacks in progress', 'not allowed');
    return new Set(this.busy);
  }

  #ask(what: string): void {
    this.asked.push(what);
    if (this.isAway) throw new Error('no answer');
  }
}

function stacks(heat: BusyHeat, count: number): StackRef[] {
  const refs = Array.from({ length: count }, (_, index) => ({ name: `bay-${index}`, id: `id-${index}` }));
  for (const { id } of refs) heat.busy.add(id);
  return refs;
}

/** Until Heat has been asked so many times more. */
async function asked(heat: BusyHeat, times: number): Promise<void> {
  const wanted = heat.asked.length + times;
  while (heat.asked.length < wanted) await new Promise((resolve) => { setTimeout(resolve, 1); });
}

describe('StackWatch', () => {
  it('asks one question for all when many are waited for, and wakes those that have ended', async () => {
    const heat = new BusyHeat();
    const watch = new StackWatch(PACE);
    const refs = stacks(heat, 500);
    const ended: string[] = [];
    const all = refs.map((ref) => watch.settled(heat, ref, LONG_MS, never).then(() => ended.push(ref.id)));
    await asked(heat, 2);
    expect(ended).toEqual([]);
    heat.busy.delete('id-7');
    await all[7];
    expect(ended).toEqual(['id-7']);
    heat.busy.clear();
    await Promise.all(all);
    expect(new Set(heat.asked)).toEqual(new Set(['all']));
    expect(heat.asked.length).toBeLessThan(100);
  });

  it('looks at few of them one by one', async () => {
    const heat = new BusyHeat();
    const watch = new StackWatch(PACE);
    const [ref] = stacks(heat, 1) as [StackRef];
    const waits = [watch.settled(heat, ref, LONG_MS, never), watch.settled(heat, ref, LONG_MS, never)];
    await asked(heat, 2);
    heat.busy.clear();
    await Promise.all(waits);
    expect(new Set(heat.asked)).toEqual(new Set(['id-0']));
  });

  it('leaves no timer behind once nobody waits', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const heat = new BusyHeat();
    const watch = new StackWatch(PACE);
    const [ref] = stacks(heat, 1) as [StackRef];
    const before = timers();
    const waiting = watch.settled(heat, ref, LONG_MS, never);
    expect(timers()).toBeGreaterThan(before);
    heat.busy.clear();
    await waiting;
    await new Promise((resolve) => { setImmediate(resolve); });
    expect(timers()).toBe(before);
  });

  it('looks at each where none of them may ask for all, and does not ask again', async () => {
    const heat = new BusyHeat();
    heat.isShy = true;
    const watch = new StackWatch(PACE);
    const all = stacks(heat, 10).map((ref) => watch.settled(heat, ref, LONG_MS, never));
    await asked(heat, 22);
    heat.busy.clear();
    await Promise.all(all);
    expect(heat.asked.filter((what) => what === 'all')).toHaveLength(1);
  });

  it('goes on asking for all where only some may not, and lets those find out alone', async () => {
    const [heat, other] = [new BusyHeat(), new BusyHeat()];
    other.isShy = true;
    const watch = new StackWatch(PACE);
    const refs = stacks(heat, 10);
    const ended: string[] = [];
    const all = refs.map((ref, index) => watch.settled(index === 0 ? other : heat, ref, LONG_MS, never).then(() => ended.push(ref.id)));
    await asked(heat, 20);
    expect(ended).toEqual([]);
    expect(new Set(heat.asked)).toEqual(new Set(['all']));
    expect(other.asked.length).toBeLessThanOrEqual(1);
    heat.busy.clear();
    await Promise.all(all);
  });

  it.each([
    ['may not', new CloudForbidden('orchestration', 'show stack', 'not allowed')], ['is not let in', new CloudCredentialsRefused('user of a bay', 401)],
  ])('wakes alone who %s look at a stack', async (_, refusal) => {
    const heat = new BusyHeat();
    const gone = { find: () => Promise.reject(refusal) };
    const watch = new StackWatch(PACE);
    const [first, second] = stacks(heat, 2) as [StackRef, StackRef];
    let isWoken = false;
    const waiting = watch.settled(heat, second, LONG_MS, never).then(() => { isWoken = true; });
    await watch.settled(gone, first, LONG_MS, never);
    await asked(heat, 2);
    expect(isWoken).toBe(false);
    heat.busy.clear();
    await waiting;
  });

  it('wakes everybody when Heat does not answer: they find out why', async () => {
    const heat = new BusyHeat();
    const watch = new StackWatch(PACE);
    const all = stacks(heat, 10).map((ref) => watch.settled(heat, ref, LONG_MS, never));
    heat.isAway = true;
    await expect(Promise.all(all)).resolves.toHaveLength(10);
  });

  it('gives up when its time is up, and at once when it is told to', async () => {
    const heat = new BusyHeat();
    const watch = new StackWatch(PACE);
    const [first, second] = stacks(heat, 2) as [StackRef, StackRef];
    await watch.settled(heat, first, 20, never);
    const stop = new AbortController();
    const stopped = watch.settled(heat, second, LONG_MS, stop.signal);
    stop.abort(new Error('not wanted any more'));
    await expect(stopped).rejects.toThrow('not wanted any more');
    await expect(watch.settled(heat, second, LONG_MS, stop.signal)).rejects.toThrow('not wanted any more');
  });
});

import { CloudCredentialsRefused, CloudForbidden } from '@jeroboam/openstack';
import type { MeteredServer } from './metered-servers.ts';
import { SharedMetering } from './shared-metering.ts';

const server = (id: string, to: string | null): MeteredServer => ({ id, name: id, from: '2026-01-01T00:00:00.000Z', to });

/** Questions that are answered when the test says so. */
class Nova {
  readonly asked: string[] = [];
  readonly #answers: ((servers: readonly MeteredServer[] | Error | undefined) => void)[] = [];
  readonly ask = (since: string): Promise<readonly MeteredServer[] | undefined> => {
    this.asked.push(since);
    return new Promise((resolve, reject) => { this.#answers.push((servers) => (servers instanceof Error ? reject(servers) : resolve(servers))); });
  };

  async answer(servers: readonly MeteredServer[] | Error | undefined): Promise<void> {
    this.#answers.shift()!(servers);
    await settled();
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve); });
}

describe('SharedMetering', () => {
  it('asks once for all who come while a question is under way, for as long ago as any of them needs', async () => {
    const [nova, shared] = [new Nova(), new SharedMetering()];
    const first = shared.servers('p1', '2026-01-05', nova.ask);
    await settled();
    const others = ['2026-01-04', '2026-01-02', '2026-01-03'].map((since) => shared.servers('p1', since, nova.ask));
    await nova.answer([]);
    expect(await first).toEqual([]);
    expect(nova.asked).toEqual(['2026-01-05', '2026-01-02']);
    await nova.answer([server('gone', '2026-01-03T12:00:00.000Z'), server('there', null)]);
    expect((await Promise.all(others)).map((servers) => servers?.map(({ id }) => id))).toEqual([['there'], ['gone', 'there'], ['gone', 'there']]);
  });

  it('asks for each project by itself', async () => {
    const [nova, shared] = [new Nova(), new SharedMetering()];
    const both = ['p1', 'p2'].map((project) => shared.servers(project, '2026-01-05', nova.ask));
    await settled();
    expect(nova.asked).toHaveLength(2);
    await nova.answer([]);
    await nova.answer([]);
    expect(await Promise.all(both)).toEqual([[], []]);
  });

  it.each([
    ['was told nothing', undefined], ['was not let in', new CloudCredentialsRefused('user of a bay', 401)], ['may not ask', new CloudForbidden('compute', 'list usage', 'not allowed')],
  ])('asks again for who joined one that %s', async (_, outcome) => {
    const [nova, shared] = [new Nova(), new SharedMetering()];
    const first = shared.servers('p1', '2026-01-05', nova.ask);
    await settled();
    const refused = shared.servers('p1', '2026-01-05', nova.ask).catch((error: Error) => error);
    const joined = shared.servers('p1', '2026-01-04', nova.ask);
    await nova.answer([]);
    expect(await first).toEqual([]);
    await nova.answer(outcome);
    expect(await refused).toBe(outcome);
    await nova.answer([server('there', null)]);
    expect(await joined).toHaveLength(1);
    expect(nova.asked).toEqual(['2026-01-05', '2026-01-04', '2026-01-04']);
  });

  it('lets all know who came together of a cloud that is away', async () => {
    const [nova, shared] = [new Nova(), new SharedMetering()];
    const first = shared.servers('p1', '2026-01-05', nova.ask);
    await settled();
    const others = [1, 2].map(() => shared.servers('p1', '2026-01-05', nova.ask).catch((error: Error) => error.message));
    await nova.answer([]);
    await first;
    await nova.answer(new Error('away'));
    expect(await Promise.all(others)).toEqual(['away', 'away']);
    expect(nova.asked).toHaveLength(2);
  });

  it('asks anew after a question that failed', async () => {
    const [nova, shared] = [new Nova(), new SharedMetering()];
    const first = shared.servers('p1', '2026-01-05', nova.ask);
    await settled();
    const second = shared.servers('p1', '2026-01-05', nova.ask);
    const failed = first.then(() => 'answered', (error: Error) => error.message);
    await nova.answer(new Error('away'));
    expect(await failed).toBe('away');
    await nova.answer([server('there', null)]);
    expect(await second).toHaveLength(1);
  });
});

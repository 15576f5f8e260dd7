import type { NodeView, RecordedEvent } from '@jeroboam/domain';
import { badlyEnded, readLog } from './harness/history.ts';
import { CrowdedJeroboam } from './harness/many-bays.ts';

const BAYS = 100;
const USERS = 16;
const FAULT = {
  match: { stack: 'doomed-*', type: 'OS::Nova::Server', action: 'create' },
  effect: { kind: 'fail', error: 'ResourceInError', message: 'No valid host was found' },
};
const SLOW_MACHINE_MS = 300_000;

type Told = RecordedEvent & { readonly data: { readonly bayId: string; readonly resources: readonly { readonly resourceId: string; readonly externalId?: string }[]; readonly resourceIds: readonly string[]; readonly node: NodeView } };

interface Inventory {
  readonly things: readonly { readonly id: string; readonly name: string }[];
  readonly stacks: readonly { readonly id: string; readonly parent_id: string | null }[];
}

/** Ids of everything outside that the log says is there: stacks of the ledger, servers of nodes. */
function ledgerOf(events: readonly Told[]): { readonly stacks: readonly string[]; readonly servers: readonly string[] } {
  const stacks = new Map<string, string>();
  const servers: string[] = [];
  for (const { type, data } of events) {
    if (type === 'ResourcesRecorded') for (const { resourceId, externalId } of data.resources) stacks.set(`${data.bayId}/${resourceId}`, externalId!);
    else if (type === 'ResourcesReleased') for (const resourceId of data.resourceIds) stacks.delete(`${data.bayId}/${resourceId}`);
    else if (type === 'NodeJoined') servers.push(data.node.externalId!);
  }
  return { stacks: [...stacks.values()].sort(), servers: servers.sort() };
}

/** One project asks for many bays at once, of which one in ten cannot be made; another asks for one. */
describe('many bays at once in a cloud with faults', () => {
  let crowd: CrowdedJeroboam;
  let names: readonly string[];

  beforeAll(async () => {
    crowd = await CrowdedJeroboam.start();
    await crowd.sandbox.behind('POST', 'faults', FAULT);
    const [api, other] = [await crowd.api(), await crowd.api('other', 'other')];
    names = Array.from({ length: BAYS }, (_, index) => `${index % 10 === 9 ? 'doomed' : 'healthy'}-${index}`);
    const [template, theirs] = [await crowd.template(api), await crowd.template(other)];
    const asked = crowd.createAll(api, template, names, USERS);
    await crowd.history.until(() => crowd.history.bays.size > BAYS / 2, SLOW_MACHINE_MS);
    await crowd.createAll(other, theirs, ['single'], 1);
    await asked;
    await crowd.history.until(() => crowd.history.bays.size === BAYS + 1 && crowd.history.open === 0, SLOW_MACHINE_MS);
  }, 2 * SLOW_MACHINE_MS);
  afterAll(() => crowd?.stop(), 60_000);

  it('has every healthy one made, and each that cannot be made failed with its reason', () => {
    const reasonOf = (name: string) => crowd.history.byName(name)?.reason;
    expect([...names, 'single'].filter((name) => !name.startsWith('doomed')).map(reasonOf)).toEqual(Array(BAYS * 0.9 + 1).fill(null));
    for (const name of names.filter((each) => each.startsWith('doomed'))) expect(reasonOf(name)).toMatch(/in the compute service: .*No valid host was found/);
  });

  it('shows what became of each', async () => {
    const api = await crowd.api();
    const { body } = await api.call<{ clusters: readonly { name: string; status: string; status_reason: string | null }[] }>('GET', '/v1/clusters/detail?limit=1000');
    const statuses = Object.fromEntries(body.clusters.map(({ name, status }) => [name, status]));
    expect(statuses).toEqual(Object.fromEntries(names.map((name) => [name, name.startsWith('doomed') ? 'CREATE_FAILED' : 'CREATE_COMPLETE'])));
  });

  it('does not let the single one of another project wait for all of them', () => {
    const { endedAt } = crowd.history.byName('single')!;
    const later = names.filter((name) => crowd.history.byName(name)!.endedAt! > endedAt!);
    expect(later.length).toBeGreaterThan(0);
  });

  it('ends each operation once, and has nothing in the cloud that is not in the ledger', async () => {
    const events = await readLog(crowd.jeroboam.dataDir);
    expect(badlyEnded(events)).toEqual([]);
    const ledger = ledgerOf(events as unknown as Told[]);
    expect(ledger.stacks).toHaveLength(BAYS + 1);
    const { things, stacks } = await crowd.sandbox.behind<Inventory>('GET', 'inventory?kind=server');
    expect(things.filter(({ name }) => !name.startsWith('doomed-')).map(({ id }) => id).sort()).toEqual(ledger.servers);
    expect(stacks.filter(({ parent_id: parent }) => parent === null).map(({ id }) => id).sort()).toEqual(ledger.stacks);
  });
});

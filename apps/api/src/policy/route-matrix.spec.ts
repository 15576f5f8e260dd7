import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DriverRegistry } from '@jeroboam/driver-sdk';
import { ApiHarness, type Answer } from '../testing/api-harness.ts';
import { EXTENSION, OTHER, manifest } from '../testing/manifests.ts';
import { DEFAULT_RULES } from './policy-defaults.ts';
import { FOREIGN, OWN, ROUTES, type FreeRow, type Ids, type Person, type Row, type Thing, type ThingRow } from './testing/route-matrix.ts';

/** Everything is allowed to everybody. What belongs to others must stay hidden all the same. */
const PERMISSIVE = Object.fromEntries(Object.keys(DEFAULT_RULES).map((rule) => [rule, '@']));
const EVERYBODY: readonly Person[] = [...OWN, ...FOREIGN, 'admin'];

type Kind<R> = readonly (readonly [string, R])[];
const rows = Object.entries(ROUTES);
const ofKind = <R extends Row>(...kinds: readonly Row['kind'][]) =>
  rows.filter(([, { kind }]) => kinds.includes(kind)) as unknown as Kind<R>;
const fixedRows = ofKind<Row>('public', 'fixed');
const freeRows = ofKind<FreeRow>('free');
const thingRows = ofKind<ThingRow>('thing');

/** A project with one of everything, and nobody else's. */
class World {
  private constructor(
    readonly api: ApiHarness,
    readonly publicModel: string,
    private readonly shared: Readonly<Record<Thing, string>>,
  ) {}

  static async open(policyFile?: string): Promise<World> {
    // A beta beside it: bays of the other one can be led to its template.
    const drivers = new DriverRegistry([manifest({ extension: EXTENSION }), manifest({ version: '1.3.0', state: 'beta', templateVersions: ['1.11.0'] }), OTHER]);
    const api = await ApiHarness.open(policyFile === undefined ? {} : { policyFile }, { dependencies: { drivers } });
    await api.call('POST /v1/quotas', { as: 'admin', body: { project_id: 'p1', hard_limit: 1_000 } });
    const publicModel = await api.givenBayModel({ name: 'for-all', public: true }, 'admin');
    const model = await api.givenBayModel({ name: 'model-of-p1' });
    const bay = await api.givenCompleteBay(model, { name: 'bay-of-p1' });
    const { body } = await api.call(`GET /v1/clusters/${bay}/operations`);
    return new World(api, publicModel, { model, bay, operation: body.operations[0].id, project: 'p1' });
  }

  /** @param row whose thing it is; one of its own where requests use it up. */
  async ids({ of, uses }: Pick<ThingRow, 'of' | 'uses'>): Promise<Ids> {
    if (!uses) return this.naming(this.shared[of]);
    if (of === 'model') return this.naming(await this.api.givenBayModel({ name: 'used-up' }));
    const bay = await this.api.givenCompleteBay(this.shared.model, { name: `bay-${randomUUID()}` });
    await this.api.call(`POST /v1/clusters/${bay}/nodegroups`, { body: { name: 'extra' } });
    const { operationId } = (await this.api.readModel.get<{ readonly id: string; readonly operationId: string }>('bays', bay))!;
    const node = { name: 'extra-0', nodeGroup: 'extra', address: '10.0.0.9' };
    await this.api.services.tell(bay, { type: 'ObserveBay', data: { operationId, joined: [node], removed: [] } } as never);
    await this.api.services.tell(bay, { type: 'CompleteOperation', data: { operationId, outputs: {} } } as never);
    return this.naming(bay);
  }

  naming(thing: string): Ids {
    return { thing, publicModel: this.publicModel, nodeGroup: 'extra' };
  }

  /** What the thing of a row may be called: by id, and by name where it has one. */
  called(of: Thing): readonly string[] {
    if (of === 'model') return [this.shared.model, 'model-of-p1'];
    return of === 'bay' ? [this.shared.bay, 'bay-of-p1'] : [this.shared[of]];
  }

  ask(route: string, row: Row, ids: Ids, as: string): Promise<Answer> {
    const [method] = route.split(' ', 1);
    const path = row.path(ids);
    const place = path.startsWith('/v1') || row.kind === 'public' ? path : `/v1${path}`;
    const body = row.body?.(ids);
    const version = `container-infra ${row.minor === undefined ? 'latest' : `1.${row.minor}`}`;
    return this.api.call(`${method === 'ALL' ? 'GET' : method!} ${place}`, { as, version, ...(body === undefined ? {} : { body }) });
  }

  /** Everything of p1 that nobody else may hear of. */
  get secrets(): readonly string[] {
    return [this.shared.model, this.shared.bay, this.shared.operation, 'model-of-p1', 'bay-of-p1'];
  }

  /** Quotas that rows may make, change and take away. */
  async resetQuotas(): Promise<void> {
    await this.api.call('DELETE /v1/quotas/p2/Cluster', { as: 'admin' });
    await this.api.call('POST /v1/quotas', { as: 'admin', body: { project_id: 'p9', hard_limit: 5 } });
  }
}

/** Status, headers and body without what no two answers share and without what was asked for. */
function comparable({ status, headers, text }: Answer, ...asked: readonly string[]): object {
  const { 'x-openstack-request-id': id, date: _date, 'content-length': _length, ...rest } = headers;
  const plain = (value: unknown) => [...asked, String(id)].reduce((seen, each) => seen.replaceAll(each, '…'), JSON.stringify(value));
  return { status, headers: JSON.parse(plain(rest)), text: plain(text) };
}

it('has a row for every route, and no other', async () => {
  const api = await ApiHarness.open();
  // Most routes are there twice: below /v1 and without it.
  const placeOf = (url: string) => url.replace(/^\/v1(?=\/)/, '');
  const registered = api.routes.map(({ methods, url }) => `${methods.length > 1 ? 'ALL' : methods[0]} ${placeOf(url)}`);
  expect(Object.keys(ROUTES).toSorted()).toEqual([...new Set(registered)].toSorted());
  await api.close();
});

const POLICIES = [['the strict defaults', 'strict'], ['a file that allows everything', 'permissive']] as const;

describe.each(POLICIES)('under %s', (_name, policy) => {
  let directory: string;
  let world: World;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'jeroboam-matrix-'));
    const file = join(directory, 'policy.json');
    writeFileSync(file, JSON.stringify(PERMISSIVE));
    world = await World.open(policy === 'strict' ? undefined : file);
  });
  afterAll(async () => {
    await world.api.close();
    rmSync(directory, { recursive: true });
  });
  const may = (row: FreeRow | ThingRow, person: Person) => policy === 'permissive' || row.may.includes(person);

  it.each(rows.filter(([, { kind }]) => kind !== 'public'))('%s needs a token', async (route, row) => {
    expect((await world.ask(route, row, world.naming('x'), 'nobody')).status).toBe(401);
  });

  // These are for nodes as well: certificate/node-certificates.spec.ts, credential/node-credentials.spec.ts.
  const forNodes = ['GET /certificates/:ident', 'POST /certificates', 'GET /clusters/:ident/credentials/:purpose'];
  const forUsersOnly = rows.filter(([route, { kind }]) => kind !== 'public' && !forNodes.includes(route));
  it.each(forUsersOnly)('%s is not for nodes', async (route, row) => {
    const nodeToken = `jeroboam-node:master:bay-master-0:${'0'.repeat(64)}`;
    for (const thing of [...world.called('bay'), 'nothing']) expect((await world.ask(route, row, world.naming(thing), nodeToken)).status).toBe(401);
  });

  it.each(fixedRows)('%s is the same for everybody, whatever it names', async (route, row) => {
    for (const person of row.kind === 'public' ? [...EVERYBODY, 'nobody'] : EVERYBODY) {
      const answers = [];
      for (const thing of [...world.called('bay'), 'nothing', randomUUID()]) {
        const answer = await world.ask(route, row, world.naming(thing), person);
        expect([person, answer.status]).toEqual([person, row.answer]);
        answers.push(row.path(world.naming('THING')).includes('THING') ? comparable(answer, thing) : comparable(answer));
      }
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    }
  });

  it.each(freeRows)('%s is for whom it is, and tells nobody of others', async (route, row) => {
    for (const person of EVERYBODY) {
      await world.resetQuotas();
      const answer = await world.ask(route, row, world.naming(''), person);
      expect([person, answer.status]).toEqual([person, may(row, person) ? row.answer : 403]);
      if ((OWN as readonly Person[]).includes(person) || person === 'admin') continue;
      for (const secret of world.secrets) expect(answer.text).not.toContain(secret);
    }
  });

  it.each(thingRows)('%s is for whom it is in the project', async (route, row) => {
    for (const person of OWN) {
      const ids = may(row, person) ? await world.ids(row) : await world.ids({ of: row.of });
      const answer = await world.ask(route, row, ids, person);
      expect([person, answer.status]).toEqual([person, may(row, person) ? row.answer : 403]);
    }
  });

  it.each(thingRows)('%s shows people of other projects nothing, as if there were nothing', async (route, row) => {
    for (const person of FOREIGN) {
      for (const thing of world.called(row.of)) {
        const nothing = thing.includes('-of-') || row.of === 'project' ? 'nowhere' : randomUUID();
        const foreign = await world.ask(route, row, world.naming(thing), person);
        const missing = await world.ask(route, row, world.naming(nothing), person);
        expect([person, comparable(foreign, thing)]).toEqual([person, comparable(missing, nothing)]);
        const expected = row.told?.status ?? row.missing ?? 404;
        // Without the role a request may be refused before anything is looked for.
        expect(person === 'stranger' ? [expected] : [expected, 403]).toContain(foreign.status);
      }
    }
  });

  it.each(thingRows)('%s lets administrators reach what it lets them', async (route, row) => {
    const ids = await world.ids(row);
    const answer = await world.ask(route, row, ids, 'admin');
    if (row.admin === 'reaches') {
      expect(answer.status).toBe(row.answer);
      return;
    }
    const nothing = randomUUID();
    const missing = await world.ask(route, row, world.naming(nothing), 'admin');
    expect(comparable(answer, ids.thing)).toEqual(comparable(missing, nothing));
    // A rule may refuse them before anything is looked for.
    expect([row.missing ?? 404, 403]).toContain(answer.status);
  });

  it.each([
    'clusters', 'clusters/detail', 'clustertemplates', 'clustertemplates/detail', 'bays', 'bays/detail', 'baymodels', 'baymodels/detail',
  ])('GET /%s takes what belongs to others for a marker as little as what is not there', async (path) => {
    const nothing = randomUUID();
    for (const person of FOREIGN) {
      for (const thing of [...world.called('bay'), ...world.called('model')].filter((each) => !each.includes('-of-'))) {
        const ask = (marker: string) => world.api.call(`GET /v1/${path}?marker=${marker}`, { as: person, version: 'container-infra 1.10' });
        expect(comparable(await ask(thing), thing)).toEqual(comparable(await ask(nothing), nothing));
      }
    }
  });

  it('leads no cluster to a template of others', async () => {
    const bay = await world.api.givenCompleteBay(world.publicModel, { name: 'of-p2' }, 'stranger');
    for (const model of world.called('model')) {
      const nothing = model.includes('-of-') ? 'nowhere' : randomUUID();
      const request = `POST /v1/clusters/${bay}/actions/upgrade`;
      const ask = (template: string) => world.api.call(request, { as: 'stranger', body: { cluster_template: template } });
      const answer = await ask(model);
      expect(comparable(answer, model)).toEqual(comparable(await ask(nothing), nothing));
      expect(answer.status).toBe(404);
    }
  });
});

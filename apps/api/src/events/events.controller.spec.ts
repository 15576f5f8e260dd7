import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '@jeroboam/domain';
import { baySamples } from '@jeroboam/domain/testing';
import { EventsApp } from './testing/events-app.ts';
import { SseReader } from './testing/sse-reader.ts';

const { aSpec, completeBay, events } = baySamples;
const SYSTEM = { actor: { userId: 'system', projectId: 'system', roles: [] } };

let app: EventsApp;
const readers: SseReader[] = [];
beforeEach(async () => { app = await EventsApp.open(); });
afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.close()));
  await app.close();
});

interface Whose {
  readonly name?: string;
  readonly projectId?: string;
}

/** A bay of the given name and project, with its first events. */
async function aBay({ story = completeBay, ...whose }: Whose & { readonly story?: readonly DomainEvent[] } = {}): Promise<string> {
  const bayId = randomUUID();
  await app.append(`bay-${bayId}`, about(bayId, whose, story));
  return bayId;
}

function about(bayId: string, { name = 'c1', projectId = 'p1' }: Whose, story: readonly DomainEvent[]): DomainEvent[] {
  return story.map((event) => {
    const data = event.data as { spec?: object };
    return { ...event, data: { ...data, bayId, ...(data.spec ? { spec: { ...aSpec, bayId, name, projectId } } : {}) } };
  });
}

const ended = (bayId: string) => about(bayId, {}, [events.deletionRequested(), events.deleted()]);
const started = (bayId: string): DomainEvent => ({ type: 'OperationStarted', schemaVersion: 1, data: { bayId, operationId: 'op-create' } });
const withdrawn = (bayId: string): DomainEvent => ({ type: 'BayAuthoritiesWithdrawn', schemaVersion: 1, data: { bayId } });

async function listen(path = '/v1/events', token = 'member', headers: Record<string, string> = {}): Promise<SseReader> {
  const response = await app.get(path, token, headers);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = new SseReader(response);
  readers.push(reader);
  // The first word: from here on nothing is missed.
  expect(await reader.block()).toMatch(/^: events (after|from)/);
  return reader;
}

const typesOf = (body: { events: { type: string }[] }) => body.events.map(({ type }) => type);

describe('GET /v1/clusters/{ident}/events', () => {
  it('tells the whole story of a bay, its streams merged by position', async () => {
    const bayId = await aBay({ story: [events.requested()] });
    await app.append(`operations-${bayId}`, [started(bayId)]);
    await app.append(`certificates-${bayId}`, [withdrawn(bayId)]);
    await app.append(`bay-${bayId}`, about(bayId, {}, completeBay.slice(1)));
    await aBay({ name: 'other' });
    const body = await app.json(`/v1/clusters/${bayId}/events`);
    expect(typesOf(body)).toEqual([
      'BayCreationRequested', 'OperationStarted', 'BayAuthoritiesWithdrawn', 'NodeJoined', 'NodeJoined', 'NodeJoined', 'BayProvisioned',
    ]);
    expect(body).toMatchObject({ cluster_uuid: bayId });
    expect(body).not.toHaveProperty('next');
  });

  it('gives each event with its whole envelope, under the names of the contract', async () => {
    const bayId = await aBay({ story: [events.requested()] });
    const envelope = { driver: { name: 'swarm_local', version: '1.0.0' }, templateVersion: '1.2.0', causationId: 'cause' };
    await app.append(`bay-${bayId}`, about(bayId, {}, [completeBay[1]!]), envelope);
    const [first, second] = (await app.json(`/v1/clusters/${bayId}/events`)).events;
    expect(Object.keys(first)).toEqual([
      'event_id', 'type', 'schema_version', 'stream', 'sequence', 'global_position', 'bay_uuid', 'occurred_at', 'recorded_at', 'actor',
      'request_id', 'command_id', 'correlation_id', 'causation_id', 'driver', 'template_version', 'data', 'prev_hash', 'hash',
    ]);
    const actor = { user_id: 'user-1', project_id: 'project-1', roles: ['member'] };
    expect(first).toMatchObject({ stream: `bay-${bayId}`, sequence: 0, bay_uuid: bayId, actor, driver: null, causation_id: null });
    const { driver } = envelope;
    expect(second).toMatchObject({ sequence: 1, driver, template_version: '1.2.0', causation_id: 'cause', prev_hash: first.hash });
  });

  it('goes page by page, each with a link to the next while there is one', async () => {
    const bayId = await aBay();
    const first = await app.json(`/v1/clusters/c1/events?limit=3`);
    expect(first.events).toHaveLength(3);
    expect(first.next).toBe(`${app.url}/v1/clusters/${bayId}/events?limit=3&after=${first.events[2].global_position}`);
    const second = await app.json(new URL(first.next).pathname + new URL(first.next).search);
    expect(typesOf(second)).toEqual(['NodeJoined', 'BayProvisioned']);
    expect(second).not.toHaveProperty('next');
    expect(second.up_to).toBe(await app.log.head());
  });

  it('finds a bay deleted long ago by id and by name', async () => {
    const bayId = await aBay();
    await app.append(`bay-${bayId}`, ended(bayId));
    for (const ident of [bayId, 'c1']) {
      expect(typesOf(await app.json(`/v1/clusters/${ident}/events`)).at(-1)).toBe('BayDeleted');
    }
  });

  it('means by a name the bay that has it now', async () => {
    const old = await aBay();
    await app.append(`bay-${old}`, ended(old));
    const present = await aBay();
    expect(await app.json('/v1/clusters/c1/events')).toMatchObject({ cluster_uuid: present });
  });

  it('lists the candidates when several bays of a name are gone', async () => {
    const [one, two] = [await aBay(), await aBay()];
    for (const bayId of [one, two]) await app.append(`bay-${bayId}`, ended(bayId));
    const { status, detail } = await app.refusal('/v1/clusters/c1/events');
    expect(status).toBe(409);
    expect(detail).toContain(one);
    expect(detail).toContain(two);
  });

  it('refuses a name that several bays have', async () => {
    await aBay();
    await aBay();
    expect((await app.get('/v1/clusters/c1/events')).status).toBe(409);
  });

  it.each(['by name', 'by id'])('keeps a bay of another project from everybody but administrators, %s', async (how) => {
    const bayId = await aBay({ name: 'theirs', projectId: 'p2' });
    const ident = how === 'by id' ? bayId : 'theirs';
    const refusal = await app.refusal(`/v1/clusters/${ident}/events`);
    expect(refusal).toMatchObject({ status: 404, detail: `Cluster ${ident} could not be found.` });
    expect((await app.get(`/v1/clusters/${ident}/events`, 'stranger')).status).toBe(200);
    expect((await app.get(`/v1/clusters/${ident}/events`, 'admin')).status).toBe(200);
  });

  it.each([
    ['', 401], ['bogus', 401], ['no-role', 403], ['reader', 200], ['member-only', 200],
  ])('answers the token "%s" with %i', async (token, status) => {
    await aBay();
    expect((await app.get('/v1/clusters/c1/events', token)).status).toBe(status);
  });

  it.each([
    ['limit=0', 'Limit must be positive'], ['after=yesterday', 'after is not a position'], ['color=red', 'Unknown argument'],
  ])('refuses ?%s', async (query, detail) => {
    await aBay();
    const refusal = await app.refusal(`/v1/clusters/c1/events?${query}`);
    expect(refusal).toMatchObject({ status: 400, detail: expect.stringContaining(detail) });
  });

  it('does not know a bay that never was', async () => {
    for (const ident of [randomUUID(), 'nobody']) expect((await app.get(`/v1/clusters/${ident}/events`)).status).toBe(404);
  });
});

describe('GET /v1/events', () => {
  it('begins at now and gives what comes, in order, with the position as its id', async () => {
    const bayId = await aBay({ story: [events.requested()] });
    const reader = await listen();
    const position = await app.append(`bay-${bayId}`, about(bayId, {}, completeBay.slice(1)));
    const seen = await reader.events(4);
    expect(seen.map(({ type }) => type)).toEqual(['NodeJoined', 'NodeJoined', 'NodeJoined', 'BayProvisioned']);
    expect(seen.at(-1)).toMatchObject({ id: position, data: { global_position: position, bay_uuid: bayId, type: 'BayProvisioned' } });
  });

  it.each(['Last-Event-ID', 'after'])('resumes after the position in %s', async (how) => {
    const bayId = await aBay();
    const { events: told } = await app.json(`/v1/clusters/${bayId}/events`);
    const position = told[2].global_position;
    const reader = await (how === 'after' ? listen(`/v1/events?after=${position}`) : listen('/v1/events', 'member', { [how]: position }));
    expect((await reader.events(2)).map(({ id }) => id)).toEqual([told[3].global_position, told[4].global_position]);
  });

  it('misses and repeats nothing between a long past and the present', async () => {
    const bayId = await aBay({ story: [events.requested()] });
    const first = (await app.log.head())!;
    const flapping = () => about(bayId, {}, Array.from({ length: 100 }, () => completeBay[1]!));
    for (let i = 0; i < 3; i += 1) await app.append(`bay-${bayId}`, flapping());
    const reader = await listen(`/v1/events?after=${first}`);
    const reading = reader.events(600);
    for (let i = 0; i < 3; i += 1) await app.append(`bay-${bayId}`, flapping());
    const seen = await reading;
    expect(seen.map(({ data }) => data['sequence'])).toEqual(Array.from({ length: 600 }, (_, index) => index + 1));
  });

  const unknown = ['yesterday', '00000000000000-1', '9999999999999999', '1'];
  it.each(unknown)('refuses the Last-Event-ID %s, which this log never gave', async (id) => {
    await aBay();
    const refusal = await app.refusal('/v1/events', 'member', { 'last-event-id': id });
    expect(refusal).toMatchObject({ status: 400, code: 'client', title: expect.stringContaining('Last-Event-ID is not a position') });
  });

  it('shows a tenant the events of its own project only, whoever acts in it', async () => {
    const reader = await listen();
    const theirs = await aBay({ projectId: 'p2', story: [events.requested()] });
    await app.append(`operations-${theirs}`, [started(theirs)], { actor: { userId: 'u', projectId: 'p1', roles: [] } });
    await app.append('quota-p2', [{ type: 'ProjectQuotaSet', schemaVersion: 1, data: { projectId: 'p2', hardLimit: 3 } }]);
    const bayId = await aBay({ name: 'ours', story: [events.requested()] });
    await app.append(`bay-${bayId}`, about(bayId, {}, [completeBay[1]!]), SYSTEM);
    const seen = await reader.events(2);
    expect(seen.map(({ data }) => [data['bay_uuid'], data['type']])).toEqual([[bayId, 'BayCreationRequested'], [bayId, 'NodeJoined']]);
  });

  it('shows administrators everything', async () => {
    const reader = await listen('/v1/events', 'admin');
    const theirs = await aBay({ projectId: 'p2', story: [events.requested()] });
    await app.append('quota-p2', [{ type: 'ProjectQuotaSet', schemaVersion: 1, data: { projectId: 'p2', hardLimit: 3 } }]);
    expect((await reader.events(2)).map(({ data }) => data['stream'])).toEqual([`bay-${theirs}`, 'quota-p2']);
  });

  it('gives those of one bay, of some types, of some categories', async () => {
    const bayId = await aBay({ story: [events.requested()] });
    const ofBay = await listen('/v1/events?bay=c1');
    const ofTypes = await listen('/v1/events?type=NodeJoined,BayProvisioned');
    const ofCategory = await listen('/v1/events?category=quota');
    const other = await aBay({ name: 'other', story: [events.requested()] });
    await app.append('quota-p1', [{ type: 'ProjectQuotaSet', schemaVersion: 1, data: { projectId: 'p1', hardLimit: 3 } }]);
    await app.append(`bay-${other}`, about(other, {}, [completeBay[1]!]));
    await app.append(`bay-${bayId}`, about(bayId, {}, [completeBay[4]!]));
    expect((await ofBay.events(1)).map(({ type }) => type)).toEqual(['BayProvisioned']);
    expect((await ofTypes.events(2)).map(({ data }) => data['bay_uuid'])).toEqual([other, bayId]);
    expect((await ofCategory.events(1)).map(({ type }) => type)).toEqual(['ProjectQuotaSet']);
  });

  it('refuses a bay that the caller may not see and a category that there is not', async () => {
    const theirs = await aBay({ projectId: 'p2' });
    expect((await app.get(`/v1/events?bay=${theirs}`)).status).toBe(404);
    expect((await app.get('/v1/events?category=weather')).status).toBe(400);
  });

  it('says goodbye to its listeners before the service goes', async () => {
    const reader = await listen();
    const closing = app.close();
    expect(await reader.block()).toBe(': the service is shutting down; resume with Last-Event-ID');
    expect(await reader.block()).toBeUndefined();
    await closing;
    app = await EventsApp.open();
  });
});

describe('GET /v1/clusters/{ident}/operations', () => {
  it('lists what was asked of a bay, the oldest first, also when it is gone', async () => {
    const bayId = await aBay();
    await app.append(`bay-${bayId}`, ended(bayId));
    const { operations } = await app.json('/v1/clusters/c1/operations');
    expect(operations).toMatchObject([
      { id: 'op-create', kind: 'create', state: 'ACCEPTED', cluster_uuid: bayId }, { id: 'op-delete', kind: 'delete', state: 'ACCEPTED' },
    ]);
  });

  it('goes page by page', async () => {
    const bayId = await aBay();
    await app.append(`bay-${bayId}`, ended(bayId));
    const page = await app.json('/v1/clusters/c1/operations?limit=1');
    expect(page.next).toBe(`${app.url}/v1/clusters/${bayId}/operations?sort_key=id&sort_dir=asc&limit=1&marker=op-create`);
  });

  it('keeps those of another project to itself', async () => {
    await aBay({ projectId: 'p2' });
    expect((await app.get('/v1/clusters/c1/operations')).status).toBe(404);
  });
});

import { once } from 'node:events';
import { baySamples } from '@jeroboam/domain/testing';
import { InMemoryEventLog, anEvent } from '@jeroboam/event-log/testing';
import { FakeClock, recordingLogger } from '@jeroboam/platform/testing';
import { EventConnection } from './event-connection.ts';
import { EventFilter } from './event-filter.ts';
import { EventHub, MAX_CONNECTIONS } from './event-hub.ts';
import { EventOwners } from './event-owners.ts';

const { BAY, completeBay } = baySamples;
const stream = `bay-${BAY}`;

let log: InMemoryEventLog;
let hub: EventHub;
let clock: FakeClock;
beforeEach(() => {
  clock = new FakeClock();
  log = new InMemoryEventLog();
  hub = new EventHub(log, new EventOwners(log), recordingLogger());
});
afterEach(async () => {
  await hub.close();
  await log.close();
});

function connect(after = ''): EventConnection {
  const filter = new EventFilter({}, undefined);
  const connection = new EventConnection({ filter, after, expired: () => false, sees: (projectId) => projectId === 'p1' }, clock);
  connection.body.setEncoding('utf8');
  return connection;
}

const append = (count: number) => log.append(stream, Array.from({ length: count }, () => anEvent({ ...completeBay[1] })), 'any');

/** Reads until the last word. */
async function textOf(connection: EventConnection): Promise<string> {
  return (await connection.body.toArray()).join('');
}

describe('EventHub', () => {
  beforeEach(() => log.append(stream, [anEvent({ ...completeBay[0] })], 'none'));

  it('lets a client read a long past at its own pace while others hear of the present', async () => {
    await append(500);
    const slow = connect();
    const serving = hub.serve(slow);
    const quick = connect(await log.head());
    await hub.serve(quick);
    expect(slow.body.readableLength).toBeLessThan(200_000);
    const heard = textOf(quick);
    await append(1);
    const read = textOf(slow);
    await serving;
    await hub.close();
    expect((await heard).match(/^data:/gm)).toHaveLength(1);
    expect((await read).match(/^data:/gm)).toHaveLength(502);
  });

  it('ends everybody, for them to come again, when the log cannot be followed', async () => {
    const connection = connect();
    await hub.serve(connection);
    failFirstEvents(log);
    const text = textOf(connection);
    await log.append('bay-unknown', [anEvent({ ...completeBay[1] })], 'none');
    expect(await text).toContain(': the event log cannot be read now; resume with Last-Event-ID');
  });

  it('ends a client whose past cannot be read', async () => {
    const connection = connect();
    await log.close();
    await hub.serve(connection);
    expect(await textOf(connection)).toContain(': the event log cannot be read now');
  });

  it('serves a stated number of clients', async () => {
    const connections = Array.from({ length: MAX_CONNECTIONS }, () => connect('9'));
    await Promise.all(connections.map((connection) => hub.serve(connection)));
    expect(() => hub.requireRoom()).toThrow(expect.objectContaining({ code: 'NO_ROOM_FOR_LISTENERS', kind: 'unavailable' }));
    const closed = once(connections[0]!.body, 'close');
    connections[0]!.body.destroy();
    await closed;
    expect(() => hub.requireRoom()).not.toThrow();
  });

  it('serves nobody any more once it is closed', async () => {
    await hub.close();
    expect(() => hub.requireRoom()).toThrow('shutting down');
    const connection = connect();
    await hub.serve(connection);
    expect(await textOf(connection)).toContain(': the service is shutting down');
  });
});

/** From now on the first event of a stream cannot be read. */
function failFirstEvents(failing: InMemoryEventLog): void {
  failing.readStream = () => { throw new Error('a test asked for it'); };
}

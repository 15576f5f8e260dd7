import { once } from 'node:events';
import { anEvent } from '@jeroboam/event-log/testing';
import type { RecordedEvent } from '@jeroboam/domain';
import { FakeClock } from '@jeroboam/platform/testing';
import { EventConnection, HEARTBEAT_MS, MAX_QUEUED_BYTES, frameOf } from './event-connection.ts';
import { EventFilter } from './event-filter.ts';

const position = (number: number) => String(number).padStart(16, '0');
const event = (number: number, changes: Partial<RecordedEvent> = {}): RecordedEvent => ({
  ...anEvent(), stream: 'bay-1', revision: number, position: position(number), recordedAt: '', prevHash: '', hash: '', ...changes,
});

let clock: FakeClock;
beforeEach(() => { clock = new FakeClock(); });

function connect({ after = position(0), expired = () => false }: { after?: string; expired?: () => boolean } = {}): EventConnection {
  const filter = new EventFilter({}, undefined);
  return new EventConnection({ filter, after, expired, sees: (projectId) => projectId === 'p1' }, clock);
}

function offer(connection: EventConnection, number: number, changes: Partial<RecordedEvent> = {}, projectId = 'p1'): void {
  const offered = event(number, changes);
  connection.offer(offered, projectId, () => frameOf(offered));
}

/** Everything the client has been sent so far. */
function read(connection: EventConnection): string {
  let text = '';
  for (let chunk = connection.body.read() as Buffer | null; chunk !== null; chunk = connection.body.read() as Buffer | null) text += chunk;
  return text;
}

describe('EventConnection', () => {
  it('speaks at once, so that its client knows that it listens', () => {
    expect(read(connect())).toBe(`: events after ${position(0)}\nretry: 1000\n\n`);
    expect(read(connect({ after: '' }))).toBe(': events from the beginning\nretry: 1000\n\n');
  });

  it('sends an event as one block of position, type and JSON', () => {
    const connection = connect();
    read(connection);
    offer(connection, 1);
    expect(read(connection)).toMatch(/^id: 0000000000000001\nevent: BayResized\ndata: \{"event_id":"[^\n]+\}\n\n$/);
  });

  it('passes over what it has had and what its client may not see', () => {
    const connection = connect();
    read(connection);
    offer(connection, 2, {}, 'p2');
    offer(connection, 1);
    expect(read(connection)).toBe('');
    expect(connection.position).toBe(position(2));
  });

  it('breaks a silence before proxies do, and moves the place to resume from', async () => {
    const connection = connect();
    await clock.advance(HEARTBEAT_MS);
    read(connection);
    connection.skipTo(position(7));
    await clock.advance(HEARTBEAT_MS);
    expect(read(connection)).toBe(`: still here\nid: ${position(7)}\n\n`);
    expect(HEARTBEAT_MS).toBeLessThanOrEqual(15_000);
  });

  it('needs no heartbeat while there are events', async () => {
    const connection = connect();
    await clock.advance(HEARTBEAT_MS);
    offer(connection, 1);
    read(connection);
    await clock.advance(HEARTBEAT_MS);
    expect(read(connection)).toBe('');
  });

  it('keeps a bounded amount for a client that does not read, then ends with how to go on', () => {
    const connection = connect();
    const data = 'x'.repeat(10_000);
    let offered = 0;
    while (connection.open) offer(connection, (offered += 1), { data });
    expect(connection.body.readableLength).toBeLessThanOrEqual(MAX_QUEUED_BYTES + 200);
    expect(offered).toBeGreaterThan(50);
    const text = read(connection);
    expect(text).toMatch(/\n\n: too slow: more is happening than is read; resume with Last-Event-ID\n\n$/);
    // What was kept is whole and in order, so the last id is the place to resume from.
    expect(text.match(/^id: \d+$/gm)).toEqual(Array.from({ length: offered - 1 }, (_, index) => `id: ${position(index + 1)}`));
  });

  it('says when there is room again', async () => {
    const connection = connect();
    offer(connection, 1, { data: 'x'.repeat(70_000) });
    let room = false;
    const waiting = connection.room().then(() => { room = true; });
    await clock.advance(1);
    expect(room).toBe(false);
    read(connection);
    await waiting;
    expect(room).toBe(true);
  });

  it('gives up on a client that has taken nothing for a minute', async () => {
    const connection = connect();
    offer(connection, 1, { data: 'x'.repeat(70_000) });
    await clock.advance(6 * HEARTBEAT_MS);
    expect(connection.body.destroyed).toBe(true);
    expect(connection.open).toBe(false);
    await connection.room();
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends with the token', async () => {
    let expired = false;
    const connection = connect({ expired: () => expired });
    await clock.advance(HEARTBEAT_MS);
    expect(connection.open).toBe(true);
    expired = true;
    await clock.advance(HEARTBEAT_MS);
    expect(read(connection)).toContain(': the token has expired');
    expect(connection.open).toBe(false);
  });

  it('does not wait for ever for its last word to be read', async () => {
    const connection = connect();
    connection.end('enough');
    expect(connection.body.destroyed).toBe(false);
    await clock.advance(10_000);
    expect(connection.body.destroyed).toBe(true);
  });

  it('takes nothing more and leaves no timer behind when its client has gone', async () => {
    const connection = connect();
    const closed = once(connection.body, 'close');
    connection.body.destroy();
    await closed;
    offer(connection, 1);
    connection.end('late');
    expect(clock.pendingTimers).toBe(0);
  });
});

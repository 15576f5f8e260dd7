import { baySamples } from '@jeroboam/domain/testing';
import { InMemoryEventLog, anEvent } from '@jeroboam/event-log/testing';
import { EventOwners } from './event-owners.ts';

const { BAY, events } = baySamples;

let log: InMemoryEventLog;
let owners: EventOwners;
beforeEach(() => {
  log = new InMemoryEventLog();
  owners = new EventOwners(log);
});
afterEach(() => log.close());

describe('EventOwners', () => {
  it.each(['bay', 'operations', 'certificates'])('gives the %s stream of a bay to the project it was created in', async (category) => {
    const actor = { userId: 'root', projectId: 'p9', roles: ['admin'] };
    await log.append(`bay-${BAY}`, [anEvent({ ...events.requested(), actor })], 'none');
    expect(await owners.projectOf(`${category}-${BAY}`)).toBe('p1');
  });

  it('gives the end of a creation that never arrived to the project it names', async () => {
    await log.append(`bay-${BAY}`, [anEvent({ type: 'BayCreationAbandoned', data: { bayId: BAY, projectId: 'p1' } })], 'none');
    expect(await owners.projectOf(`bay-${BAY}`)).toBe('p1');
  });

  it('gives a bay model to the project it was made in, and a quota to its project', async () => {
    await log.append('baymodel-m1', [anEvent({ type: 'BayModelCreated', data: { bayModelId: 'm1', spec: { projectId: 'p1' } } })], 'none');
    expect(await owners.projectOf('baymodel-m1')).toBe('p1');
    expect(await owners.projectOf('quota-0a-1b')).toBe('0a-1b');
  });

  it('gives to nobody what it cannot tell, and looks again the next time', async () => {
    expect(await owners.projectOf(`bay-${BAY}`)).toBeNull();
    expect(await owners.projectOf('weather-1')).toBeNull();
    await log.append(`bay-${BAY}`, [anEvent({ ...events.requested() })], 'none');
    expect(await owners.projectOf(`bay-${BAY}`)).toBe('p1');
  });

  it('reads the log once a stream', async () => {
    await log.append(`bay-${BAY}`, [anEvent({ ...events.requested() })], 'none');
    await owners.projectOf(`bay-${BAY}`);
    await log.close();
    expect(await owners.projectOf(`operations-${BAY}`)).toBe('p1');
  });
});

import { bayDecider, operationsDecider } from '@jeroboam/domain';
import type { BayCommand, DomainEvent, OperationCommand, OperationView, RecordedEvent } from '@jeroboam/domain';
import { baySamples, replay } from '@jeroboam/domain/testing';
import fc from 'fast-check';
import { apiProjections } from './api-projections.ts';
import { ProjectedDocuments, recordedAt } from './projected-documents.fixture.ts';

const { BAY, MASTER, WORKERS, aSpec, commands, group, node } = baySamples;
const metadata = { now: '2026-01-31T12:00:00.000Z' };

const operationIds = fc.constantFrom('op-create', 'op-1', 'op-2', 'op-delete');
const someNodes = fc.subarray([MASTER, ...WORKERS, node('default-worker-2', '10.88.0.7'), node('default-worker-0', '10.88.0.8')]);
const anyBayCommand: fc.Arbitrary<BayCommand> = fc.oneof(
  fc.tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom('op-1', 'op-2'))
    .map(([count, operationId]) => commands.resize(count, { operationId })),
  fc.tuple(someNodes, fc.subarray(['default-worker-0', 'default-worker-1']), operationIds)
    .map(([joined, removed, id]) => commands.observe(joined, removed, id)),
  operationIds.map((id) => commands.complete(id, { stackId: 's1', apiAddress: 'tcp://10.88.0.2:2376' })),
  operationIds.map((id) => commands.fail(id)),
  fc.constantFrom(commands.remove(), commands.intend('r1'), commands.record('r1'), commands.release('r1')),
);

const operation = (operationId: string): OperationView => ({
  operationId, kind: operationId === 'op-create' ? 'create' : 'resize', bayId: BAY,
});
const driver = { name: 'swarm_local', version: '1.0.0' };
const anyOperationCommand: fc.Arbitrary<OperationCommand> = fc.oneof(
  operationIds.map((id): OperationCommand => ({
    type: 'StartOperation', metadata,
    data: { bayId: BAY, projectId: 'p1', operation: operation(id), driver, deadlineAt: '2026-01-31T13:00:00.000Z' },
  })),
  fc.constant<OperationCommand>({ type: 'DispatchStep', metadata, data: { executorId: 'e1' } }),
  fc.integer({ min: 1, max: 6 }).chain((token) => fc.constantFrom<OperationCommand>(
    { type: 'ReportPlan', metadata, data: { token, steps: [{ name: 'network' }, { name: 'nodes' }] } },
    { type: 'ReportStepSucceeded', metadata, data: { token, outcome: {} } },
    { type: 'ReportStepFailed', metadata, data: { token, reason: 'no space', retryable: true, maxAttempts: 3, blockedBy: [] } },
    { type: 'ExpireLease', metadata, data: { token } },
  )),
);

/** A bay's life as its deciders allow it, in two streams that grow side by side; the bay's first event is the log's. */
const anyHistory: fc.Arbitrary<RecordedEvent[]> = fc
  .tuple(fc.array(anyBayCommand, { maxLength: 25 }), fc.array(anyOperationCommand, { maxLength: 40 }), fc.infiniteStream(fc.boolean()))
  .map(([bayCommands, operationCommands, coin]) => {
    const create = commands.create([group('default-master', 1), group('default-worker', 2)], aSpec);
    const bayEvents = inStream(`bay-${BAY}`, replay(bayDecider, [create, ...bayCommands]).events);
    const operationEvents = inStream(`operations-${BAY}`, replay(operationsDecider, operationCommands).events);
    const merged = [...bayEvents.splice(0, 1)];
    while (bayEvents.length + operationEvents.length > 0) {
      const from = bayEvents.length === 0 || (operationEvents.length > 0 && coin.next().value) ? operationEvents : bayEvents;
      merged.push(from.shift()!);
    }
    return merged.map(({ stream, event }, index) => recordedAt(stream, event, index + 1));
  });

function inStream(stream: string, events: readonly DomainEvent[]): { readonly stream: string; readonly event: DomainEvent }[] {
  return events.map((event) => ({ stream, event }));
}

describe.each(apiProjections().map((projection) => [projection.name, projection] as const))('projection %s', (_name, projection) => {
  const rebuilt = async (history: readonly RecordedEvent[]) => (await new ProjectedDocuments(projection).apply(...history)).all();

  it('is the same rebuilt as followed through restarts, each of which delivers again what was there', async () => {
    const restarts = fc.array(fc.record({ forward: fc.integer({ min: 1, max: 12 }), back: fc.nat({ max: 12 }) }), { maxLength: 8 });
    await fc.assert(fc.asyncProperty(anyHistory, restarts, async (history, steps) => {
      const followed = new ProjectedDocuments(projection);
      let reached = 0;
      for (const { forward, back } of steps) {
        const from = Math.max(0, reached - back);
        reached = Math.min(history.length, reached + forward);
        await followed.apply(...history.slice(from, reached));
      }
      await followed.apply(...history.slice(reached));
      expect(followed.all()).toEqual(await rebuilt(history));
    }));
  });

  it('is not changed by an event that is delivered three times in a row', async () => {
    await fc.assert(fc.asyncProperty(anyHistory, async (history) => {
      const repeated = history.flatMap((event) => [event, event, event]);
      expect(await rebuilt(repeated)).toEqual(await rebuilt(history));
    }));
  });

  it('changes no document it was given', async () => {
    await fc.assert(fc.asyncProperty(anyHistory, async (history) => {
      const documents = new ProjectedDocuments(projection);
      const frozen = { get: async (collection: string, id: string) => deepFreeze(await documents.get(collection, id)) };
      for (const event of history) {
        const isForIt = projection.categories.some((category) => event.stream.startsWith(`${category}-`));
        if (isForIt) await projection.project(deepFreeze(event), frozen as never);
        await documents.apply(event);
      }
    }), { numRuns: 20 });
  });
});

describe('apiProjections', () => {
  it('keeps every collection in one projection only', () => {
    const collections = apiProjections().flatMap((projection) => projection.collections.map(({ name }) => name));
    expect(new Set(collections).size).toBe(collections.length);
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

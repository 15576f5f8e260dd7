import { derivedId } from '@jeroboam/domain';
import { baySamples } from '@jeroboam/domain/testing';
import { InMemoryEventLog } from '@jeroboam/event-log/testing';
import fc from 'fast-check';
import { rebuildProjection } from '../../projector/rebuild-projection.ts';
import { runProjections } from '../../projector/run-projections.ts';
import { openSqliteReadModel } from '../../sqlite/sqlite-read-model.ts';
import { ProjectedDocuments, momentOf, recorded, recordedAt } from '../projected-documents.fixture.ts';
import { anyBilledHistory } from './usage-history.fixture.ts';
import { endingFrom, usageProjection } from './usage.projection.ts';

const { BAY, MASTER, WORKERS: [WORKER], events } = baySamples;
const STREAM = `bay-${BAY}`;

describe('the usage projection', () => {
  it('keeps the intervals of a bay that was deleted, and nothing else of it', async () => {
    const life = [events.requested(), events.joined(MASTER), events.joined(WORKER), events.deletionRequested(), events.deleted()];
    const documents = await new ProjectedDocuments(usageProjection).apply(...recorded(STREAM, life));
    expect(Object.values(documents.all())).toEqual(expect.arrayContaining([
      expect.objectContaining({ nodeGroup: 'default-master', from: momentOf(2), to: momentOf(5), endsIn: '2026-01' }),
      expect.objectContaining({ nodeGroup: 'default-worker', from: momentOf(3), to: momentOf(5), endsIn: '2026-01' }),
    ]));
    expect(Object.keys(documents.all())).toHaveLength(2);
  });

  it('takes away what turned out to have no length', async () => {
    const at = { occurredAt: momentOf(2) };
    const documents = await new ProjectedDocuments(usageProjection).apply(
      ...recorded(STREAM, [events.requested()]), recordedAt(STREAM, events.joined(WORKER), 2, { revision: 1, ...at }),
      recordedAt(STREAM, events.removed(WORKER, 'op-1'), 3, { revision: 2, ...at }),
    );
    expect(Object.keys(documents.all())).toEqual([`usage_bays/${BAY}`]);
  });

  it('stops at an event it does not know', async () => {
    const unknown = recordedAt(STREAM, { type: 'BayPainted', schemaVersion: 1, data: { bayId: BAY } }, 1);
    await expect(new ProjectedDocuments(usageProjection).apply(unknown)).rejects.toMatchObject({ code: 'UNKNOWN_EVENT' });
  });

  it('is the same to the byte when it is rebuilt from the first event, and says nothing to the log', async () => {
    // A failure prints its seed.
    await fc.assert(fc.asyncProperty(anyBilledHistory, fc.integer({ min: 1, max: 5 }), async ({ events: history }, batchSize) => {
      const log = new InMemoryEventLog();
      const readModel = await openSqliteReadModel({ path: ':memory:' });
      const projector = runProjections({ log, readModel, projections: [usageProjection], batchSize });
      for (const [index, event] of history.entries()) {
        await log.append(STREAM, [{ ...event, eventId: derivedId(index) }], index === 0 ? 'none' : index - 1);
        if (index % 3 === 0) await projector.caughtUp();
      }
      await projector.caughtUp();
      await projector.stop();
      const state = async () => JSON.stringify(await Promise.all(usageProjection.collections.map(({ name }) => readModel.find(name))));
      const [followed, head] = [await state(), await log.head()];
      await rebuildProjection({ log, readModel, projection: usageProjection, batchSize: 7 });
      expect([await state(), await log.head()]).toEqual([followed, head]);
      await log.close();
      await readModel.close();
    }), { numRuns: 40 });
  });
});

describe('endingFrom', () => {
  it('names the months in which something can have ended that was there at a moment, and what goes on', () => {
    const endings = ['open', '2025-11', '2025-12', '2026-01', '2026-02'];
    expect(endingFrom('2025-11-30T23:59:59.999Z', '2026-02-01T00:00:00.000Z')).toEqual(endings);
    expect(endingFrom('2026-02-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')).toEqual(['open']);
  });

  it('stays short for a moment before there was any bay', () => {
    expect(endingFrom('0001-01-01T00:00:00.000Z', '2020-02-01T00:00:00.000Z')).toEqual(['open', '2020-01', '2020-02']);
  });
});

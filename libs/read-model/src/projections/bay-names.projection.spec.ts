import { baySamples } from '@jeroboam/domain/testing';
import { bayNamesProjection } from './bay-names.projection.ts';
import { ProjectedDocuments, momentOf, recorded } from './projected-documents.fixture.ts';

const { BAY, completeBay, events } = baySamples;

describe('the bay names projection', () => {
  it('remembers a bay by name and project, also when it is deleted', async () => {
    const history = [...completeBay, events.deletionRequested(), events.deleted()];
    const documents = new ProjectedDocuments(bayNamesProjection);
    await documents.apply(...recorded(`bay-${BAY}`, history.slice(0, -1)));
    const document = { id: BAY, name: 'b1', projectId: 'p1', createdAt: momentOf(1), deletedAt: null };
    expect(documents.all()).toEqual({ [`bay_names/${BAY}`]: document });
    await documents.apply(...recorded(`bay-${BAY}`, history).slice(-1));
    expect(documents.all()).toEqual({ [`bay_names/${BAY}`]: { ...document, deletedAt: momentOf(history.length) } });
  });

  it('knows nothing of a creation that was abandoned, which never had a name', async () => {
    const documents = new ProjectedDocuments(bayNamesProjection);
    const abandoned = { type: 'BayCreationAbandoned', schemaVersion: 1, data: { bayId: BAY, projectId: 'p1' } };
    await documents.apply(...recorded(`bay-${BAY}`, [abandoned]));
    expect(documents.all()).toEqual({});
  });

  it('stops at an event it does not know', async () => {
    const unknown = recorded(`bay-${BAY}`, [{ type: 'BayPainted', schemaVersion: 1, data: {} }]);
    const projecting = new ProjectedDocuments(bayNamesProjection).apply(...unknown);
    await expect(projecting).rejects.toMatchObject({ code: 'UNKNOWN_EVENT' });
  });
});

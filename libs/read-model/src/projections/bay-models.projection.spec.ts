import type { BayModelEvent, BayModelSpec, DomainEvent } from '@jeroboam/domain';
import { bayModelsProjection } from './bay-models.projection.ts';
import { ProjectedDocuments, momentOf, recorded } from './projected-documents.fixture.ts';

const spec: BayModelSpec = {
  bayModelId: 'm1', name: 'swarm', projectId: 'p1', userId: 'u1', coe: 'swarm-mode', imageId: 'debian', clusterDistro: 'debian',
  keypairId: null, externalNetworkId: 'public', fixedNetwork: null, fixedSubnet: null, networkDriver: 'docker', volumeDriver: null,
  dockerStorageDriver: null, dockerVolumeSize: null, flavorId: null, masterFlavorId: null, dnsNameserver: null,
  apiserverPort: null, httpProxy: null, httpsProxy: null,
  noProxy: null, insecureRegistry: null, registryEnabled: false, tlsDisabled: false, public: false, hidden: false, masterLbEnabled: false,
  floatingIpEnabled: true, serverType: 'vm', labels: {}, tags: null, driver: null,
};
const created = (changes: Partial<BayModelSpec> = {}): BayModelEvent => ({
  type: 'BayModelCreated', schemaVersion: 1, data: { bayModelId: 'm1', spec: { ...spec, ...changes } },
});
const revised = (changes: Partial<BayModelSpec>): BayModelEvent => (
  { type: 'BayModelRevised', schemaVersion: 1, data: { bayModelId: 'm1', changes } }
);
const after = (...events: readonly DomainEvent[]) => new ProjectedDocuments(bayModelsProjection).apply(...recorded('baymodel-m1', events));

describe('the bay models projection', () => {
  it('shows a bay model as it was asked for', async () => {
    const document = { id: 'm1', ...spec, visibleTo: 'p1', createdAt: momentOf(1), updatedAt: null };
    expect((await after(created())).all()).toEqual({ 'bay_models/m1': document });
  });

  it.each([
    [{ public: true }, '*'],
    [{ public: true, hidden: true }, 'p1'],
    [{ hidden: true }, 'p1'],
  ])('shows %j to %s', async (changes, visibleTo) => {
    expect(await (await after(created(changes))).get('bay_models', 'm1')).toMatchObject({ visibleTo });
  });

  it('shows what was revised and when, and leaves the rest', async () => {
    const document = await (await after(created(), revised({ name: null, labels: { a: '1' } }))).get('bay_models', 'm1');
    expect(document).toEqual({
      id: 'm1', ...spec, name: null, labels: { a: '1' }, visibleTo: 'p1', createdAt: momentOf(1), updatedAt: momentOf(2),
    });
  });

  it.each([
    [{}, { public: true }, '*'],
    [{ public: true }, { hidden: true }, 'p1'],
    [{ public: true, hidden: true }, { hidden: false }, '*'],
    [{ public: true }, { name: 'other' }, '*'],
  ])('shows %j after %j to %s', async (before, changes, visibleTo) => {
    expect(await (await after(created(before), revised(changes))).get('bay_models', 'm1')).toMatchObject({ visibleTo });
  });

  it('makes nothing of a revision of what is not there', async () => {
    expect((await after(revised({ name: 'other' }))).all()).toEqual({});
  });

  it('forgets one that was deleted', async () => {
    const documents = await after(created(), { type: 'BayModelDeleted', schemaVersion: 1, data: { bayModelId: 'm1' } });
    expect(documents.all()).toEqual({});
  });

  it('stops at an event it does not know', async () => {
    await expect(after({ ...created(), schemaVersion: 2 })).rejects.toMatchObject({ code: 'UNKNOWN_EVENT' });
  });
});

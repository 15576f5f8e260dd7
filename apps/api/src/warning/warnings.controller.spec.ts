import { ApiHarness } from '../testing/api-harness.ts';

const message = (label: string) => `Neither Magnum nor version 1.2.0 of the driver swarm_test knows the label ${label}; it is likely to have no effect.`;

describe('/v1/clusters/{ident}/warnings', () => {
  let api: ApiHarness;
  beforeEach(async () => {
    api = await ApiHarness.open();
  });
  afterEach(() => api.close());

  const givenBay = async (labels: Record<string, string>) => api.givenBay(await api.givenBayModel(), { name: 'web', labels });
  const warnings = async () => (await api.call('GET /v1/clusters/web/warnings')).body.warnings;

  it('names the labels of a bay that nobody knows, though they were taken', async () => {
    const bayId = await givenBay({ kube_tga: 'v1.31.4', availability_zone: 'az1' });
    expect(await warnings()).toEqual([{ code: 'LABEL_UNKNOWN', message: message('kube_tga'), label: 'kube_tga', nodegroup: null }]);
    expect((await api.call(`GET /v1/clusters/${bayId}`)).body).toMatchObject({ labels: { kube_tga: 'v1.31.4', availability_zone: 'az1' } });
  });

  it('names those that a node group has besides, with the group', async () => {
    const bayId = await api.givenCompleteBay(await api.givenBayModel(), { name: 'web', labels: { kube_tga: 'v1.31.4' } });
    await api.services.tell(bayId, {
      type: 'CreateNodeGroup',
      data: {
        operationId: 'op-2',
        nodeGroup: {
          nodeGroupId: '7d0b0d5e-3f0c-4d6e-9a43-2f1a4f0e8f11', name: 'gpu', role: 'worker', nodeCount: 1, minNodeCount: 0, maxNodeCount: null,
          flavorId: null, imageId: 'fedora-coreos-38', dockerVolumeSize: null, labels: { kube_tga: 'v1.31.4', gpus: '2' }, isDefault: false,
        },
      },
    });
    expect((await warnings()).map(({ label, nodegroup }: Record<string, unknown>) => [label, nodegroup])).toEqual([['kube_tga', null], ['gpus', 'gpu']]);
  });

  it('names credentials that expire and that only a member can have replaced, until they are', async () => {
    const bayId = await givenBay({ swarm_strategy: 'spread' });
    const name = `jeroboam-${bayId}-volume-1`;
    const facts = { name, externalId: 'ac-1', credentialRef: 'ref', fingerprint: 'f', roles: ['member'], accessRulesHash: 'h', expiresAt: '2026-05-01T12:00:00.000Z' };
    await api.services.tell(bayId, { type: 'IntendCredential', data: { operationId: 'op-1', name, purpose: 'volume', mode: 'app_cred' } });
    await api.services.tell(bayId, { type: 'RecordCredential', data: { operationId: 'op-1', ...facts } });
    expect(await warnings()).toEqual([]);
    await api.services.tell(bayId, { type: 'NoteExpiringCredential', data: { name } });
    expect(await warnings()).toEqual([{
      code: 'CREDENTIAL_EXPIRING', purpose: 'volume', expires_at: '2026-05-01T12:00:00.000Z',
      message: `The credential for volume expires at 2026-05-01T12:00:00.000Z, and only a member of the project can have another made: PATCH /v1/credentials/${bayId}.`,
    }]);
    await api.services.tell(bayId, { type: 'CloseCredential', data: { operationId: 'op-2', name, outcome: 'revoked' } });
    expect(await warnings()).toEqual([]);
  });

  it('has nothing to say of a bay whose labels are all known', async () => {
    await givenBay({ swarm_strategy: 'spread' });
    expect(await warnings()).toEqual([]);
  });

  it.each([
    ['reader', 200], ['admin', 200], ['stranger', 404], ['member-only', 403], ['nobody', 401],
  ])('answers %s with %i', async (as, status) => {
    await givenBay({});
    expect((await api.call('GET /v1/clusters/web/warnings', { as })).status).toBe(status);
  });
});

import { ApiClient } from '../e2e/harness/client.ts';

/**
 * Ids that requests name before anybody knows the real ones: those of the golden recordings, so that a recorded request
 * and a made up one speak of the same things. They are exchanged when a request is sent, so that what is asked depends
 * on the seed alone.
 */
export const STAND_INS = {
  template: '696ec412-b7af-45f5-bf8d-d52970566ff3',
  bay: '6020b68c-c098-497f-836f-192dba9f78dd',
  twin: '645563db-b5ff-4037-8038-2567454dfe97',
  foreign: '126b975d-6d73-4f2c-b167-c32fec3b3cd7',
  /** Of the bay `steady`. */
  operation: '0d1f8f0e-5d0b-4c39-9f0e-6f1d6f1c2b3a',
  /** Of the user `demo`; the recordings have it too. */
  project: '85d8abe9176b48e0b2621b7f73e53c6f',
} as const;

/** Names of what is there from the beginning; two bays are called `tx1`. */
export const NAMES = ['tx-tpl', 'public-tpl', 'tx1', 'steady', 'foreign'];
/** Names that requests give to what they make, and by which they find it again. */
export const MADE_UP_NAMES = Array.from({ length: 24 }, (_, index) => `fuzz-${index}`);

const TEMPLATE = {
  coe: 'kubernetes', image_id: 'fedora-coreos-38', external_network_id: 'public', keypair_id: 'testkey', flavor_id: 'm1.small',
  master_flavor_id: 'm1.small', network_driver: 'flannel', docker_volume_size: 5, labels: { kube_tag: 'v1.27.3' },
};

export interface Users {
  readonly demo: string;
  readonly demo2: string;
  readonly admin: string;
}

/** Makes what requests can be about. @returns real ids by their stand-ins. */
export async function makeFixtures(apiUrl: string, tokens: Users): Promise<ReadonlyMap<string, string>> {
  const as = (user: keyof Users) => new ApiClient(apiUrl, tokens[user]);
  const { uuid: template, projectId } = await made(as('demo'), 'clustertemplates', { ...TEMPLATE, name: 'tx-tpl' });
  const { uuid: shared } = await made(as('admin'), 'clustertemplates', { ...TEMPLATE, name: 'public-tpl', public: true });
  const bay = await made(as('demo'), 'clusters', { name: 'tx1', cluster_template_id: template });
  const twin = await made(as('demo'), 'clusters', { name: 'tx1', cluster_template_id: template });
  const steady = await made(as('demo'), 'clusters', { name: 'steady', cluster_template_id: template });
  const foreign = await made(as('demo2'), 'clusters', { name: 'foreign', cluster_template_id: shared });
  for (const { uuid } of [bay, twin, steady]) await as('demo').until(uuid, ['CREATE_COMPLETE']);
  await as('demo2').until(foreign.uuid, ['CREATE_COMPLETE']);
  return new Map([
    [STAND_INS.template, template], [STAND_INS.bay, bay.uuid], [STAND_INS.twin, twin.uuid], [STAND_INS.foreign, foreign.uuid],
    [STAND_INS.operation, steady.operationId!], [STAND_INS.project, projectId!],
  ]);
}

interface Made {
  readonly uuid: string;
  readonly operationId: string | null;
  readonly projectId: string | undefined;
}

async function made(api: ApiClient, collection: string, fields: object): Promise<Made> {
  const { body, headers } = await api.call<{ readonly uuid?: string; readonly project_id?: string }>('POST', `/v1/${collection}`, fields);
  if (body.uuid === undefined) throw new Error(`nothing made in ${collection}: ${JSON.stringify(body)}`);
  return { uuid: body.uuid, operationId: headers.get('operation-id'), projectId: body.project_id };
}

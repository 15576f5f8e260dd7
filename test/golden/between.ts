import type { Replay } from './replay.ts';

/** Ids in the recordings. */
const TEMPLATE = '696ec412-b7af-45f5-bf8d-d52970566ff3';
const TX1 = '6020b68c-c098-497f-836f-192dba9f78dd';
const OTHER_TX1 = '645563db-b5ff-4037-8038-2567454dfe97';
const TX_BAD = '126b975d-6d73-4f2c-b167-c32fec3b3cd7';

const FIRST_TEMPLATE = {
  name: 'tx-tpl', image_id: 'fedora-coreos-38', coe: 'kubernetes', external_network_id: 'public', keypair_id: 'testkey',
  flavor_id: 'm1.small', master_flavor_id: 'm1.small', dns_nameserver: '8.8.8.8', docker_volume_size: 5, network_driver: 'flannel',
  labels: { kube_tag: 'v1.27.3' },
};
const SIZE = { node_count: 2, master_count: 1, create_timeout: 60 };

/** What was done before a recording and not recorded, by its number: seen in what the recordings show. */
export const between: Readonly<Record<string, (replay: Replay) => Promise<void>>> = {
  '019': (replay) => create(replay, 'clustertemplates', TEMPLATE, FIRST_TEMPLATE),
  '052': async (replay) => {
    const patch = [{ op: 'replace', path: '/docker_volume_size', value: 7 }];
    await replay.demo.call('PATCH', `/v1/clustertemplates/${replay.ids.inOurs(TEMPLATE)}`, patch);
  },
  '064': (replay) => createBay(replay, TX1, { name: 'tx1', ...SIZE }),
  '085': async (replay) => {
    replay.open('network');
    replay.open(`nodes-${replay.ids.inOurs(TX1)}`);
    await settled(replay);
  },
  '086': async (replay) => {
    await createBay(replay, TX_BAD, { name: 'tx-bad', ...SIZE, master_count: 2, master_lb_enabled: true });
    await createBay(replay, OTHER_TX1, { name: 'tx1', ...SIZE });
    await until(replay, async () => {
      const { body } = await replay.demo.call<{ clusters: readonly { readonly stack_id: unknown }[] }>('GET', '/v1/clusters');
      return body.clusters.every(({ stack_id: stackId }) => stackId !== null);
    });
  },
  '097': settled,
  '098': settled,
  '100': settled,
  '101': settled,
  '106': settled,
  '115': async (replay) => {
    await settled(replay);
    await replay.demo.call('PATCH', `/v1/clusters/${replay.ids.inOurs(TX1)}/nodegroups/ng1`, [{ op: 'replace', path: '/max_node_count', value: 5 }]);
    await settled(replay);
  },
  '118': settled,
  '121': async (replay) => {
    await replay.demo.call('DELETE', `/v1/clusters/${replay.ids.inOurs(TX1)}/nodegroups/ng1`);
    await settled(replay);
  },
  '127': settled,
  '128': settled,
  '157': async (replay) => {
    await replay.demo.call('DELETE', `/v1/clusters/${replay.ids.inOurs(TX_BAD)}`);
    replay.open('delete');
    await until(replay, async () => (await listed(replay, 'clusters')).length === 0);
  },
};

async function create(replay: Replay, collection: string, recorded: string, body: object): Promise<void> {
  const answer = await replay.demo.call<{ readonly uuid?: string }>('POST', `/v1/${collection}`, body);
  if (answer.body.uuid === undefined) throw new Error(`nothing created in ${collection}: ${JSON.stringify(answer.body)}`);
  replay.ids.pair(recorded, answer.body.uuid);
}

function createBay(replay: Replay, recorded: string, fields: object): Promise<void> {
  return create(replay, 'clusters', recorded, { ...fields, cluster_template_id: replay.ids.inOurs(TEMPLATE) });
}

async function listed(replay: Replay, collection: string): Promise<readonly string[]> {
  const { body } = await replay.demo.call<Record<string, readonly { readonly uuid: string }[]>>('GET', `/v1/${collection}`);
  return body[collection]!.map(({ uuid }) => uuid);
}

/** Waits until nothing more is done to the first bay. */
async function settled(replay: Replay): Promise<void> {
  await replay.demo.until(replay.ids.inOurs(TX1), ['CREATE_COMPLETE', 'UPDATE_COMPLETE']);
}

async function until(replay: Replay, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await isSo())) if (Date.now() > end) throw new Error(`it did not happen in time\n${replay.output}`);
}


import type { Dice } from './dice.ts';
import { MADE_UP_NAMES, NAMES, STAND_INS } from './fixtures.ts';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** JSON text for what JavaScript cannot write: it stands as a text in a body and is put in without its quotes. */
const RAW = [
  '1e400', '-0', '1.0', '123456789012345678901234567890', '1E2', '"\\ud800"', '"\\u0000"', '{"a":1,"a":2}', '{"__proto__":{"x":1}}',
];
const RAW_MARK = '\u{1F37E}raw:';

/** Values nobody hopes for. */
const HOSTILE: readonly Json[] = [
  null, true, false, 0, 1, -1, 2, 0.5, -1.5, 65_536, 2_147_483_647, 2_147_483_648, 9_007_199_254_740_991, 1e308, '', ' ', '0', '5', '-1',
  '1_0', ' 7 ', 'true', 'no', 'maybe', 'None', 'null', 'NaN', 'é', '日本語', '😀', '\u202e', "'; DROP TABLE bays; --", '../../etc/passwd',
  '%s%n%d', '${7*7}', '{{7*7}}', '<b>', 'a\nb', '\r\nx: y', '__proto__', 'constructor', 'hasOwnProperty', 'toString', 'x'.repeat(255),
  'x'.repeat(256), 'x'.repeat(5_000), [], {}, [[]], [null], ['a'], [1], { a: null }, { a: { b: [] } }, { constructor: 1 },
  { toString: 'x' }, { length: 5 }, '2026-02-30', '10.0.0.1', '8.8.8.8, 9.9.9.9', '::1',
];

/** Python literals, as patches carry them: good, bad and absurd ones. */
const LITERALS = [
  "{'a': 'b'}", '{"a": "b"}', "{'a': True, 'b': None, 'c': 1.5}", '{}', '[]', '()', "{'a': {'b': ['c', ('d',)]}}", "{'a'", 'dict(a=1)',
  "{'a': 1j}", "{b'a': 1}", "{'a', 'b'}", '1', "'x'", 'None', "{'__proto__': 'x'}", "{1: 2}", "{'a': 'b' 'c'}",
  "{'\\x41': '\\u00e9\\N{BULLET}'}", '['.repeat(200), `{'a': '${'x'.repeat(3_000)}'}`, "{'a': -5}", '-', "{'a': 0x1F, 'b': 1_000}",
  "# {'a': 1}", "{'min_node_count': 'x'}",
];

/** Operations of patches that something can be done with. */
const PATCHES: readonly Json[] = [
  { op: 'replace', path: '/node_count', value: 2 }, { op: 'replace', path: '/node_count', value: 3 },
  { op: 'replace', path: '/max_node_count', value: 5 }, { op: 'replace', path: '/min_node_count', value: 0 },
  { op: 'replace', path: '/tags', value: 'a,b' }, { op: 'replace', path: '/name', value: 'fuzz-1' },
  { op: 'replace', path: '/labels', value: "{'a': 'b'}" }, { op: 'add', path: '/labels/x', value: '1' },
  { op: 'remove', path: '/keypair_id' }, { op: 'replace', path: '/docker_volume_size', value: 3 },
  { op: 'replace', path: '/health_status', value: 'HEALTHY' }, { op: 'replace', path: '/node_labels', value: "{'a': 'b'}" },
  { op: 'add', path: '/dns_nameserver', value: '8.8.8.8' },
];

const UUID = '4f34fac6-96ef-4200-9368-3f87b8ebde4a';
const { template, bay, twin, foreign, operation, project } = STAND_INS;
const BAYS = [bay, twin, 'steady', foreign];
const IDENTS = [
  ...Object.values(STAND_INS), ...NAMES, ...MADE_UP_NAMES, UUID, UUID.toUpperCase(), UUID.replaceAll('-', ''), `{${UUID}}`, '1', '0',
  'detail', 'None', 'default-worker', 'default-master', 'ng1', '__proto__', 'constructor',
];

/** What fits a field by its name, where not just any text does; the first of each will do. */
const FITTING: Readonly<Record<string, readonly Json[]>> = {
  name: MADE_UP_NAMES,
  coe: ['kubernetes', 'swarm-mode', 'swarm', 'mesos', 'dcos'],
  image_id: ['fedora-coreos-38', 'fedora-coreos-38', 'no-distro', 'nope'],
  flavor_id: ['m1.small', 'm1.medium', 'nope'],
  master_flavor_id: ['m1.small', 'nope'],
  keypair_id: ['testkey', 'nope'],
  keypair: ['testkey', 'nope'],
  external_network_id: ['public', 'public', 'private', 'nope'],
  fixed_network: ['private', 'nope'],
  fixed_subnet: ['private-subnet', 'nope'],
  network_driver: ['flannel', 'docker', 'calico', 'nope'],
  volume_driver: ['cinder', 'rexray', 'nope'],
  docker_storage_driver: ['overlay2', 'devicemapper', 'nope'],
  dns_nameserver: ['8.8.8.8', '8.8.8.8, 1.1.1.1', 'dns'],
  cluster_template_id: [template, 'tx-tpl', 'public-tpl', ...MADE_UP_NAMES.slice(0, 4)],
  baymodel_id: [template, 'tx-tpl', 'public-tpl'],
  cluster_template: [template, 'public-tpl', 'nope'],
  cluster_uuid: [bay, twin, 'steady', ...MADE_UP_NAMES.slice(0, 4)],
  hostcluster_id: [bay, 'steady'],
  ca_cert_type: ['kubernetes', 'etcd', 'front-proxy', 'kubelet'],
  nodegroup: ['default-worker', 'default-master', 'ng1', ...MADE_UP_NAMES.slice(0, 4)],
  template_version: ['1.0.0', '1.1.0', '2.0.0', 'nope'],
  role: ['worker', 'ingress', 'master'],
  node_count: [0, 1, 2, 3, 5],
  master_count: [1, 1, 3, 2],
  min_node_count: [0, 1, 2],
  max_node_count: [1, 3, 5],
  docker_volume_size: [1, 5],
  apiserver_port: [1_024, 6_443],
  labels: [
    {}, { kube_tag: 'v1.27.3' }, { a: 'b', n: 1, t: true }, { min_node_count: '1' }, { boot_volume_size: 'x' },
    { tiller_enabled: 'true' },
  ],
  properties: [{ 'dns-zone': 'example.org' }, {}],
  project_id: [project, 'nope'],
  resource: ['Cluster', 'Cluster', 'Nope'],
  hard_limit: [0, 1, 5, 40],
  csr: ['-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n'],
  path: [
    '/node_count', '/labels', '/labels/kube_tag', '/name', '/health_status', '/health_status_reason', '/public', '/hidden', '/tags',
    '/flavor_id', '/image_id', '/min_node_count', '/max_node_count', '/node_labels', '/node_taints', '/nope', 'name', '/labels/a/b',
    '/__proto__', '/uuid', '/',
  ],
  marker: [template, bay, twin, operation, UUID, '1'],
  limit: [1, 2, 5, 1_000],
  sort_key: ['id', 'uuid', 'name', 'status', 'created_at', 'node_count', 'nope'],
  sort_dir: ['asc', 'desc'],
  cluster: ['steady', bay],
  bay: ['steady', bay],
  from: ['2026-01-31', '2020-01-01T00:00:00Z'],
  to: ['2036-01-31'],
  group_by: ['flavor', 'role,project_id'],
  after: ['0', '00000000000000000001'],
  type: ['cluster', 'BayCreationRequested'],
  category: ['bay', 'operations'],
};

export function hostile(dice: Dice): Json {
  return dice.chance(15) ? `${RAW_MARK}${dice.pick(RAW)}` : dice.pick(HOSTILE);
}

export function anyIdent(dice: Dice): string {
  return dice.pick(IDENTS);
}

/** What a place holder of a path can stand for, by the collection before it. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  clusters: [...BAYS, ...MADE_UP_NAMES.slice(0, 8)],
  bays: [...BAYS, ...MADE_UP_NAMES.slice(0, 8)],
  certificates: BAYS,
  credentials: BAYS,
  clustertemplates: [template, 'public-tpl', 'tx-tpl', ...MADE_UP_NAMES],
  baymodels: [template, 'public-tpl', 'tx-tpl', ...MADE_UP_NAMES],
  nodegroups: ['default-worker', 'default-master', 'ng1', ...MADE_UP_NAMES.slice(0, 6)],
  nodes: Array.from({ length: 4 }, (_, number) => `default-worker-${number}`),
  quotas: [project],
  operations: [operation],
  drivers: ['fuzz'],
};

const SECOND_PLACES: Readonly<Record<string, string>> = { resource: 'Cluster', version: '1.0.0' };

/** A path with its place holders filled, mostly with what is or was there. */
export function filled(dice: Dice, path: string): string {
  return path.replaceAll(/\/(\w+)\/\{(\w+)\}(?:\/\{(\w+)\})?/g, (_, collection: string, _name, second?: string) => {
    const place = dice.chance(85) && Object.hasOwn(PLACES, collection) ? dice.pick(PLACES[collection]!) : anyIdent(dice);
    const after = second === undefined ? [] : [dice.chance(80) ? SECOND_PLACES[second] ?? second : anyIdent(dice)];
    return `/${[collection, ...[place, ...after].map(encodeURIComponent)].join('/')}`;
  });
}

export interface Shape {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly Json[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly minimum?: number;
  readonly maximum?: number;
}

/**
 * Values that the schemas of the document ask for, more or less: fitting by the name of their field, hostile now and then.
 * @param tidy as one would write it who wants it to succeed.
 */
export class Values {
  constructor(private readonly dice: Dice, private readonly resolve: (ref: string) => Shape) {}

  of(shape: Shape, name: string, tidy: boolean): Json {
    const { dice } = this;
    if (shape.$ref !== undefined) return this.of(this.resolve(shape.$ref), name, tidy);
    if (!tidy && dice.chance(5)) return hostile(dice);
    if (tidy && shape.properties?.['op']) return dice.pick(PATCHES);
    if (shape.properties) return this.#object(shape, tidy);
    if (shape.items) return Array.from({ length: tidy ? 1 : dice.below(4) }, () => this.of(shape.items!, name, tidy));
    if (name === 'value') return this.#patched(tidy);
    const fitting = Object.hasOwn(FITTING, name) ? FITTING[name]! : shape.enum;
    if (fitting && (tidy || dice.chance(90))) return tidy && name !== 'name' && dice.chance(80) ? fitting[0]! : dice.pick(fitting);
    return ofType(dice, shape);
  }

  /** Mostly few fields: each one more can be the one that is refused. */
  #object({ properties = {}, required = [] }: Shape, tidy: boolean): Json {
    const { dice } = this;
    const share = dice.pick(tidy ? [0, 10, 20] : [0, 10, 30, 60]);
    const names = Object.keys(properties).filter((name) => (isWanted(name, required) ? tidy || !dice.chance(5) : dice.chance(share)));
    const fields = names.map((name): [string, Json] => [name, this.of(properties[name]!, name, tidy)]);
    if (!tidy && dice.chance(5)) fields.push([dice.pick(['bogus', '__proto__', 'id', 'links', '']), hostile(dice)]);
    return Object.fromEntries(fields);
  }

  /** What a patch sets: a number, a text, a literal. */
  #patched(tidy: boolean): Json {
    const { dice } = this;
    return dice.weighted<() => Json>([
      [4, () => dice.below(6)], [2, () => dice.pick(LITERALS)], [1, () => anyIdent(dice)], [tidy ? 0 : 3, () => hostile(dice)],
    ])();
  }
}

/** Fields without which nothing is ever accepted, though no schema says so. */
const WANTED = new Set(['name', 'value', 'hard_limit', 'project_id', 'resource', 'hostcluster_id', 'properties', 'external_network_id']);

function isWanted(name: string, required: readonly string[]): boolean {
  return required.includes(name) || WANTED.has(name);
}

function ofType(dice: Dice, { type, minimum = 0, maximum = 10 }: Shape): Json {
  const types = typeof type === 'string' ? [type] : type ?? ['string'];
  switch (dice.pick(types)) {
    case 'integer': case 'number':
      return dice.weighted([[6, minimum + dice.below(Math.min(maximum - minimum, 50) + 1)], [1, minimum - 1], [1, maximum + 1]]);
    case 'boolean': return dice.chance(50);
    case 'null': return null;
    case 'object': return { a: 'b' };
    case 'array': return [];
    default: return dice.pick(['x', 'some text', ...NAMES]);
  }
}

const MARKED = new RegExp(`"${RAW_MARK}(.*?[^\\\\])"(?=[,:\\]}]|$)`, 'gu');

/** As text, with what JavaScript cannot write put in. */
export function textOf(json: Json): string {
  return JSON.stringify(json).replaceAll(MARKED, (_, raw: string) => JSON.parse(`"${raw}"`) as string);
}

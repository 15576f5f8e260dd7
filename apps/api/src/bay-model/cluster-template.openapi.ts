import { created } from '../openapi/common-answers.ts';
import { Described, alwaysRefused, json, nothing } from '../openapi/describe.ts';
import { BOOLEAN, INTEGER, TEXT, TIME, UUID, mapOf, named, nullable, object, words } from '../openapi/schema.ts';
import { LINKS, pageOf } from '../openapi/shapes.ts';
import { patchOf } from '../wire/json-patch.ts';
import { PAGE_ARGUMENTS } from '../wire/page.ts';
import { CLUSTER_TEMPLATE_PATCH } from './cluster-template.patch.ts';
import { clusterTemplateType } from './cluster-template.type.ts';

const MAYBE = nullable(TEXT);

/** What a bay model shows under both of its names. */
export const TEMPLATE_FIELDS = {
  uuid: UUID,
  name: MAYBE,
  coe: TEXT,
  image_id: TEXT,
  flavor_id: MAYBE,
  master_flavor_id: MAYBE,
  dns_nameserver: MAYBE,
  keypair_id: MAYBE,
  external_network_id: MAYBE,
  fixed_network: MAYBE,
  fixed_subnet: MAYBE,
  network_driver: MAYBE,
  apiserver_port: nullable(INTEGER),
  docker_volume_size: nullable(INTEGER),
  cluster_distro: MAYBE,
  links: LINKS,
  http_proxy: MAYBE,
  https_proxy: MAYBE,
  no_proxy: MAYBE,
  volume_driver: MAYBE,
  registry_enabled: BOOLEAN,
  labels: mapOf(TEXT),
  tls_disabled: BOOLEAN,
  public: BOOLEAN,
  server_type: words('vm', 'bm'),
  insecure_registry: MAYBE,
  docker_storage_driver: MAYBE,
  master_lb_enabled: BOOLEAN,
  floating_ip_enabled: BOOLEAN,
  hidden: BOOLEAN,
  tags: MAYBE,
  created_at: TIME,
  updated_at: nullable(TIME),
};

const TEMPLATE = named('ClusterTemplate', object({ ...TEMPLATE_FIELDS, project_id: TEXT, user_id: TEXT, driver: MAYBE }));
const PAGE = json(pageOf('clustertemplates', TEMPLATE));

export const ClusterTemplatesDescribed = Described({
  list: { summary: 'List cluster templates', query: PAGE_ARGUMENTS, answers: { 200: PAGE } },
  detail: { summary: 'List cluster templates: the same', query: PAGE_ARGUMENTS, answers: { 200: PAGE } },
  show: { summary: 'Show a cluster template', answers: { 200: json(TEMPLATE) }, refusals: [409] },
  create: {
    summary: 'Create a cluster template', description: 'A `uuid` that is sent counts.',
    body: { name: 'ClusterTemplateCreate', type: clusterTemplateType },
    answers: { 201: json(TEMPLATE, 'It is there.', created('clustertemplates')) }, refusals: [404, 409],
  },
  createAt: alwaysRefused('Nothing: Magnum takes the identifier for the body'),
  revise: {
    summary: 'Change a cluster template', description: 'One that clusters are made by may only be renamed, published, hidden or tagged.',
    body: { name: 'ClusterTemplatePatch', type: patchOf(CLUSTER_TEMPLATE_PATCH) }, answers: { 200: json(TEMPLATE) }, refusals: [409],
  },
  reviseNothing: alwaysRefused('Nothing: a cluster template must be named'),
  remove: { summary: 'Delete a cluster template', answers: { 204: nothing('It is gone.') }, refusals: [409] },
  removeNothing: alwaysRefused('Nothing: a cluster template must be named'),
});

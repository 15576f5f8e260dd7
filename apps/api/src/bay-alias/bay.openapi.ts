import { STATUS } from '../bay/cluster.openapi.ts';
import { TEMPLATE_FIELDS } from '../bay-model/cluster-template.openapi.ts';
import { DEPRECATIONS } from '../deprecation/deprecations.ts';
import { OPERATION_HEADERS, created } from '../openapi/common-answers.ts';
import { Described, alwaysRefused, json, nothing } from '../openapi/describe.ts';
import { BOOLEAN, INTEGER, TEXT, TIME, UUID, listOf, mapOf, named, nullable, object, type Schema } from '../openapi/schema.ts';
import { ACCEPTED, LINKS, pageOf } from '../openapi/shapes.ts';
import { patchOf } from '../wire/json-patch.ts';
import { PAGE_ARGUMENTS } from '../wire/page.ts';
import { booleanArgument } from '../wire/query.ts';
import { BAY, BAY_PATCH } from './bay.type.ts';
import { BAYMODEL_PATCH, baymodelType } from './baymodel.type.ts';

const SUMMARY = {
  uuid: UUID, name: TEXT, baymodel_id: UUID, node_count: INTEGER, master_count: INTEGER, bay_create_timeout: nullable(INTEGER),
  links: LINKS, stack_id: nullable(TEXT), status: STATUS,
};
const DETAIL: Readonly<Record<string, Schema>> = {
  ...SUMMARY, docker_volume_size: nullable(INTEGER), labels: mapOf(TEXT), master_flavor_id: nullable(TEXT), flavor_id: nullable(TEXT),
  status_reason: nullable(TEXT), discovery_url: nullable(TEXT), api_address: nullable(TEXT), coe_version: nullable(TEXT),
  container_version: nullable(TEXT), node_addresses: listOf(TEXT), master_addresses: listOf(TEXT), fixed_network: nullable(TEXT),
  fixed_subnet: nullable(TEXT), floating_ip_enabled: BOOLEAN, master_lb_enabled: BOOLEAN, created_at: TIME, updated_at: nullable(TIME),
};
const BAY_SUMMARY = named('BaySummary', object(SUMMARY));
const BAY_DETAIL = named('BayDetail', object(DETAIL));
const BAY_SHOWN = named('Bay', object(DETAIL, { bay_faults: mapOf(TEXT) }));
const deprecated = DEPRECATIONS.bays;
/** At 1.1 the whole location, of the bay itself; later, of the operation. */
const CREATED_HEADERS = { ...OPERATION_HEADERS, ...created('bays') };

export const BaysDescribed = Described({
  list: { summary: 'List bays', query: PAGE_ARGUMENTS, answers: { 200: json(pageOf('bays', BAY_SUMMARY)) }, deprecated },
  detail: { summary: 'List bays in full', query: PAGE_ARGUMENTS, answers: { 200: json(pageOf('bays', BAY_DETAIL)) }, deprecated },
  show: { summary: 'Show a bay', answers: { 200: json(BAY_SHOWN) }, refusals: [409], deprecated },
  create: {
    summary: 'Create a bay', body: { name: 'BayCreate', type: BAY }, refusals: [409], deprecated,
    answers: { 201: json(BAY_DETAIL, 'At 1.1.', CREATED_HEADERS), 202: json(ACCEPTED, 'From 1.2 on.', OPERATION_HEADERS) },
  },
  createAt: { ...alwaysRefused('Nothing: Magnum takes the identifier for the body'), deprecated },
  update: {
    summary: 'Change the number of nodes', query: { rollback: booleanArgument }, body: { name: 'BayPatch', type: patchOf(BAY_PATCH) },
    answers: { 200: json(BAY_DETAIL, 'At 1.1.', OPERATION_HEADERS), 202: json(ACCEPTED, 'From 1.2 on.', OPERATION_HEADERS) },
    refusals: [409], deprecated,
  },
  updateNothing: { ...alwaysRefused('Nothing: a bay must be named'), deprecated },
  remove: { summary: 'Delete a bay', answers: { 204: nothing('It is being deleted.', OPERATION_HEADERS) }, refusals: [409], deprecated },
  removeNothing: { ...alwaysRefused('Nothing: a bay must be named'), deprecated },
});

const BAYMODEL = named('Baymodel', object(TEMPLATE_FIELDS));
const BAYMODELS = json(pageOf('baymodels', BAYMODEL));
const gone = { deprecated: DEPRECATIONS.baymodels };

export const BaymodelsDescribed = Described({
  list: { summary: 'List bay models', query: PAGE_ARGUMENTS, answers: { 200: BAYMODELS }, ...gone },
  detail: { summary: 'List bay models: the same', query: PAGE_ARGUMENTS, answers: { 200: BAYMODELS }, ...gone },
  show: { summary: 'Show a bay model', answers: { 200: json(BAYMODEL) }, refusals: [409], ...gone },
  create: {
    summary: 'Create a bay model', body: { name: 'BaymodelCreate', type: baymodelType },
    answers: { 201: json(BAYMODEL, 'It is there.', created('baymodels')) }, refusals: [409], ...gone,
  },
  createAt: { ...alwaysRefused('Nothing: Magnum takes the identifier for the body'), ...gone },
  revise: {
    summary: 'Change a bay model', body: { name: 'BaymodelPatch', type: patchOf(BAYMODEL_PATCH) },
    answers: { 200: json(BAYMODEL) }, refusals: [409], ...gone,
  },
  reviseNothing: { ...alwaysRefused('Nothing: a bay model must be named'), ...gone },
  remove: { summary: 'Delete a bay model', answers: { 204: nothing('It is gone.') }, refusals: [409], ...gone },
  removeNothing: { ...alwaysRefused('Nothing: a bay model must be named'), ...gone },
});

import { Described, alwaysRefused, json } from '../openapi/describe.ts';
import { UUID, listOf, object } from '../openapi/schema.ts';
import { patchOf } from '../wire/json-patch.ts';
import { PAGE_ARGUMENTS } from '../wire/page.ts';
import { FEDERATION, FEDERATION_PATCH } from './federation.type.ts';

const NONE = json(object({ federations: { ...listOf({}), maxItems: 0 } }), 'There are none.');

export const FederationsDescribed = Described({
  list: { summary: 'List federations', query: PAGE_ARGUMENTS, answers: { 200: NONE } },
  detail: { summary: 'List federations in full', query: PAGE_ARGUMENTS, answers: { 200: NONE } },
  show: alwaysRefused('Show a federation: there are none'),
  create: {
    summary: 'Ask for a federation', body: { name: 'FederationCreate', type: FEDERATION },
    answers: { 202: json(object({ uuid: UUID }), 'Magnum takes it in and never makes one.') }, refusals: [404, 409],
  },
  createAt: alwaysRefused('Nothing: Magnum takes the identifier for the body'),
  change: {
    ...alwaysRefused('Change a federation: there are none'), body: { name: 'FederationPatch', type: patchOf(FEDERATION_PATCH) },
  },
  remove: alwaysRefused('Delete a federation: there are none'),
  changeNothing: alwaysRefused('Nothing: a federation must be named'),
  removeNothing: alwaysRefused('Nothing: a federation must be named'),
});

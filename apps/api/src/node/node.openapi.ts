import { OPERATION_HEADERS } from '../openapi/common-answers.ts';
import { Described, json } from '../openapi/describe.ts';
import { TEXT, TIME, UUID, named, nullable, object, words } from '../openapi/schema.ts';
import { ACCEPTED, pageOf } from '../openapi/shapes.ts';
import { string } from '../wire/attribute.ts';
import { integerArgument, textArgument } from '../wire/query.ts';
import { ResourceType } from '../wire/resource-type.ts';

/** `nodegroup` is a name or an id, `marker` the name of the last node of the page before. */
export const NODES_ARGUMENTS = { nodegroup: textArgument, limit: integerArgument, marker: textArgument };

/** What may be asked of a new node. */
export const NODE_REQUEST = new ResourceType('node', { nodegroup: string({ min: 1, max: 255 }) });

const NODE = named('Node', object({
  name: TEXT,
  server_id: { ...nullable(TEXT), description: 'What the cloud or the COE calls it.' },
  nodegroup: TEXT,
  role: nullable(TEXT),
  az: nullable(TEXT),
  flavor: nullable(TEXT),
  image: nullable(TEXT),
  state: { ...words('READY', 'NOT_READY', 'LEAVING'), description: '`NOT_READY` where its COE said so last.' },
  address: TEXT,
  created_at: nullable(TIME),
  created_by_event: { ...nullable(UUID), description: 'The event by which it joined.' },
}));

export const NodesDescribed = Described({
  list: {
    summary: 'List the nodes of a cluster one by one', description: 'In order of joining.', query: NODES_ARGUMENTS,
    answers: { 200: json(pageOf('nodes', NODE)) }, refusals: [404, 409],
  },
  add: {
    summary: 'Add a node', description: 'One more in `nodegroup`, by default that of the workers, and like the others there: for another flavor, image or zone make a node group. '
      + 'Refused while something else changes the cluster.',
    body: { name: 'NodeCreate', type: NODE_REQUEST }, answers: { 202: json(ACCEPTED, 'It is being made.', OPERATION_HEADERS) }, refusals: [404, 409],
  },
  remove: {
    summary: 'Take a node away', description: 'By name or `server_id`. Its group has one less from then on. Refused while something else changes the cluster.',
    answers: { 202: json(ACCEPTED, 'It is being taken away.', OPERATION_HEADERS) }, refusals: [404, 409],
  },
  replace: {
    summary: 'Replace a node', description: 'By name or `server_id`: it leaves, and another one of its group comes. Refused while something else changes the cluster.',
    answers: { 202: json(ACCEPTED, 'It is being replaced.', OPERATION_HEADERS) }, refusals: [404, 409],
  },
});

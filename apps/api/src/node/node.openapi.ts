import { Described, json } from '../openapi/describe.ts';
import { TEXT, TIME, UUID, named, nullable, object, words } from '../openapi/schema.ts';
import { pageOf } from '../openapi/shapes.ts';
import { integerArgument, textArgument } from '../wire/query.ts';

/** `nodegroup` is a name or an id, `marker` the name of the last node of the page before. */
export const NODES_ARGUMENTS = { nodegroup: textArgument, limit: integerArgument, marker: textArgument };

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
});

import { Described, json } from '../openapi/describe.ts';
import { TEXT, UUID, named, nullable, object } from '../openapi/schema.ts';

const CREDENTIAL = {
  cluster_uuid: UUID, purpose: TEXT, auth_url: { ...TEXT, description: 'Keystone, with `/v3`.' }, region: nullable(TEXT),
  id: { ...TEXT, description: 'Of an application credential.' }, secret: TEXT, expires_at: nullable({ ...TEXT, format: 'date-time' }),
};

export const NodeCredentialsDescribed = Described({
  show: {
    summary: 'Fetch what a node acts with in its cloud',
    description: 'For a node of the cluster alone, which shows its share of a bootstrap token in X-Auth-Token and names the cluster by id; users get 403. '
      + 'A master may have `network` and `volume`, any node what the drivers need that the cluster was made with; 404: there is none. Never to be cached.',
    answers: { 200: json(named('NodeCredential', object(CREDENTIAL)), 'It is the node’s.', { 'cache-control': { description: '`no-store`', required: true, schema: TEXT } }) },
  },
});

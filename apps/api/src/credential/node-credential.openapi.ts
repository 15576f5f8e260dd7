import { Described, json, nothing } from '../openapi/describe.ts';
import { TEXT, UUID, named, nullable, object } from '../openapi/schema.ts';

const CREDENTIAL = {
  cluster_uuid: UUID, purpose: TEXT, auth_url: { ...TEXT, description: 'Keystone, with `/v3`.' }, region: nullable(TEXT),
  id: { ...TEXT, description: 'Of an application credential.' }, secret: TEXT, expires_at: nullable({ ...TEXT, format: 'date-time' }),
};

const HEADERS = {
  'cache-control': { description: '`no-store`', required: true, schema: TEXT },
  etag: { description: 'Of this credential; no secret.', required: true, schema: TEXT },
};

export const NodeCredentialsDescribed = Described({
  show: {
    summary: 'Fetch what a node acts with in its cloud',
    description: 'For a node of the cluster alone, which names the cluster by id and shows in X-Auth-Token its share of a bootstrap token or, once it has its '
      + 'certificate, `jeroboam-node-key:<seconds since the epoch>:<certificate>:<signature>`: DER in base64, and the signature of its key (SHA-256, base64) over the lines '
      + '`GET /clusters/<id>/credentials/<purpose>`, the same seconds, and the tag in If-None-Match, each ended by a newline. With If-None-Match a node says that it uses '
      + 'the credential of that tag. Users get 403. '
      + 'A master may have `network` and `volume`, any node what the drivers need that the cluster was made with; 404: there is none. Never to be cached.',
    answers: { 200: json(named('NodeCredential', object(CREDENTIAL)), 'It is the node’s.', HEADERS), 304: nothing('The node has the newest.', HEADERS) },
  },
});

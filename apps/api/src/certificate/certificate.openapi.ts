import { OPERATION_HEADERS } from '../openapi/common-answers.ts';
import { Described, json } from '../openapi/describe.ts';
import { TEXT, UUID, named, nullable, object } from '../openapi/schema.ts';
import { ACCEPTED, LINKS } from '../openapi/shapes.ts';
import { textArgument } from '../wire/query.ts';
import { CERTIFICATE } from './certificate.type.ts';

const PEM = { ...TEXT, pattern: '^-----BEGIN CERTIFICATE-----\n[^]*\n-----END CERTIFICATE-----$' };
const CERTIFICATE_FIELDS = { cluster_uuid: UUID, links: LINKS, pem: PEM };
const AUTHORITY = { ...TEXT, description: '`kubernetes` (default), `etcd` or `front-proxy`; anything else is the cluster’s CA.' };

const FOR_NODES = 'Also for a node of the cluster, which shows its share of a bootstrap token in X-Auth-Token and names the cluster by id.';

/** Arguments of a certificate. */
export const SHOW_ARGUMENTS = { ca_cert_type: { ...textArgument, schema: AUTHORITY } };

export const CertificatesDescribed = Described({
  show: {
    summary: 'Show a CA of a cluster', description: FOR_NODES, query: SHOW_ARGUMENTS,
    answers: { 200: json(named('CaCertificate', object(CERTIFICATE_FIELDS))) }, refusals: [409],
  },
  sign: {
    summary: 'Sign a certificate', description: FOR_NODES, body: { name: 'CertificateSign', type: CERTIFICATE }, refusals: [409],
    answers: { 201: json(named('Certificate', object({ ...CERTIFICATE_FIELDS, csr: TEXT }, { ca_cert_type: nullable(TEXT) })), 'It is signed.') },
  },
  rotate: {
    summary: 'Rotate the CAs of a cluster', description: 'Old and new are both trusted until every node has the new ones.',
    answers: { 202: json(ACCEPTED, 'They are being rotated.', OPERATION_HEADERS) }, refusals: [409],
  },
});

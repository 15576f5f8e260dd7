import { Described, json } from '../openapi/describe.ts';
import { TEXT, listOf, named, nullable, object, words } from '../openapi/schema.ts';

const LABEL = named('LabelWarning', object({
  code: { ...words('LABEL_UNKNOWN'), description: 'A label that neither Magnum nor the driver of the cluster names.' },
  message: TEXT,
  label: TEXT,
  nodegroup: { ...nullable(TEXT), description: 'The node group that has the label; null for one of the cluster itself.' },
}));

const CREDENTIAL = named('CredentialWarning', object({
  code: { ...words('CREDENTIAL_EXPIRING'), description: 'What the cluster acts with in its cloud expires, and is a user’s: a member has to have it rotated.' },
  message: TEXT,
  purpose: TEXT,
  expires_at: { ...TEXT, format: 'date-time' },
}));

export const WarningsDescribed = Described({
  list: {
    summary: 'List what a member should look after',
    description: 'A label whose name nobody knows: it was taken, as Magnum does, and is likely to have no effect. A credential that expires and that nobody else can replace.',
    answers: { 200: json(object({ warnings: listOf({ oneOf: [LABEL, CREDENTIAL] }) })) }, refusals: [404, 409],
  },
});

import { Described, json } from '../openapi/describe.ts';
import { TEXT, listOf, named, nullable, object, words } from '../openapi/schema.ts';

const WARNING = named('Warning', object({
  code: { ...words('LABEL_UNKNOWN'), description: '`LABEL_UNKNOWN`: a label that neither Magnum nor the driver of the cluster names.' },
  message: TEXT,
  label: TEXT,
  nodegroup: { ...nullable(TEXT), description: 'The node group that has the label; null for one of the cluster itself.' },
}));

export const WarningsDescribed = Described({
  list: {
    summary: 'List what was accepted of a cluster and may be a mistake',
    description: 'Such as a label whose name nobody knows: it was taken, as Magnum does, and is likely to have no effect.',
    answers: { 200: json(object({ warnings: listOf(WARNING) })) }, refusals: [404, 409],
  },
});

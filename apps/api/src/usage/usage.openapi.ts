import { Described, json } from '../openapi/describe.ts';
import { INTEGER, TEXT, UUID, listOf, named, nullable, object, words, type Schema } from '../openapi/schema.ts';
import { integerArgument, textArgument, uuidArgument } from '../wire/query.ts';

export const USAGE_ARGUMENTS = {
  from: textArgument, to: textArgument, project_id: textArgument, cluster: textArgument, group_by: textArgument,
  limit: integerArgument, marker: uuidArgument,
};

const NUMBER: Schema = { type: 'number', minimum: 0 };
const MOMENT: Schema = { ...TEXT, format: 'date-time', pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$` };
const PERIOD = { from: nullable(MOMENT), to: MOMENT };
const FLAVOR = { ...nullable(TEXT), description: 'Name or id, as it was asked for; null where nothing was.' };

const INTERVAL = named('UsageInterval', object({
  id: UUID,
  cluster_uuid: UUID,
  cluster_name: TEXT,
  project_id: TEXT,
  user_id: TEXT,
  nodegroup: TEXT,
  role: nullable(TEXT),
  flavor: FLAVOR,
  node_count: { ...INTEGER, minimum: 1 },
  from: MOMENT,
  to: MOMENT,
  seconds: NUMBER,
  node_seconds: { ...NUMBER, description: '`seconds` for each node.' },
  sequence: { ...INTEGER, description: 'Rises from interval to interval of a node group.' },
  state: { ...words('open', 'closed'), description: '`open` where it goes on at the end of the period.' },
}));
const TOTAL = named('UsageTotal', object({ node_seconds: NUMBER }, { flavor: FLAVOR, role: nullable(TEXT), project_id: TEXT }));
const next = { ...TEXT, format: 'uri', description: 'The next page; there where this one is full.' };
const PAGE = named('UsagePage', object({ usage: listOf(INTERVAL), ...PERIOD }, { next }));
const TOTALS = named('UsageTotals', object({ totals: listOf(TOTAL), ...PERIOD }));

export const UsageDescribed = Described({
  show: {
    summary: 'Show what clusters used, for billing',
    description: 'How many nodes of which flavor, from when to when, within a period; sums with `group_by` flavor, role or project_id.',
    query: USAGE_ARGUMENTS,
    answers: { 200: json({ oneOf: [PAGE, TOTALS] }, 'Intervals by their beginning, or sums.') },
    refusals: [404],
  },
});

import { Described, json } from '../openapi/describe.ts';
import { INTEGER, TEXT, UUID, listOf, named, nullable, object, words } from '../openapi/schema.ts';
import { integerArgument, textArgument, uuidArgument } from '../wire/query.ts';

export const USAGE_ARGUMENTS = {
  from: textArgument, to: textArgument, project_id: textArgument, cluster: textArgument, group_by: textArgument,
  limit: integerArgument, marker: uuidArgument,
};

/** With milliseconds, unlike Magnum's times. */
const MOMENT = { ...TEXT, format: 'date-time', pattern: String.raw`\.\d{3}Z$` };
const SECONDS = { type: 'number', minimum: 0 };
const PERIOD = { from: nullable(MOMENT), to: MOMENT };
const INTERVAL = named('UsageInterval', object({
  id: UUID, cluster_uuid: UUID, cluster_name: TEXT, project_id: TEXT, user_id: TEXT, nodegroup: TEXT, role: TEXT, flavor: nullable(TEXT),
  node_count: INTEGER, from: MOMENT, to: MOMENT, seconds: SECONDS, node_seconds: SECONDS, sequence: INTEGER, state: words('open', 'closed'),
}));
const TOTAL = named('UsageTotal', object({ node_seconds: SECONDS }, { flavor: nullable(TEXT), role: TEXT, project_id: TEXT }));
const PAGE = named('Usage', object({ usage: listOf(INTERVAL), ...PERIOD }, { next: { ...TEXT, format: 'uri' } }));
const TOTALS = named('UsageTotals', object({ totals: listOf(TOTAL), ...PERIOD }));

export const UsageDescribed = Described({
  show: {
    summary: 'Show what clusters used, for billing', query: USAGE_ARGUMENTS,
    answers: { 200: json({ oneOf: [PAGE, TOTALS] }, 'Intervals; sums where `group_by` was given.') }, refusals: [409],
  },
});

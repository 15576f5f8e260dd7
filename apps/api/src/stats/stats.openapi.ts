import { Described, json } from '../openapi/describe.ts';
import { INTEGER, named, object } from '../openapi/schema.ts';
import { textArgument } from '../wire/query.ts';

/** Arguments of the count. */
export const STATS_ARGUMENTS = { project_id: textArgument, type: textArgument };

export const StatsDescribed = Described({
  show: {
    summary: 'Count clusters and their nodes, masters too', query: STATS_ARGUMENTS,
    answers: { 200: json(named('Stats', object({ clusters: INTEGER, nodes: INTEGER }))) },
  },
});

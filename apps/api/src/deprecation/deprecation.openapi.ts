import { Described, json } from '../openapi/describe.ts';
import { BOOLEAN, INTEGER, TEXT, listOf, named, nullable, object, words } from '../openapi/schema.ts';
import { integerArgument } from '../wire/query.ts';

const DAYS = { ...integerArgument, schema: { ...INTEGER, minimum: 1, maximum: 90, description: 'Days of UTC whose use is shown.' } };
export const DEPRECATION_ARGUMENTS = { days: DAYS };

const DAY = { ...TEXT, format: 'date', pattern: String.raw`^\d{4}-\d\d-\d\d$` };
const USE = named('DeprecatedUse', object({ day: DAY, project_id: TEXT, client: TEXT, count: INTEGER }));
const DEPRECATION = named('Deprecation', object({
  feature: TEXT,
  kind: words('endpoint', 'field', 'label', 'driver', 'coe', 'microversion', 'config'),
  name: TEXT,
  state: words('deprecated', 'gone'),
  since: DAY,
  sunset: DAY,
  replacement: nullable(TEXT),
  doc: TEXT,
  uses: listOf(USE),
}));

export const DeprecationsDescribed = Described({
  list: {
    summary: 'List what will go away, and who uses it', query: DEPRECATION_ARGUMENTS,
    answers: { 200: json(object({ deprecations: listOf(DEPRECATION), counted_since: DAY, complete: BOOLEAN })) },
  },
});

import { Described, json } from '../openapi/describe.ts';
import { BOOLEAN, INTEGER, TEXT, TIME, listOf, named, nullable, object, words } from '../openapi/schema.ts';

const SERVICE = named('Service', object({
  host: TEXT, binary: TEXT, state: words('up', 'down'), id: INTEGER, report_count: INTEGER, disabled: BOOLEAN,
  disabled_reason: nullable(TEXT), created_at: TIME, updated_at: nullable(TIME),
}));

export const ServicesDescribed = Described({
  list: { summary: 'List the services behind the API', answers: { 200: json(object({ mservices: listOf(SERVICE) })) } },
});

import { ignored, integer, oneOf, readOnly, string } from '../wire/attribute.ts';
import { ResourceType } from '../wire/resource-type.ts';

/** The one resource that has a quota. */
export const CLUSTER = 'Cluster';

/** What may be sent of a quota: contract section 2.6. A change takes the same object, not a JSON patch. */
const FIELDS = {
  id: integer(1),
  hard_limit: integer(0),
  project_id: string({ min: 1, max: 255 }),
  resource: oneOf(CLUSTER),
  created_at: readOnly(ignored()),
  updated_at: readOnly(ignored()),
};

export const QUOTA = new ResourceType('quota', FIELDS);
/** Magnum calls the body of a change by another name. */
export const QUOTA_CHANGE = new ResourceType('quotapatch', FIELDS);

/** Magnum's default where no limit was sent; also in a change. */
export const DEFAULT_HARD_LIMIT = 1;

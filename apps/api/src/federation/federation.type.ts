import { dictionary, ignored, oneOf, readOnly, string, text, texts, uuid } from '../wire/attribute.ts';
import type { PatchRules } from '../wire/json-patch.ts';
import { ResourceType } from '../wire/resource-type.ts';

const STATUSES = ['CREATE', 'UPDATE', 'DELETE'].flatMap((action) => ['IN_PROGRESS', 'FAILED', 'COMPLETE'].map((end) => `${action}_${end}`));

/** What may be sent of a federation: contract section 2.7. */
export const FEDERATION = new ResourceType('federation', {
  uuid: uuid(),
  name: string({ min: 1, max: 242, pattern: '^[a-zA-Z][a-zA-Z0-9_.-]*$' }),
  hostcluster_id: string({ min: 1, max: 255 }),
  member_ids: texts(),
  status: oneOf(...STATUSES),
  status_reason: text(),
  properties: dictionary(),
  links: readOnly(ignored()),
  created_at: readOnly(ignored()),
  updated_at: readOnly(ignored()),
});

export const FEDERATION_PATCH: PatchRules = { internal: [], nonRemovable: [], maps: [] };

import { CLUSTER_TEMPLATE_PATCH } from '../bay-model/cluster-template.patch.ts';
import { clusterTemplateFields } from '../bay-model/cluster-template.type.ts';
import type { PatchRules } from '../wire/json-patch.ts';
import { ResourceType } from '../wire/resource-type.ts';

/** What may be sent of a bay model: all of a cluster template that there was when bay models went (contract section 2.9). */
export function baymodelType(drivers: Parameters<typeof clusterTemplateFields>[0]) {
  const { project_id: _project, user_id: _user, driver: _driver, ...fields } = clusterTemplateFields(drivers);
  return new ResourceType('baymodel', fields);
}

export const BAYMODEL_PATCH: PatchRules = { ...CLUSTER_TEMPLATE_PATCH, internal: ['/driver'] };

import type { BayModelDocument } from '@jeroboam/read-model';
import { clusterTemplateView } from '../bay-model/cluster-template.view.ts';
import { links, type BaseUrl } from '../wire/links.ts';

/** What cluster templates show and bay models never did. */
const NOT_SHOWN = new Set(['project_id', 'user_id', 'driver']);

/** A bay model under its old name. */
export function baymodelView(model: BayModelDocument, base: BaseUrl): Record<string, unknown> {
  const shown = Object.entries(clusterTemplateView(model, base)).filter(([name]) => !NOT_SHOWN.has(name));
  return { ...Object.fromEntries(shown), links: links(base, `baymodels/${model.id}`) };
}

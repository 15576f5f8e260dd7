import type { BayView, NodeGroupView, OperationView } from '@jeroboam/domain';
import { scopeOf } from '@jeroboam/domain';
import { bundleOf } from '../steps/work.ts';
import type { HeatBlueprint, Site } from '../blueprint.ts';
import { declaredIn } from '../bundle/parameters.ts';
import { renderTemplate } from './render-template.ts';

/** The world as far as no resource depends on it. */
const SITE: Site = { authUrl: 'http://keystone/v3', apiUrl: 'http://api/v1', bootstrapToken: '(hidden)', network: async (ident) => ({ id: ident, portSecurity: true }) };

/** What a bay has in its cloud after an operation: that of its own stack, and of each further node group below `<name>/`. */
export async function renderBay(blueprint: HeatBlueprint, operation: OperationView, bay: BayView): Promise<Readonly<Record<string, unknown>>> {
  if (operation.kind === 'delete') return {};
  const { files, outputs } = bundleOf(blueprint, operation, bay.spec);
  const groups = groupsAfter(operation, bay);
  const masters = groups.find(({ role }) => role === 'master');
  const workers = groups.find(({ role, isDefault }) => isDefault && role !== 'master')!;
  const own = await valuesOf(blueprint, bay, workers, files['bay.yaml']!);
  const rendered = renderTemplate(files, 'bay.yaml', { ...own, number_of_masters: masters?.nodeCount ?? 0, number_of_workers: workers.nodeCount });
  for (const group of groups.filter(({ isDefault }) => !isDefault)) {
    // What the bay's own stack puts out is known once it is there.
    const known = Object.fromEntries(Object.keys(outputs).map((name) => [name, { output: name }]));
    const values = await valuesOf(blueprint, bay, group, files['node-group.yaml']!);
    Object.assign(rendered, renderTemplate(files, 'node-group.yaml', { ...known, ...values, number_of_workers: group.nodeCount }, `${group.name}/`));
  }
  return rendered;
}

function groupsAfter(operation: OperationView, { nodeGroups }: BayView): readonly NodeGroupView[] {
  const { kind, resize } = operation;
  const resized = nodeGroups.map((group) => (group.name === resize?.nodeGroup ? { ...group, nodeCount: resize.nodeCount } : group));
  return kind === 'delete-node-group' ? resized.filter(({ name, isDefault }) => isDefault || name !== scopeOf(operation).nodeGroup) : resized;
}

async function valuesOf(blueprint: HeatBlueprint, bay: BayView, workers: NodeGroupView, template: string): Promise<Readonly<Record<string, unknown>>> {
  const declared = declaredIn(template);
  const values = await blueprint.parametersOf(bay, workers, SITE);
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => declared.includes(name) && value !== null && value !== undefined));
}

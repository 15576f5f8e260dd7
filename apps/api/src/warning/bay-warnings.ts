import type { DriverManifest } from '@jeroboam/driver-sdk';
import type { BayDocument } from '@jeroboam/read-model';
import { unknownLabels } from '../capability/known-labels.ts';

export interface BayWarning {
  readonly code: 'LABEL_UNKNOWN';
  readonly message: string;
  readonly label: string;
  /** Null: the bay itself has the label. */
  readonly nodegroup: string | null;
}

/** What was accepted and may be a mistake: labels of the bay, then those that its node groups have besides. */
export function bayWarnings(manifest: DriverManifest, { spec, nodeGroups }: Pick<BayDocument, 'spec' | 'nodeGroups'>): readonly BayWarning[] {
  const warningsOf = (labels: Readonly<Record<string, string>>, nodegroup: string | null): BayWarning[] =>
    unknownLabels(manifest, labels).map((label) => ({ code: 'LABEL_UNKNOWN', message: sentence(label, manifest), label, nodegroup }));
  const besides = (labels: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(labels).filter(([label]) => !Object.hasOwn(spec.labels, label)));
  return [...warningsOf(spec.labels, null), ...nodeGroups.flatMap(({ name, labels }) => warningsOf(besides(labels), name))];
}

function sentence(label: string, { name, version }: DriverManifest): string {
  return `Neither Magnum nor version ${version} of the driver ${name} knows the label ${label}; it is likely to have no effect.`;
}

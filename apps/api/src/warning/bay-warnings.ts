import type { CredentialPurpose } from '@jeroboam/domain';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import type { BayDocument } from '@jeroboam/read-model';
import { unknownLabels } from '../capability/known-labels.ts';

interface LabelWarning {
  readonly code: 'LABEL_UNKNOWN';
  readonly message: string;
  readonly label: string;
  /** Null: the bay itself has the label. */
  readonly nodegroup: string | null;
}

interface CredentialWarning {
  readonly code: 'CREDENTIAL_EXPIRING';
  readonly message: string;
  readonly purpose: CredentialPurpose;
  readonly expires_at: string;
}

type Warned = Pick<BayDocument, 'id' | 'spec' | 'nodeGroups' | 'expiringCredentials'>;

/** What a member should look after: credentials that nobody else can replace, and what was accepted and may be a mistake. */
export function bayWarnings(manifest: DriverManifest, bay: Warned): readonly (CredentialWarning | LabelWarning)[] {
  return [...credentialWarnings(bay), ...labelWarnings(manifest, bay)];
}

function credentialWarnings({ id, expiringCredentials = [] }: Warned): readonly CredentialWarning[] {
  return expiringCredentials.map(({ purpose, expiresAt }) => ({
    code: 'CREDENTIAL_EXPIRING', purpose, expires_at: expiresAt,
    message: `The credential for ${purpose} expires at ${expiresAt}, and only a member of the project can have another made: PATCH /v1/credentials/${id}.`,
  }));
}

/** Labels of the bay, then those that its node groups have besides. */
function labelWarnings(manifest: DriverManifest, { spec, nodeGroups }: Warned): readonly LabelWarning[] {
  const warningsOf = (labels: Readonly<Record<string, string>>, nodegroup: string | null): LabelWarning[] =>
    unknownLabels(manifest, labels).map((label) => ({ code: 'LABEL_UNKNOWN', message: sentence(label, manifest), label, nodegroup }));
  const besides = (labels: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(labels).filter(([label]) => !Object.hasOwn(spec.labels, label)));
  return [...warningsOf(spec.labels, null), ...nodeGroups.flatMap(({ name, labels }) => warningsOf(besides(labels), name))];
}

function sentence(label: string, { name, version }: DriverManifest): string {
  return `Neither Magnum nor version ${version} of the driver ${name} knows the label ${label}; it is likely to have no effect.`;
}

import { ExtensionNotAllowed } from './certificate.errors.ts';
import { pythonBytes } from './python-bytes.ts';

/** RFC 5280 section 4.2.1.3, in order of its bits. */
export const KEY_USAGES = [
  'digitalSignature', 'nonRepudiation', 'keyEncipherment', 'dataEncipherment', 'keyAgreement',
  'keyCertSign', 'cRLSign', 'encipherOnly', 'decipherOnly',
] as const;
export type KeyUsage = (typeof KEY_USAGES)[number];

interface AnyExtension {
  /** Dotted. */
  readonly oid: string;
  readonly critical: boolean;
}

/** An X.509 extension a CSR asks for, read as far as the policy looks into it. */
export type RequestedExtension = AnyExtension &
  (
    | { readonly kind: 'keyUsage'; readonly usages: readonly KeyUsage[] }
    | { readonly kind: 'basicConstraints'; readonly isAuthority: boolean; readonly pathLength: number | null }
    /** `value`: DER of what it says. */
    | { readonly kind: 'other'; readonly value: Uint8Array }
  );

const ALLOWED_USAGES: ReadonlySet<KeyUsage> = new Set<KeyUsage>(['digitalSignature', 'keyEncipherment', 'nonRepudiation']);

/** Allowed beside keyUsage and basicConstraints, with the names Magnum's X.509 library has for them. */
const NAMES: Readonly<Record<string, string>> = {
  '2.5.29.14': 'subjectKeyIdentifier',
  '2.5.29.15': 'keyUsage',
  '2.5.29.17': 'subjectAltName',
  '2.5.29.19': 'basicConstraints',
  '2.5.29.37': 'extendedKeyUsage',
};

/**
 * Magnum's filter for the extensions of a user's CSR (contract section 9.1): the allowed ones stay, the others go;
 * a critical one that would have to go, or to lose part of what it says, is refused.
 *
 * @throws {ExtensionNotAllowed}
 */
export function admitExtensions(requested: readonly RequestedExtension[]): RequestedExtension[] {
  return requested.flatMap((extension) => {
    if (extension.kind === 'keyUsage') return admitKeyUsage(extension);
    if (extension.kind === 'basicConstraints') return admitBasicConstraints(extension);
    if (extension.oid in NAMES) return [extension];
    return dropped(extension);
  });
}

function admitKeyUsage(extension: Extract<RequestedExtension, { kind: 'keyUsage' }>): RequestedExtension[] {
  const usages = extension.usages.filter((usage) => ALLOWED_USAGES.has(usage));
  if (usages.length < extension.usages.length && extension.critical) throw notAllowed(extension);
  // RFC 5280 section 4.2.1.3 forbids the extension with no bit set.
  return usages.length === 0 ? [] : [{ ...extension, usages }];
}

function admitBasicConstraints(extension: Extract<RequestedExtension, { kind: 'basicConstraints' }>): RequestedExtension[] {
  if (!extension.isAuthority) return [extension];
  if (extension.critical) throw notAllowed(extension);
  return [{ ...extension, isAuthority: false, pathLength: null }];
}

function dropped(extension: RequestedExtension): RequestedExtension[] {
  if (extension.critical) throw notAllowed(extension);
  return [];
}

function notAllowed(extension: RequestedExtension): ExtensionNotAllowed {
  const name = NAMES[extension.oid] ?? 'Unknown OID';
  const identifier = `<ObjectIdentifier(oid=${extension.oid}, name=${name})>`;
  return new ExtensionNotAllowed(extension.oid, `<Extension(oid=${identifier}, critical=True, value=${shown(extension, identifier)})>`);
}

/** Values in the text form of Magnum's X.509 library, which its message carries. */
function shown(extension: RequestedExtension, identifier: string): string {
  switch (extension.kind) {
    case 'basicConstraints':
      return `<BasicConstraints(ca=${python(extension.isAuthority)}, path_length=${extension.pathLength ?? 'None'})>`;
    case 'keyUsage': {
      const flags = KEY_USAGES.map((usage) => `${snakeCase(usage)}=${python(extension.usages.includes(usage))}`);
      return `<KeyUsage(${flags.join(', ')})>`;
    }
    case 'other':
      return `<UnrecognizedExtension(oid=${identifier}, value=${pythonBytes(extension.value)})>`;
  }
}

function python(flag: boolean): string {
  return flag ? 'True' : 'False';
}

function snakeCase(usage: KeyUsage): string {
  if (usage === 'nonRepudiation') return 'content_commitment';
  return usage === 'cRLSign' ? 'crl_sign' : usage.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

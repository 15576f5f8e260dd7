/** The independent certificate authorities of one bay. `kubernetes` is the cluster CA, whatever the COE. */
export const AUTHORITIES = ['kubernetes', 'etcd', 'front-proxy'] as const;
export type Authority = (typeof AUTHORITIES)[number];

/**
 * Reads Magnum's `ca_cert_type`. A value Magnum does not know (its own Fedora drivers send `kubelet`) silently means
 * the cluster CA there, so it does here.
 */
export function authorityOf(caCertType: string | null | undefined): Authority {
  if (caCertType === 'etcd') return 'etcd';
  return caCertType === 'front-proxy' || caCertType === 'front_proxy' ? 'front-proxy' : 'kubernetes';
}

/** The stream that holds a bay's authorities and the ledger of what they issued. */
export function certificatesStream(bayId: string): string {
  return `certificates-${bayId}`;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Magnum's `[x509] term_of_validity`. */
const TERM_DAYS = 1825;

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * Magnum's validity for every certificate: from a day before `now`, so that a node whose clock is behind takes it,
 * to five years of 365 days after. In whole seconds, as certificates cannot say more.
 */
export function validityFrom(now: Date): Validity {
  const seconds = Math.floor(now.getTime() / 1000) * 1000;
  return { notBefore: new Date(seconds - DAY_MS), notAfter: new Date(seconds + TERM_DAYS * DAY_MS) };
}

/** The validity of a certificate known by its end: what `validityFrom` gave when it was issued. */
export function validityUntil(notAfter: Date): Validity {
  return { notBefore: new Date(notAfter.getTime() - (TERM_DAYS + 1) * DAY_MS), notAfter };
}

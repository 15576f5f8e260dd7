import { DomainError } from '@jeroboam/domain';

/** Services of the cloud that look-ups go to, by their catalog type. */
export type CloudService = 'image' | 'compute' | 'network' | 'identity';

/** What people call them; messages name both, as operators search logs for the one and users for the other. */
export const SERVICE_NAMES: Readonly<Record<CloudService, string>> = {
  image: 'image service (Glance)',
  compute: 'compute service (Nova)',
  network: 'network service (Neutron)',
  identity: 'identity service (Keystone)',
};

/** Kinds of things a look-up can find, as messages name them. */
export type LookupKind = 'image' | 'flavor' | 'keypair' | 'external network' | 'network' | 'subnet' | 'project';

/**
 * Keystone cannot be asked: unreachable, too slow, failing, or it refuses our own service user. Says nothing about the
 * caller's token; the same request may succeed later.
 */
export class KeystoneUnavailable extends DomainError {
  readonly code = 'KEYSTONE_UNAVAILABLE';
  readonly kind = 'unavailable';
  constructor(reason: string, options?: ErrorOptions) {
    super(`The identity service (Keystone) is unavailable: ${reason}`, { service: 'identity' }, options);
  }
}

/** A service of the cloud cannot be asked: not in the catalog, unreachable, too slow, or failing. */
export class CloudServiceUnavailable extends DomainError {
  readonly code = 'CLOUD_SERVICE_UNAVAILABLE';
  readonly kind = 'unavailable';
  constructor(service: CloudService, reason: string, options?: ErrorOptions) {
    super(`The ${SERVICE_NAMES[service]} is unavailable: ${reason}`, { service }, options);
  }
}

/** The cloud forbids the caller to look at this (its 403), or no longer takes the caller's token (its 401). */
export class CloudLookupForbidden extends DomainError {
  readonly code = 'CLOUD_LOOKUP_FORBIDDEN';
  readonly kind = 'forbidden';
  constructor(kind: LookupKind, ident: string, status: 401 | 403) {
    super(`Not authorized for ${kind} ${ident}.`, { kind, ident, status });
  }
}

/** Several things of this kind bear the name; only an id can tell which one is meant. */
export class CloudNameAmbiguous extends DomainError {
  readonly code = 'CLOUD_NAME_AMBIGUOUS';
  readonly kind = 'conflict';
  constructor(kind: LookupKind, ident: string) {
    super(`Multiple ${kind}s exist with same name '${ident}'. Please use the ${kind} ID instead.`, { kind, ident });
  }
}

import { DomainError } from '@jeroboam/domain';

/** Services of the cloud that we talk to, by their catalog type. */
export type CloudService = 'image' | 'compute' | 'network' | 'identity' | 'orchestration' | 'key-manager' | 'volumev3';

/** What people call them; messages name both, as operators search logs for the one and users for the other. */
export const SERVICE_NAMES: Readonly<Record<CloudService, string>> = {
  image: 'image service (Glance)',
  compute: 'compute service (Nova)',
  network: 'network service (Neutron)',
  identity: 'identity service (Keystone)',
  orchestration: 'orchestration service (Heat)',
  'key-manager': 'key manager (Barbican)',
  volumev3: 'block storage service (Cinder)',
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

/**
 * Keystone does not let us in with these credentials: wrong, expired, or whoever they belong to is gone or lost its roles.
 * Unavailable and not forbidden, as it says nothing about the request: with repaired credentials the same one succeeds.
 */
export class CloudCredentialsRefused extends DomainError {
  readonly code = 'CLOUD_CREDENTIALS_REFUSED';
  readonly kind = 'unavailable';
  constructor(credentials: string, status: number) {
    super(`The identity service (Keystone) does not take our credentials (${credentials})`, { service: 'identity', credentials, status });
  }
}

/** A service knows who we are and does not let us do this. */
export class CloudForbidden extends DomainError {
  readonly code = 'CLOUD_FORBIDDEN';
  readonly kind = 'forbidden';
  constructor(service: CloudService, action: string, answer: string) {
    super(`The ${SERVICE_NAMES[service]} forbids us to ${action}: ${answer}`, { service, action });
  }
}

/** A service finds something wrong with what we sent; it answers the same however often it is asked. */
export class CloudRequestInvalid extends DomainError {
  readonly code = 'CLOUD_REQUEST_INVALID';
  readonly kind = 'invalid';
  constructor(service: CloudService, action: string, answer: string) {
    super(`The ${SERVICE_NAMES[service]} refuses to ${action}: ${answer}`, { service, action });
  }
}

/** A service cannot do this in the state that things are in, and could not in all our tries. */
export class CloudConflict extends DomainError {
  readonly code = 'CLOUD_CONFLICT';
  readonly kind = 'conflict';
  constructor(service: CloudService, action: string, answer: string) {
    super(`The ${SERVICE_NAMES[service]} cannot ${action} now: ${answer}`, { service, action });
  }
}

/** There is no such thing in the cloud (any more). */
export class CloudThingNotFound extends DomainError {
  readonly code = 'CLOUD_THING_NOT_FOUND';
  readonly kind = 'not-found';
  constructor(service: CloudService, action: string, answer: string) {
    super(`The ${SERVICE_NAMES[service]} found nothing to ${action}: ${answer}`, { service, action });
  }
}

/** Another stack of the project has the name, and it is not one that an earlier try of ours made. */
export class StackNameTaken extends DomainError {
  readonly code = 'STACK_NAME_TAKEN';
  readonly kind = 'conflict';
  constructor(name: string) {
    super(`The project has a stack named ${name} that is not ours`, { stackName: name });
  }
}

/** Of the roles that a purpose needs the requester holds none that may be passed on. */
export class NoRoleToPassOn extends DomainError {
  readonly code = 'NO_ROLE_TO_PASS_ON';
  readonly kind = 'forbidden';
  constructor(purpose: string, wanted: readonly string[]) {
    super(`A credential for ${purpose} needs one of the roles ${wanted.join(', ')}; the requester can pass on none`, { purpose, wanted });
  }
}

/** A credential that goes to nodes would be good for everything that its roles allow, as this service enforces no access rules. */
export class AccessRulesNotEnforced extends DomainError {
  readonly code = 'ACCESS_RULES_NOT_ENFORCED';
  readonly kind = 'conflict';
  constructor(purpose: string, service: CloudService, finding: string) {
    super(`A credential for ${purpose} cannot be narrowed: the ${SERVICE_NAMES[service]} was found to leave access rules ${finding}`, { purpose, service, finding });
  }
}

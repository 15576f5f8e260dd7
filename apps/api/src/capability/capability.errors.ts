import { DomainError } from '@jeroboam/domain';

/** The driver could be used, but not for this. Known before anything is changed. */
export class CapabilityMissing extends DomainError {
  readonly code = 'CAPABILITY_MISSING';
  readonly kind = 'invalid';
}

/** The version of the driver that made the bay is not loaded: the bay can be read, not changed. */
export class DriverVersionUnavailable extends DomainError {
  readonly code = 'DRIVER_VERSION_UNAVAILABLE';
  readonly kind = 'conflict';
  constructor(name: string, version: string) {
    super(`Driver ${name} ${version}, which made this cluster, is not available.`, { driver: name, version });
  }
}

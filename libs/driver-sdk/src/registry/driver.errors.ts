import { DomainError } from '@jeroboam/domain';
import type { BayType } from '../driver.contract.ts';

/** No driver makes such bays. Words as in Magnum, where bays became clusters. */
export class ClusterTypeNotSupported extends DomainError {
  readonly code = 'BAY_TYPE_NOT_SUPPORTED';
  readonly kind = 'invalid';
  constructor({ serverType, os, coe }: BayType) {
    super(`Cluster type (${serverType}, ${os}, ${coe}) not supported.`, { serverType, os, coe });
  }
}

/** The driver somebody asked for by name is not loaded, or makes no new bays any more. */
export class ClusterDriverNotSupported extends DomainError {
  readonly code = 'DRIVER_NOT_SUPPORTED';
  readonly kind = 'invalid';
  constructor(driver: string) {
    super(`Cluster driver (${driver}) not supported.`, { driver });
  }
}

/** The configured drivers cannot be used as they are: the boot stops. `problems` lists everything that is wrong. */
export class DriversUnusable extends Error {
  override readonly name = 'DriversUnusable';
  readonly problems: readonly string[];
  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(`The configured drivers cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, options);
    this.problems = problems;
  }
}

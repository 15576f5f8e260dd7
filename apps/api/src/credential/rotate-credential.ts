import type { CredentialRotation } from '@jeroboam/domain';
import { rotateCredential, type Accepted } from '@jeroboam/messaging';
import type { BayDocument } from '@jeroboam/read-model';
import type { Api } from '../api-dependencies.ts';
import { requireAbleDriver } from '../capability/able-driver.ts';
import type { Acting, Commands } from '../command/commands.ts';
import { withRequester } from './with-requester.ts';

export interface WantedRotation extends Pick<CredentialRotation, 'purposes'> {
  /** @default false */
  readonly rebindOwner?: boolean;
}

/** Asks for other credentials for a bay, as far as the driver that made it can. */
export class RotateCredential {
  constructor(
    private readonly api: Pick<Api, 'drivers' | 'requesters'>,
    private readonly commands: Commands,
  ) {}

  /** @throws {CapabilityMissing} {DriverVersionUnavailable} and what the scheduler refuses. */
  execute(bay: BayDocument, wanted: WantedRotation, acting: Acting): Promise<Accepted> {
    requireAbleDriver(this.api.drivers, bay, 'rotate-credential');
    return withRequester(this.api.requesters, bay.id, acting, () => this.commands.changeBay(rotateCredential, { bayId: bay.id, ...wanted }, acting));
  }
}

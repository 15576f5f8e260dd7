import { Controller, Inject } from '@nestjs/common';
import { Handles, listDrivers, readExtension } from '@jeroboam/messaging';
import type { DriverOnHost, ExtensionAnswer, Message, MessageContract } from '@jeroboam/messaging';
import { DriverHost } from './driver-host.service.ts';
import { ExtensionReader } from './extension-reader.service.ts';

type In<C> = C extends MessageContract<infer Request, unknown> ? Message<Request> : never;

@Controller()
export class DriverExecutorController {
  constructor(
    @Inject(DriverHost) private readonly drivers: DriverHost,
    @Inject(ExtensionReader) private readonly extensions: ExtensionReader,
  ) {}

  @Handles(listDrivers)
  async listDrivers(): Promise<{ drivers: readonly DriverOnHost[] }> {
    return { drivers: await this.drivers.list() };
  }

  @Handles(readExtension)
  readExtension({ payload: { bay, call } }: In<typeof readExtension>): Promise<ExtensionAnswer> {
    return this.extensions.read(bay, call);
  }
}

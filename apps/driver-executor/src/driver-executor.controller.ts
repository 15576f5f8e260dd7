import { Controller, Inject } from '@nestjs/common';
import { Handles, listDrivers } from '@jeroboam/messaging';
import type { DriverOnHost } from '@jeroboam/messaging';
import { DriverHost } from './driver-host.service.ts';

@Controller()
export class DriverExecutorController {
  constructor(@Inject(DriverHost) private readonly drivers: DriverHost) {}

  @Handles(listDrivers)
  async listDrivers(): Promise<{ drivers: readonly DriverOnHost[] }> {
    return { drivers: await this.drivers.list() };
  }
}

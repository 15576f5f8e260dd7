import { MasterResizeNotSupported } from '@jeroboam/domain';
import type { WantedCount } from '@jeroboam/domain';
import type { DriverRegistry } from '@jeroboam/driver-sdk';
import { resizeBay, type Accepted } from '@jeroboam/messaging';
import type { BayDocument } from '@jeroboam/read-model';
import { requireAbleDriver } from '../capability/able-driver.ts';
import { requireRoom } from '../capability/coe-rules.ts';
import type { Acting, Commands } from '../command/commands.ts';
import { findNodeGroup } from '../node-group/find-node-group.ts';

export interface WantedSize {
  /** Name, id or number. */
  readonly nodeGroup: string;
  readonly nodeCount: WantedCount;
  readonly nodesToRemove: readonly string[];
}

/** Asks for another size of one node group, as far as the driver that made the bay can. */
export class ResizeBay {
  constructor(
    private readonly drivers: DriverRegistry,
    private readonly commands: Commands,
  ) {}

  /**
   * @throws {NodeGroupNotFound} {MasterResizeNotSupported} {CapabilityMissing} {DriverVersionUnavailable} and what the
   *   scheduler refuses.
   */
  execute(bay: BayDocument, size: WantedSize, acting: Acting): Promise<Accepted> {
    const group = findNodeGroup(bay, size.nodeGroup);
    if (group.role === 'master') throw new MasterResizeNotSupported();
    const { name, capabilities } = requireAbleDriver(this.drivers, bay, 'resize');
    const more = typeof size.nodeCount === 'number' ? size.nodeCount - group.nodeCount : size.nodeCount.change;
    requireRoom(name, capabilities, bay.masterCount + bay.nodeCount + more);
    const payload = { bayId: bay.id, nodeGroup: group.name, nodeCount: size.nodeCount, nodesToRemove: size.nodesToRemove };
    return this.commands.changeBay(resizeBay, payload, acting);
  }
}

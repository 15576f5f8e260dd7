import { MasterResizeNotSupported, NodeGroupNotFound } from '@jeroboam/domain';
import type { DriverRegistry } from '@jeroboam/driver-sdk';
import { resizeBay, type Accepted } from '@jeroboam/messaging';
import { PROJECTIONS, type BayDocument } from '@jeroboam/read-model';
import { CapabilityMissing, DriverVersionUnavailable } from '../capability/capability.errors.ts';
import { requireRoom } from '../capability/coe-rules.ts';
import type { Acting, Commands } from '../command/commands.ts';

export interface WantedSize {
  /** Name or id. */
  readonly nodeGroup: string;
  readonly nodeCount: number;
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
    const group = bay.nodeGroups.find(({ name, nodeGroupId }) => name === size.nodeGroup || nodeGroupId === size.nodeGroup);
    if (!group) throw new NodeGroupNotFound(size.nodeGroup);
    if (group.role === 'master') throw new MasterResizeNotSupported();
    this.requireCapable(bay, bay.masterCount + bay.nodeCount - group.nodeCount + size.nodeCount);
    const payload = { bayId: bay.id, nodeGroup: group.name, nodeCount: size.nodeCount, nodesToRemove: size.nodesToRemove };
    return this.commands.carryOut(resizeBay, payload, acting, [PROJECTIONS.bays, PROJECTIONS.operations]);
  }

  private requireCapable({ spec }: BayDocument, nodes: number): void {
    const { name, version } = spec.driver;
    const manifest = this.drivers.find(name, version);
    if (!manifest) throw new DriverVersionUnavailable(name, version);
    if (!manifest.capabilities.operations.includes('resize')) {
      throw new CapabilityMissing(`'resize' is not supported by driver ${name}.`, { driver: name });
    }
    requireRoom(name, manifest.capabilities, nodes);
  }
}

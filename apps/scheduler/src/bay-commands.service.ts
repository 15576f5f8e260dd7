import { derivedId, isDomainError, operationIdOf } from '@jeroboam/domain';
import type { BayCommand, BayModelChanges, BayModelSpec, BaySpec, EventContext, NodeGroupView, QuotaEvent, QuotaState } from '@jeroboam/domain';
import type { Executed } from '@jeroboam/event-log';
import type { Accepted, MessageContext } from '@jeroboam/messaging';
import type { SchedulerConfig } from './scheduler.config.ts';
import type { WriteSide } from './write-side.ts';

type CommandData<T extends BayCommand['type']> = Extract<BayCommand, { type: T }>['data'];

type RequestOf<T extends BayCommand['type']> = T extends BayCommand['type'] ? { readonly type: T; readonly data: Omit<CommandData<T>, 'operationId'> } : never;

/** A command on a bay before its operation has an id. */
export type BayRequest = RequestOf<
  'ResizeBay' | 'DeleteBay' | 'CreateNodeGroup' | 'ReviseNodeGroup' | 'DeleteNodeGroup' | 'UpgradeBay' | 'RotateCa' | 'RotateCredential' | 'RunExtension'
>;

/** Takes what the api sends: each method ends with the accepting event durable, or with a refusal and nothing changed. */
export class BayCommands {
  constructor(
    private readonly writeSide: WriteSide,
    private readonly config: Pick<SchedulerConfig, 'defaultQuota'>,
  ) {}

  async createBayModel(spec: BayModelSpec, context: MessageContext): Promise<Accepted> {
    const { position } = await this.writeSide.bayModels.execute(spec.bayModelId, { type: 'CreateBayModel', data: { spec } }, context);
    return { position, operationId: null };
  }

  async reviseBayModel(bayModelId: string, changes: BayModelChanges, context: MessageContext): Promise<Accepted> {
    const { position } = await this.writeSide.bayModels.execute(bayModelId, { type: 'ReviseBayModel', data: { bayModelId, changes } }, context);
    return { position, operationId: null };
  }

  async deleteBayModel(bayModelId: string, context: MessageContext): Promise<Accepted> {
    const { position } = await this.writeSide.bayModels.execute(bayModelId, { type: 'DeleteBayModel', data: { bayModelId } }, context);
    return { position, operationId: null };
  }

  /** The slot first, then the bay: a crash in between leaves a slot that `Reservations` gives back, never a bay beyond the quota. */
  async createBay(spec: BaySpec, nodeGroups: readonly NodeGroupView[], context: MessageContext): Promise<Accepted> {
    const { bayId, projectId } = spec;
    const { operationId, ...rest } = this.#operation(context);
    const bayContext: EventContext = { ...rest, driver: { name: spec.driver.name, version: spec.driver.version }, templateVersion: spec.driver.templateVersion };
    const reserved = await this.#reserveSlot(projectId, bayId, bayContext);
    try {
      const { position } = await this.writeSide.bays.execute(bayId, { type: 'CreateBay', data: { spec: { ...spec, requesterRoles: context.actor.roles }, nodeGroups, operationId } }, bayContext);
      return { position, operationId };
    } catch (refusal) {
      // An unknown outcome keeps the slot; a plain refusal of this very create gives it back.
      if (isDomainError(refusal) && refusal.kind !== 'unavailable' && reserved.events.length > 0) {
        await this.writeSide.quotas.execute(projectId, { type: 'ReleaseBaySlot', data: { projectId, bayId } }, { ...bayContext, commandId: derivedId(context.commandId, 'release-slot', reserved.revision) });
      }
      throw refusal;
    }
  }

  /** What is asked of a bay that is there, and ends in an operation unless nothing is to be done. */
  async ask(bayId: string, request: BayRequest, context: MessageContext): Promise<Accepted> {
    const { operationId, ...bayContext } = await this.#operationOn(bayId, context);
    const command = { ...request, data: { ...request.data, operationId } } as BayCommand;
    const { position, carriedOut } = await this.writeSide.bays.execute(bayId, command, bayContext);
    return { position, operationId: carriedOut ? operationId : null };
  }

  async reportHealth(bayId: string, data: CommandData<'ReportBayHealth'>, context: MessageContext): Promise<Accepted> {
    const { position } = await this.writeSide.bays.execute(bayId, { type: 'ReportBayHealth', data }, context);
    return { position, operationId: null };
  }

  /** A create that was refused has given its slot back; the same one again, put right, takes another. */
  async #reserveSlot(projectId: string, bayId: string, context: EventContext): Promise<Executed<QuotaState, QuotaEvent>> {
    const take = (commandId: string) => this.writeSide.quotas.execute(projectId, { type: 'ReserveBaySlot', data: { projectId, bayId, defaultLimit: this.config.defaultQuota } }, { ...context, commandId });
    const reserved = await take(derivedId(context.commandId, 'reserve-slot'));
    if (reserved.state.slots.has(bayId)) return reserved;
    const { state } = await this.writeSide.bays.load(bayId);
    return state.phase === 'absent' ? take(derivedId(context.commandId, 'reserve-slot', reserved.revision)) : reserved;
  }

  #operation(context: MessageContext): EventContext & { operationId: string } {
    const operationId = operationIdOf(context.commandId);
    return { ...context, correlationId: operationId, operationId };
  }

  async #operationOn(bayId: string, context: MessageContext): Promise<EventContext & { operationId: string }> {
    const { state } = await this.writeSide.bays.load(bayId);
    const operation = this.#operation(context);
    if (state.phase !== 'live') return operation;
    const { name, version, templateVersion } = state.spec.driver;
    return { ...operation, driver: { name, version }, templateVersion };
  }
}

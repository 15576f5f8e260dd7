import { bayDecider, bayModelDecider, categoryOf, derivedId, operationIdOf, quotaDecider } from '@jeroboam/domain';
import type { BayCommand, BayView, ExtensionCall, Position, RecordedEvent } from '@jeroboam/domain';
import { Aggregates } from '@jeroboam/event-log';
import type { EventLog } from '@jeroboam/event-log';
import {
  createBay, createBayModel, createNodeGroup, createProjectQuota, readExtension, runExtension, deleteBay, deleteBayModel, deleteNodeGroup,
  getCaCertificate, getCaCertificateForNode, getCredentialForNode, reviseNodeGroup, rotateCa, rotateCredential,
  upgradeBay, removeProjectQuota, reportBayHealth, resizeBay, reviseBayModel,
  schedulerStatus, setProjectQuota, signClientCsr, signCsrForNode,
} from '@jeroboam/messaging';
import type { Accepted, ExtensionAnswer, MessageClient, MessageContext, MessageContract, SendOptions } from '@jeroboam/messaging';
import { apiProjections, type Projection, type ReadModel } from '@jeroboam/read-model';

export interface Sent {
  readonly pattern: string;
  readonly payload: unknown;
  readonly context: MessageContext;
}

/** Bays a project may have. */
export const QUOTA = 3;

/**
 * The services behind the API, as far as it notices them: real deciders on a log in memory, real projections, and no
 * operation ever carried out. Every message is remembered.
 */
export class FakeServices implements MessageClient {
  readonly sent: Sent[] = [];
  /** Thrown in answer to every message. */
  failure: Error | undefined;
  /** The read side falls behind. */
  lagging = false;

  /** Somebody else acts once the next message was handled, before its sender can read what came of it. */
  meanwhile: (() => Promise<unknown>) | undefined;

  /** What a driver answers whose extension is looked at. */
  extension: (asked: { readonly bay: BayView; readonly call: ExtensionCall }) => ExtensionAnswer = ({ call }) => ({ shown: { asked: call.arguments } });

  readonly #log: EventLog;
  readonly #readModel: ReadModel;
  readonly #projections: readonly Projection[] = apiProjections();
  readonly #bays;
  readonly #models;
  readonly #quotas;

  constructor(log: EventLog, readModel: ReadModel, now: () => Date) {
    this.#log = log;
    this.#readModel = readModel;
    this.#bays = new Aggregates({ log, now, decider: bayDecider, category: 'bay' });
    this.#models = new Aggregates({ log, now, decider: bayModelDecider, category: 'baymodel' });
    this.#quotas = new Aggregates({ log, now, decider: quotaDecider, category: 'quota' });
  }

  async send<Request, Reply>(contract: MessageContract<Request, Reply>, payload: Request, { context }: SendOptions): Promise<Reply> {
    // A message travels as JSON.
    const copy = JSON.parse(JSON.stringify(payload)) as never;
    this.sent.push({ pattern: contract.pattern, payload: copy, context });
    if (this.failure) throw this.failure;
    const reply = await this.#handle(contract.pattern, copy, context);
    const others = this.meanwhile;
    this.meanwhile = undefined;
    await others?.();
    if (!this.lagging) await this.project();
    return reply as Reply;
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  /** Says something else about a bay, as an operation would. */
  async tell(bayId: string, command: Parameters<typeof this.executeOnBay>[1]): Promise<void> {
    await this.executeOnBay(bayId, command, contextOf(`tell-${this.sent.length}-${bayId}-${JSON.stringify(command)}`));
    await this.project();
  }

  /** Brings the read side up to the log. */
  async project(): Promise<void> {
    await this.#readModel.ensure(this.#projections.flatMap(({ collections }) => collections));
    for (const projection of this.#projections) {
      let from: Position | undefined = await this.#readModel.checkpoint(projection.name);
      for await (const event of this.#log.readAll(from === undefined ? {} : { after: from })) {
        await this.#readModel.commit(projection.name, from, event.position, await this.#changes(projection, event));
        from = event.position;
      }
    }
  }

  private executeOnBay(bayId: string, command: Omit<Parameters<typeof bayDecider.decide>[0], 'metadata'>, context: MessageContext) {
    return this.#bays.execute(bayId, command, context);
  }

  async #changes(projection: Projection, event: RecordedEvent) {
    if (!projection.categories.includes(categoryOf(event.stream))) return [];
    return projection.project(event, { get: (collection, id) => this.#readModel.get(collection, id) });
  }

  async #handle(pattern: string, payload: never, context: MessageContext): Promise<unknown> {
    switch (pattern) {
      case createBayModel.pattern: return this.#ofModel(
        (payload as { spec: { bayModelId: string } }).spec.bayModelId, { type: 'CreateBayModel', data: payload }, context,
      );
      case reviseBayModel.pattern: return this.#ofModel(
        (payload as { bayModelId: string }).bayModelId, { type: 'ReviseBayModel', data: payload }, context,
      );
      case deleteBayModel.pattern: return this.#ofModel(
        (payload as { bayModelId: string }).bayModelId, { type: 'DeleteBayModel', data: payload }, context,
      );
      case createBay.pattern: return this.#createBay(payload, context);
      case resizeBay.pattern: return this.#ofBay(payload, 'ResizeBay', context);
      case reportBayHealth.pattern: return { ...(await this.#ofBay(payload, 'ReportBayHealth', context)), operationId: null };
      case deleteBay.pattern: return this.#ofBay(payload, 'DeleteBay', context);
      case createNodeGroup.pattern: return this.#ofBay(payload, 'CreateNodeGroup', context);
      case reviseNodeGroup.pattern: return this.#ofBay(payload, 'ReviseNodeGroup', context);
      case deleteNodeGroup.pattern: return this.#ofBay(payload, 'DeleteNodeGroup', context);
      case upgradeBay.pattern: return this.#ofBay(payload, 'UpgradeBay', context);
      case rotateCa.pattern: return this.#ofBay(payload, 'RotateCa', context);
      case rotateCredential.pattern: return this.#rotateCredential(payload, context);
      case runExtension.pattern: return this.#ofBay(payload, 'RunExtension', context);
      case readExtension.pattern: return this.extension(payload);
      case createProjectQuota.pattern: return this.#ofQuota('CreateProjectQuota', payload, context);
      case setProjectQuota.pattern: return this.#ofQuota('SetProjectQuota', payload, context);
      case removeProjectQuota.pattern: return this.#ofQuota('RemoveProjectQuota', payload, context);
      case schedulerStatus.pattern: return {
        host: 'h1', startedAt: '2026-01-31T12:00:00.000Z', reportCount: 3, reportedAt: '2026-01-31T12:02:00.000Z',
      };
      case getCaCertificate.pattern:
      case getCaCertificateForNode.pattern:
      case signCsrForNode.pattern:
      case signClientCsr.pattern: return { pem: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----' };
      case getCredentialForNode.pattern: {
        const isHeld = (payload as { holds: string | null }).holds === 'tag-1';
        return { tag: 'tag-1', credential: isHeld ? null : { id: 'ac1', secret: 's3cret', expiresAt: '2027-01-01T00:00:00.000Z' } };
      }
      default: throw new Error(`nobody handles ${pattern}`);
    }
  }

  async #ofModel(id: string, command: object, context: MessageContext): Promise<Accepted> {
    const { position } = await this.#models.execute(id, command as never, context);
    return { position, operationId: null };
  }

  async #ofQuota(type: string, data: { projectId: string }, context: MessageContext): Promise<Accepted> {
    const { position } = await this.#quotas.execute(data.projectId, { type, data } as never, context);
    return { position, operationId: null };
  }

  async #createBay(payload: { spec: { bayId: string; projectId: string } }, context: MessageContext): Promise<Accepted> {
    const { bayId, projectId } = payload.spec;
    const slot = { ...context, commandId: derivedId(context.commandId, 'slot') };
    await this.#quotas.execute(projectId, { type: 'ReserveBaySlot', data: { projectId, bayId, defaultLimit: QUOTA } }, slot);
    const operationId = operationIdOf(context.commandId);
    const { position } = await this.#bays.execute(bayId, { type: 'CreateBay', data: { ...payload, operationId } }, context);
    return { position, operationId };
  }

  #rotateCredential({ rebindOwner = false, ...what }: NonNullable<typeof rotateCredential.types>['request'], context: MessageContext): Promise<Accepted> {
    return this.#ofBay({ ...what, ...(rebindOwner && { rebindOwner: { roles: context.actor.roles } }) }, 'RotateCredential', context);
  }

  async #ofBay(payload: { bayId: string }, type: BayCommand['type'], context: MessageContext): Promise<Accepted> {
    const operationId = operationIdOf(context.commandId);
    const { position, events } = await this.#bays.execute(payload.bayId, { type, data: { ...payload, operationId } }, context);
    return { position, operationId: events.length > 0 ? operationId : null };
  }
}

function contextOf(commandId: string): MessageContext {
  return {
    actor: { userId: 'system', projectId: 'system', roles: [] }, requestId: 'req-test', commandId, correlationId: commandId,
    causationId: null,
  };
}

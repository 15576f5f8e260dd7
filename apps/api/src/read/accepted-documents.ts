import { BayModelNotFound, BayNotFound, QuotaNotFound } from '@jeroboam/domain';
import type { Position } from '@jeroboam/domain';
import type { EventLog } from '@jeroboam/event-log';
import {
  BAYS, BAY_MODELS, PROJECTIONS, QUOTAS, QUOTAS_PROJECTION, QUOTA_NUMBERS, apiProjections, numberKey,
} from '@jeroboam/read-model';
import type { BayDocument, BayModelDocument, Projection, QuotaDocument, ReadDocument, ReadModel } from '@jeroboam/read-model';
import { CLUSTER } from '../quota/quota.type.ts';

interface Change {
  readonly projection: string;
  readonly collection: string;
  readonly stream: string;
  readonly id: string;
  /** Null where it was so already. */
  readonly position: Position | null;
}

/**
 * What a change that was accepted made: as it is now, and where somebody else has deleted it before it could be read, as
 * the change left it, from the log. The request was accepted, so its answer says so.
 */
export class AcceptedDocuments {
  readonly #projections: ReadonlyMap<string, Projection> = new Map(apiProjections().map((projection) => [projection.name, projection]));

  constructor(
    private readonly readModel: ReadModel,
    private readonly log: EventLog,
  ) {}

  /** @throws {BayModelNotFound} there never was one. */
  async bayModel(id: string, position: Position | null): Promise<BayModelDocument> {
    const change = { projection: PROJECTIONS.bayModels, collection: BAY_MODELS.name, stream: `baymodel-${id}`, id, position };
    const model = await this.#find<BayModelDocument>(change);
    if (model === undefined) throw new BayModelNotFound(id);
    return model;
  }

  /** @throws {BayNotFound} there never was one. */
  async bay(id: string, position: Position | null): Promise<BayDocument> {
    const bay = await this.#find<BayDocument>({ projection: PROJECTIONS.bays, collection: BAYS.name, stream: `bay-${id}`, id, position });
    if (bay === undefined) throw new BayNotFound(id);
    return bay;
  }

  /** @throws {QuotaNotFound} there never was one. */
  async quota(projectId: string, position: Position | null): Promise<QuotaDocument> {
    const change = { projection: QUOTAS_PROJECTION, collection: QUOTAS.name, stream: `quota-${projectId}`, id: projectId, position };
    const quota = await this.#find<QuotaDocument>(change);
    if (quota === undefined) throw new QuotaNotFound(projectId, CLUSTER);
    // Which number a project has is not in its own stream, and stays when the quota goes.
    const numbered = await this.readModel.get<ReadDocument & { readonly number: number }>(QUOTA_NUMBERS.name, numberKey(projectId));
    return { ...quota, number: numbered?.number ?? quota.number };
  }

  async #find<D extends ReadDocument>(change: Change): Promise<D | undefined> {
    return (await this.readModel.get<D>(change.collection, change.id)) ?? this.#fromLog<D>(change);
  }

  /** The last one there was by then. */
  async #fromLog<D extends ReadDocument>({ projection, collection, stream, id, position }: Change): Promise<D | undefined> {
    const documents = new Map<string, ReadDocument>();
    const reader = { get: <R extends ReadDocument>(of: string, key: string) => Promise.resolve(documents.get(`${of}/${key}`) as R | undefined) };
    let last: D | undefined;
    for await (const event of this.log.readStream(stream)) {
      if (position !== null && event.position > position) break;
      for (const change of await this.#projections.get(projection)!.project(event, reader)) {
        if (change.kind === 'delete') documents.delete(`${change.collection}/${change.id}`);
        else documents.set(`${change.collection}/${change.document.id}`, change.document);
      }
      last = (documents.get(`${collection}/${id}`) as D | undefined) ?? last;
    }
    return last;
  }
}

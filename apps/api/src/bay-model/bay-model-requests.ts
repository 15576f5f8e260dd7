import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BayModelDocument } from '@jeroboam/read-model';
import type { Api } from '../api-dependencies.ts';
import { actingOn } from '../command/commands.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson, sendNothing } from '../wire/answer.ts';
import { readPatch, type PatchRules } from '../wire/json-patch.ts';
import { baseUrlOf, type BaseUrl } from '../wire/links.ts';
import { PAGE_ARGUMENTS, collection } from '../wire/page.ts';
import type { Json } from '../wire/python-values.ts';
import { readQuery } from '../wire/query.ts';
import { jsonBody, refuseBody } from '../wire/request-body.ts';
import type { BayModelQueries } from './bay-model.queries.ts';
import type { ClusterTemplateFields } from './cluster-template.type.ts';
import type { CreateBayModel } from './create-bay-model.ts';
import type { DeleteBayModel } from './delete-bay-model.ts';
import type { ReviseBayModel } from './revise-bay-model.ts';

/** What bay models are called, take and show under one of their two names. */
export interface BayModelNaming {
  readonly path: 'clustertemplates' | 'baymodels';
  readonly rules: 'clustertemplate' | 'baymodel';
  readonly patch: PatchRules;
  readonly read: (body: Json | undefined) => ClusterTemplateFields;
  readonly view: (model: BayModelDocument, base: BaseUrl) => Record<string, unknown>;
  /** What is done before a new one is looked into. */
  readonly prepare: (fields: ClusterTemplateFields, request: FastifyRequest) => ClusterTemplateFields;
}

/** The services that answer them. */
export class BayModelServices {
  constructor(
    readonly api: Api,
    readonly models: BayModelQueries,
    readonly creation: CreateBayModel,
    readonly revision: ReviseBayModel,
    readonly deletion: DeleteBayModel,
  ) {}
}

/** Requests about bay models, whichever of their names a client uses: contract sections 2.1 and 2.9. */
export class BayModelRequests {
  constructor(
    private readonly services: BayModelServices,
    private readonly naming: BayModelNaming,
  ) {}

  async list(request: FastifyRequest, reply: FastifyReply, shown: 'get_all' | 'detail'): Promise<void> {
    const { caller } = request.wire;
    const { path, rules, view } = this.naming;
    const given = readQuery(request.query, PAGE_ARGUMENTS);
    enforce(`${rules}:${shown}`, caller);
    const page = await this.services.models.list(caller, given);
    const base = this.base(request);
    const items = page.documents.map((model) => view(model, base));
    sendJson(reply, 200, collection(path, items, page, base, shown === 'detail' ? `${path}/detail` : path));
  }

  async show(ident: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    const model = await this.services.models.find(caller, ident);
    // A public one may be read by whoever has a token.
    if (!model.public) enforce(`${this.naming.rules}:get`, caller, model);
    sendJson(reply, 200, this.naming.view(model, this.base(request)));
  }

  async create(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { path, read, prepare, view } = this.naming;
    readQuery(request.query, {});
    const fields = prepare(read(jsonBody(request)), request);
    const model = await this.services.creation.execute(fields, actingOn(request));
    const base = this.base(request);
    reply.header('location', `${base}/v1/${path}/${model.id}`);
    sendJson(reply, 201, view(model, base));
  }

  async revise(ident: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    const { rules, patch: rulesOfPatch, view } = this.naming;
    readQuery(request.query, {});
    const patch = readPatch(jsonBody(request), rulesOfPatch);
    // Here Magnum looks for it before it lets an administrator see what belongs to others.
    const model = await this.services.models.find(caller, ident, 'own');
    enforce(`${rules}:update`, caller, model);
    const revised = await this.services.revision.execute(model, patch, actingOn(request));
    sendJson(reply, 200, view(revised, this.base(request)));
  }

  async remove(ident: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    refuseBody(request);
    const model = await this.services.models.find(caller, ident);
    enforce(`${this.naming.rules}:delete`, caller, model);
    await this.services.deletion.execute(model, actingOn(request));
    sendNothing(reply);
  }

  private base(request: FastifyRequest): BaseUrl {
    return baseUrlOf(request, this.services.api.config.publicUrl);
  }
}

import { All, Controller, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isSemver } from '@jeroboam/driver-sdk';
import { RoutingError } from '@jeroboam/platform';
import { actingOn, announce } from '../command/commands.ts';
import { RotateCredential } from '../credential/rotate-credential.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson } from '../wire/answer.ts';
import { BadRequest, InvalidInput } from '../wire/errors.ts';
import { readQuery } from '../wire/query.ts';
import { jsonBody } from '../wire/request-body.ts';
import { Wire, resource } from '../wire/wire-route.ts';
import { BayQueries } from './bay.queries.ts';
import { ClusterActionsDescribed } from './cluster.openapi.ts';
import { RESIZE_REQUEST, ROTATE_CREDENTIAL_REQUEST, UPGRADE_REQUEST, UPGRADE_TEMPLATE_REQUEST } from './cluster.type.ts';
import { DEFAULT_WORKER, requireNodes } from './create-bay.ts';
import { ResizeBay } from './resize-bay.ts';
import { UpgradeBay } from './upgrade-bay.ts';
import { UpgradeTemplate } from './upgrade-template.ts';

/** In 1.7 Magnum has the place and refuses all that is asked there. */
const UPGRADE_KNOWN_SINCE = 7;
const UPGRADE_SINCE = 8;
const ACTIONS: ReadonlySet<string> = new Set(['resize', 'upgrade', 'upgrade_template', 'rotate_credential']);

/** `/v1/clusters/{ident}/actions`: contract section 2.2. */
@ClusterActionsDescribed
@Controller(resource('clusters/:ident/actions'))
export class ClusterActionsController {
  constructor(
    @Inject(BayQueries) private readonly bays: BayQueries,
    @Inject(ResizeBay) private readonly resizing: ResizeBay,
    @Inject(UpgradeBay) private readonly upgrading: UpgradeBay,
    @Inject(RotateCredential) private readonly rotating: RotateCredential,
    @Inject(UpgradeTemplate) private readonly movingTemplates: UpgradeTemplate,
  ) {}

  @Post('resize')
  @Wire({ since: 7, handler: 'resize' })
  async resize(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller, minor } = request.wire;
    readQuery(request.query, {});
    const { node_count: nodeCount, nodes_to_remove: nodesToRemove, nodegroup } = RESIZE_REQUEST.read(jsonBody(request));
    if (nodeCount === null || nodeCount === undefined) throw new InvalidInput('node_count', null, 'Mandatory field missing.');
    requireNodes(nodeCount, minor);
    const acting = actingOn(request);
    // Magnum's one action in which an administrator does not see other projects.
    const bay = await this.bays.find(caller, ident, 'own');
    enforce('cluster:resize', caller, bay);
    const size = { nodeGroup: nodegroup ?? DEFAULT_WORKER, nodeCount, nodesToRemove: nodesToRemove ?? [] };
    announce(reply, await this.resizing.execute(bay, size, acting));
    sendJson(reply, 202, { uuid: bay.id });
  }

  @Post('upgrade')
  @Wire({ since: UPGRADE_KNOWN_SINCE, handler: 'upgrade' })
  async upgrade(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller, minor } = request.wire;
    readQuery(request.query, {});
    const { cluster_template: template, nodegroup, max_batch_size: maxBatchSize } = UPGRADE_REQUEST.read(jsonBody(request));
    if (minor < UPGRADE_SINCE) throw new BadRequest('Cluster upgrade is not supported in the provided microversion.');
    if (!template) throw new InvalidInput('cluster_template', null, 'Mandatory field missing.');
    const acting = actingOn(request);
    const bay = await this.bays.find(caller, ident);
    enforce('cluster:upgrade', caller, bay);
    announce(reply, await this.upgrading.execute(bay, { template, nodeGroup: nodegroup ?? null, maxBatchSize: maxBatchSize ?? 1 }, acting));
    sendJson(reply, 202, { uuid: bay.id });
  }

  /** What `PATCH /v1/credentials` does, for some purposes or another owner. An addition of ours (`bay-ops`). */
  @Post('rotate_credential')
  async rotateCredential(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    const { purposes, rebind_owner: rebindOwner } = ROTATE_CREDENTIAL_REQUEST.read(jsonBody(request) ?? {});
    const acting = actingOn(request);
    const bay = await this.bays.find(caller, ident, 'own');
    enforce('credential:rotate', caller, bay);
    announce(reply, await this.rotating.execute(bay, { ...(purposes && { purposes }), ...(rebindOwner && { rebindOwner }) }, acting));
    sendJson(reply, 202, { uuid: bay.id });
  }

  /** An addition of ours (`bay-ops`). */
  @Post('upgrade_template')
  async upgradeTemplate(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    const { template_version: version } = UPGRADE_TEMPLATE_REQUEST.read(jsonBody(request));
    if (!version) throw new InvalidInput('template_version', null, 'Mandatory field missing.');
    if (!isSemver(version)) throw new InvalidInput('template_version', version, 'It must be a semantic version, such as 1.2.0.');
    const bay = await this.bays.find(caller, ident);
    enforce('cluster:upgrade', caller, bay);
    announce(reply, await this.movingTemplates.execute(bay, version, actingOn(request)));
    sendJson(reply, 202, { uuid: bay.id });
  }

  /** Magnum knows the place but no verb for it: 405, where an unknown place is 404. */
  @All()
  none(): void {
    throw new RoutingError(405);
  }

  @All(':action')
  unknown(@Param('action') action: string): void {
    throw ACTIONS.has(action) ? new RoutingError(405, '', { allow: 'POST' }) : new RoutingError(405);
  }
}

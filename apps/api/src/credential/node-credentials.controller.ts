import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BootstrapTokenRefused } from '@jeroboam/domain';
import { purposesOf } from '@jeroboam/driver-sdk';
import { getCredentialForNode } from '@jeroboam/messaging';
import type { BayDocument } from '@jeroboam/read-model';
import { API, type Api } from '../api-dependencies.ts';
import { nodeTokenIn } from '../auth/node-token.ts';
import { answerNode } from '../certificate/node-answers.ts';
import { Commands } from '../command/commands.ts';
import { sendJson } from '../wire/answer.ts';
import { readQuery } from '../wire/query.ts';
import { Wire, resource } from '../wire/wire-route.ts';
import { NodeCredentialsDescribed } from './node-credential.openapi.ts';

/**
 * `/v1/clusters/{ident}/credentials`: what a node of the cluster acts with in the cloud, for that node and for no user, whatever
 * the policy says. An addition of ours (`bay-ops`).
 */
@NodeCredentialsDescribed
@Controller(resource('clusters/:ident/credentials'))
export class NodeCredentialsController {
  constructor(
    @Inject(Commands) private readonly commands: Commands,
    @Inject(API) private readonly api: Api,
  ) {}

  @Wire({ nodes: true })
  @Get(':purpose')
  async show(@Param('ident') bayId: string, @Param('purpose') purpose: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    readQuery(request.query, {});
    const nodeToken = nodeTokenIn(request);
    if (nodeToken === undefined) throw new BootstrapTokenRefused('unknown');
    const { answer } = await answerNode(this.api, request, { bayId, nodeToken }, (bay, acting) => (
      this.commands.ask(getCredentialForNode, { bayId, nodeToken, purpose, needed: this.neededBy(bay), holds: heldIn(request) }, acting)));
    const { wwwAuthenticateUri: authUrl, cloudRegion: region = null } = this.api.config;
    void reply.headers({ 'cache-control': 'no-store', etag: `"${answer.tag}"` });
    if (!answer.credential) return void reply.code(304).send();
    const { id, secret, expiresAt } = answer.credential;
    sendJson(reply, 200, { cluster_uuid: bayId, purpose, auth_url: authUrl, region, id, secret, expires_at: expiresAt });
  }

  /** By the version of the driver that the bay is pinned to; where that is not loaded nothing is known to be needed. */
  private neededBy({ spec }: BayDocument): ReturnType<typeof purposesOf> {
    const manifest = this.api.drivers.find(spec.driver.name, spec.driver.version);
    return manifest ? purposesOf(manifest.capabilities, spec) : [];
  }
}

/** The one tag in `If-None-Match`: with it a node says which credential it uses. A proxy may have called it weak. */
function heldIn({ headers }: FastifyRequest): string | null {
  return /^(?:W\/)?"([\w-]{1,255})"$/.exec(headers['if-none-match'] ?? '')?.[1] ?? null;
}

import { Controller, Delete, Get, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InvalidInput, MissingArgument } from '../wire/errors.ts';
import { resource } from '../wire/wire-route.ts';
import { BayModelRequests, BayModelServices } from './bay-model-requests.ts';
import { ClusterTemplatesDescribed } from './cluster-template.openapi.ts';
import { CLUSTER_TEMPLATE_PATCH } from './cluster-template.patch.ts';
import { clusterTemplateType } from './cluster-template.type.ts';
import { clusterTemplateView } from './cluster-template.view.ts';

/** `/v1/clustertemplates`: contract section 2.1. */
@ClusterTemplatesDescribed
@Controller(resource('clustertemplates'))
export class ClusterTemplatesController {
  private readonly requests: BayModelRequests;

  constructor(@Inject(BayModelServices) services: BayModelServices) {
    const type = clusterTemplateType(services.api.drivers);
    this.requests = new BayModelRequests(services, {
      path: 'clustertemplates', rules: 'clustertemplate', patch: CLUSTER_TEMPLATE_PATCH, read: (body) => type.read(body), view: clusterTemplateView,
      prepare: (fields) => fields,
    });
  }

  @Get()
  list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.requests.list(request, reply, 'get_all');
  }

  @Get('detail')
  detail(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.requests.list(request, reply, 'detail');
  }

  @Get(':ident')
  show(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.requests.show(ident, request, reply);
  }

  @Post()
  create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.requests.create(request, reply);
  }

  /** Magnum takes the identifier for the body. */
  @Post(':ident')
  createAt(@Param('ident') ident: string): void {
    throw new InvalidInput('cluster_template', ident, 'unable to convert to ClusterTemplate.');
  }

  @Patch(':ident')
  revise(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.requests.revise(ident, request, reply);
  }

  @Patch()
  reviseNothing(): void {
    throw new MissingArgument('cluster_template_ident');
  }

  @Delete(':ident')
  remove(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.requests.remove(ident, request, reply);
  }

  @Delete()
  removeNothing(): void {
    throw new MissingArgument('cluster_template_ident');
  }
}

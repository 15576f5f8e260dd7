import { Controller, Delete, Get, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BayModelRequests, BayModelServices } from '../bay-model/bay-model-requests.ts';
import type { ClusterTemplateFields } from '../bay-model/cluster-template.type.ts';
import { Deprecated } from '../deprecation/deprecated.ts';
import { DEPRECATIONS } from '../deprecation/deprecations.ts';
import { enforce } from '../policy/policy.ts';
import { InvalidInput, MissingArgument } from '../wire/errors.ts';
import { generatedName } from '../wire/names.ts';
import { resource } from '../wire/wire-route.ts';
import { BaymodelsDescribed } from './bay.openapi.ts';
import { BAYMODEL_PATCH, baymodelType } from './baymodel.type.ts';
import { baymodelView } from './baymodel.view.ts';

/** `/v1/baymodels`, what cluster templates were called up to 1.10: contract section 2.9. */
@Deprecated(DEPRECATIONS.baymodels)
@BaymodelsDescribed
@Controller(resource('baymodels'))
export class BaymodelsController {
  private readonly requests: BayModelRequests;

  constructor(@Inject(BayModelServices) services: BayModelServices) {
    const type = baymodelType(services.api.drivers);
    this.requests = new BayModelRequests(services, {
      path: 'baymodels', rules: 'baymodel', patch: BAYMODEL_PATCH, read: (body) => type.read(body), view: baymodelView, prepare: named,
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
    throw new InvalidInput('baymodel', ident, 'unable to convert to BayModel.');
  }

  @Patch(':ident')
  revise(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.requests.revise(ident, request, reply);
  }

  @Patch()
  reviseNothing(): void {
    throw new MissingArgument('baymodel_ident');
  }

  @Delete(':ident')
  remove(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.requests.remove(ident, request, reply);
  }

  @Delete()
  removeNothing(): void {
    throw new MissingArgument('baymodel_ident');
  }
}

/** The rule of its own comes first; that of cluster templates is asked as well. */
function named(fields: ClusterTemplateFields, { wire: { caller } }: FastifyRequest): ClusterTemplateFields {
  enforce('baymodel:create', caller);
  return { ...fields, name: fields.name ?? generatedName('model') };
}

import { Controller, Get, Param, Query as QueryParam, UseGuards } from '@nestjs/common';
import { Cloud } from '../cloud/cloud.ts';
import { notFound } from '../http/api-error.ts';
import { passes } from '../http/query.ts';
import type { Query } from '../http/query.ts';
import { allow, Caller, isAdmin, TokenGuard } from './caller.ts';
import type { CallerIdentity } from './caller.ts';
import { Catalog } from './catalog.ts';
import { IdentityDocuments } from './identity-documents.ts';

/** The catalog as administrators see it: services, endpoints and regions one by one. */
@Controller('v3')
@UseGuards(TokenGuard)
export class ServiceCatalogController {
  constructor(
    private readonly catalog: Catalog,
    private readonly cloud: Cloud,
    private readonly documents: IdentityDocuments,
  ) {}

  @Get('services')
  listServices(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
    allow('list_services', isAdmin(caller));
    const services = this.catalog.services().filter(({ name, type }) => passes(query, { name, type }));
    return this.documents.list('services', services.map((service) => this.documents.service(service)));
  }

  @Get('services/:id')
  showService(@Caller() caller: CallerIdentity, @Param('id') id: string): unknown {
    allow('get_service', isAdmin(caller));
    const service = this.catalog.services().find((each) => each.id === id);
    if (!service) throw notFound('service', id);
    return { service: this.documents.service(service) };
  }

  @Get('endpoints')
  listEndpoints(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
    allow('list_endpoints', isAdmin(caller));
    const endpoints = this.catalog.endpoints().filter((endpoint) =>
      passes(query, { interface: endpoint.interface, service_id: endpoint.service.id, region_id: endpoint.region }));
    return this.documents.list('endpoints', endpoints.map((endpoint) => this.documents.endpoint(endpoint)));
  }

  @Get('endpoints/:id')
  showEndpoint(@Caller() caller: CallerIdentity, @Param('id') id: string): unknown {
    allow('get_endpoint', isAdmin(caller));
    const endpoint = this.catalog.endpoints().find((each) => each.id === id);
    if (!endpoint) throw notFound('endpoint', id);
    return { endpoint: this.documents.endpoint(endpoint) };
  }

  @Get('regions')
  listRegions(): unknown {
    return this.documents.list('regions', [this.documents.region(this.cloud.region)]);
  }

  @Get('regions/:id')
  showRegion(@Param('id') id: string): unknown {
    if (id !== this.cloud.region) throw notFound('region', id);
    return { region: this.documents.region(id) };
  }
}

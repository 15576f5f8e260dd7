import { once } from 'node:events';
import { connect } from 'node:net';
import { DomainError } from '@jeroboam/domain';
import { Body, Controller, Get, Module, Param, Post } from '@nestjs/common';
import type { MiddlewareConsumer, NestModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Metrics } from '../metrics/metrics.ts';
import { recordingLogger } from '../testing/recording-logger.ts';
import { logContext } from '../log/context.ts';
import { httpAdapter } from './http-adapter.ts';
import { MagnumErrorFilter } from './magnum-error.filter.ts';

class BayNotFound extends DomainError {
  readonly code = 'BAY_NOT_FOUND';
  readonly kind = 'not-found';
  constructor(ident: string) {
    super(`Cluster ${ident} could not be found.`, { ident });
  }
}
class TokenRefused extends Error {}

@Controller('v1/clusters')
class ClustersController {
  @Get(':ident')
  one(@Param('ident') ident: string): unknown {
    if (ident === 'bug') throw new TypeError('cannot read properties of undefined');
    if (ident === 'nobody') throw new TokenRefused();
    throw new BayNotFound(ident);
  }

  @Post()
  create(@Body() body: unknown): unknown {
    return { body, context: logContext() };
  }
}

@Module({ controllers: [ClustersController] })
class TestModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply(() => {
        throw new BayNotFound('of-the-middleware');
      })
      .forRoutes('v1/guarded');
  }
}

const ids = /^req-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('HTTP with MagnumErrorFilter', () => {
  const logger = recordingLogger();
  const metrics = new Metrics();
  let app: NestFastifyApplication;

  beforeAll(async () => {
    const { adapter, routes } = httpAdapter({ bodyLimitBytes: 1_000, logger, metrics });
    // As the api will: version headers on everything, for the filter to take off again where Magnum has none.
    adapter.getInstance().addHook('onRequest', (_request, reply, done) => {
      reply.header('openstack-api-version', 'container-infra 1.10');
      done();
    });
    app = await NestFactory.create<NestFastifyApplication>(TestModule, adapter, { logger: false });
    const special = (error: unknown) =>
      error instanceof TokenRefused
        ? { status: 401, headers: { 'www-authenticate': 'Keystone' }, body: { error: { code: 401 } } }
        : undefined;
    app.useGlobalFilters(new MagnumErrorFilter({ logger, allowedMethods: routes.allowedMethods, special }));
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());

  it('answers a refusal in the shape of Magnum, with the real request id in header and body', async () => {
    const { statusCode, headers, body } = await app.inject('/v1/clusters/nope');
    expect(statusCode).toBe(404);
    expect(headers['content-type']).toBe('application/json');
    expect(headers['openstack-api-version']).toBe('container-infra 1.10');
    expect(headers['x-openstack-request-id']).toMatch(ids);
    expect(JSON.parse(body)).toEqual({
      errors: [
        {
          request_id: headers['x-openstack-request-id'],
          code: 'client',
          status: 404,
          title: 'Cluster nope could not be found',
          detail: 'Cluster nope could not be found.',
          links: [],
        },
      ],
    });
  });

  it('answers an unknown path with 404, without code, detail and version headers', async () => {
    const { statusCode, headers, body } = await app.inject('/v1/nonsense');
    expect(statusCode).toBe(404);
    expect(headers).not.toHaveProperty('openstack-api-version');
    expect(JSON.parse(body).errors[0]).toMatchObject({ code: '', title: 'Not Found', detail: '' });
  });

  it('answers a wrong verb with 405 and the verbs that are right', async () => {
    const { statusCode, headers, body } = await app.inject({ method: 'PUT', url: '/v1/clusters/c1/' });
    expect(statusCode).toBe(405);
    expect(headers['allow']).toBe('GET');
    expect(JSON.parse(body).errors[0]).toMatchObject({ code: '', title: 'Method Not Allowed', detail: '' });
  });

  it('answers HEAD with 405 and the length of an empty list of errors', async () => {
    const answer = await fetch(`${await app.getUrl()}/v1/clusters/c1`, { method: 'HEAD' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('content-length')).toBe('14');
  });

  it.each([
    ['broken JSON', '{"name":', 'application/json', 400, 'Request is not in valid JSON format'],
    ['an empty body', '', 'application/json', 400, 'Request is not in valid JSON format'],
    ['a poisoned body', '{"__proto__": {"admin": true}}', 'application/json', 400, 'Request is not in valid JSON format'],
    ['too large a body', `{"name": "${'x'.repeat(1_000)}"}`, 'application/json', 413, 'Request is too large.'],
    ['another content type', '<name/>', 'application/xml; charset=utf-8', 415, 'Unknown mimetype: application/xml'],
  ])('refuses %s', async (_name, payload, contentType, status, detail) => {
    const { statusCode, body } = await app.inject({
      method: 'POST',
      url: '/v1/clusters',
      payload,
      headers: { 'content-type': contentType },
    });
    expect(statusCode).toBe(status);
    expect(JSON.parse(body).errors[0]).toMatchObject({ code: 'client', status, detail });
  });

  it('refuses a path that cannot be decoded', async () => {
    const { statusCode, headers, body } = await app.inject('/v1/clusters/%zz');
    expect(statusCode).toBe(400);
    expect(JSON.parse(body).errors[0]).toMatchObject({ code: 'client', status: 400 });
    expect(headers['x-openstack-request-id']).toMatch(ids);
  });

  it('refuses what is not HTTP in the same shape', async () => {
    const socket = connect(Number(new URL(await app.getUrl()).port), '127.0.0.1');
    socket.write('GARBAGE\r\n\r\n');
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n(.*\r\n)+\r\n\{"errors":\[\{"request_id":"req-/);
    socket.destroy();
  });

  it('answers a bug with a 500 that tells nothing, and logs it with its stack', async () => {
    const { statusCode, headers, body } = await app.inject('/v1/clusters/bug?token=abc');
    expect(statusCode).toBe(500);
    expect(JSON.parse(body).errors[0]).toMatchObject({ code: 'server', title: 'An internal error occurred' });
    expect(body).not.toContain('undefined');
    const requestId = headers['x-openstack-request-id'];
    const line = logger.lines.find(({ level, requestId: id }) => level === 'error' && id === requestId);
    expect(line).toMatchObject({
      message: 'request failed unexpectedly',
      path: '/v1/clusters/bug',
      error: { type: 'TypeError', stack: expect.stringContaining('http.spec.ts') },
    });
  });

  it('answers errors of middleware too', async () => {
    const { statusCode, headers, body } = await app.inject('/v1/guarded');
    expect(statusCode).toBe(404);
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body).errors[0]).toMatchObject({
      detail: 'Cluster of-the-middleware could not be found.',
      request_id: expect.stringMatching(ids),
    });
  });

  it('lets the owner of a special shape answer first', async () => {
    const { statusCode, headers, body } = await app.inject('/v1/clusters/nobody');
    expect({ statusCode, body }).toEqual({ statusCode: 401, body: '{"error":{"code":401}}' });
    expect(headers['www-authenticate']).toBe('Keystone');
  });

  it('keeps the request id in the log context of a handler, also behind a body that came in pieces', async () => {
    const pieces = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Buffer.from('{"a":'));
        setImmediate(() => {
          controller.enqueue(Buffer.from('1}'));
          controller.close();
        });
      },
    });
    const answer = await fetch(`${await app.getUrl()}/v1/clusters`, {
      method: 'POST',
      body: pieces,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    });
    expect(await answer.json()).toEqual({ body: { a: 1 }, context: { requestId: answer.headers.get('x-openstack-request-id') } });
  });

  it('leaves one line and one measurement of each request, without its query', async () => {
    await app.inject('/v1/clusters/seen?secret=1');
    expect(logger.lines).toContainEqual(
      expect.objectContaining({ message: 'request handled', method: 'GET', path: '/v1/clusters/seen', status: 404 }),
    );
    expect(await metrics.text()).toMatch(
      /jeroboam_http_request_duration_seconds_count\{method="GET",route="\/v1\/clusters\/:ident",status="404"\} \d+/,
    );
  });
});

import { Controller, Get } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DriverRegistry } from '@jeroboam/driver-sdk';
import { FakeClock } from '@jeroboam/platform/testing';
import { apiFastifyAdapter } from '../api-fastify-adapter.ts';
import { ApiModule } from '../api.module.ts';
import { ApiHarness } from '../testing/api-harness.ts';
import { manifest } from '../testing/manifests.ts';
import { Deprecated } from './deprecated.ts';
import { DEPRECATIONS, deprecationHeaders } from './deprecations.ts';

const AT_1_10 = 'container-infra 1.10';
const ANNOUNCED = ['deprecation', 'sunset', 'link'];

describe.each([['bays', DEPRECATIONS.bays], ['baymodels', DEPRECATIONS.baymodels]] as const)('/v1/%s, deprecated', (name, deprecation) => {
  let api: ApiHarness;
  beforeAll(async () => {
    api = await ApiHarness.open({ publicUrl: 'http://api.test/prefix' });
  });
  afterAll(() => api.close());
  const headers = deprecationHeaders([deprecation], 'http://api.test/prefix');

  it.each([
    [`GET /v1/${name}`, AT_1_10, 200], [`GET /${name}`, '', 200], [`GET /v1/${name}/nope`, 'container-infra 1.1', 404],
    [`POST /v1/${name}`, AT_1_10, 400],
  ])('says on %s in version "%s" that it will go', async (request, version, status) => {
    expect(await api.call(request, { version })).toMatchObject({ status, headers });
  });

  it.each([
    ['GET', ''], ['GET', '/detail'], ['GET', '/x'], ['POST', ''], ['POST', '/x'], ['PATCH', ''], ['PATCH', '/x'], ['DELETE', ''],
    ['DELETE', '/x'],
  ])('is from 1.11 on an unknown path to %s %s', async (method, path) => {
    for (const version of ['container-infra 1.11', 'container-infra latest']) {
      const answer = await api.call(`${method} /v1/${name}${path}`, { version });
      const unknown = await api.call(`${method} /v1/nonsense`, { version });
      expect(answer.status).toBe(404);
      expect(without(answer)).toEqual(without(unknown));
      expect(answer.body.errors[0].request_id).toBe(answer.headers['x-openstack-request-id']);
    }
    expect(api.services.sent).toEqual([]);
  });

  it('is an unknown path after its sunset too', async () => {
    const later = await ApiHarness.open({}, { dependencies: { clock: new FakeClock(deprecation.sunset) } });
    const [answer, unknown] = [await later.call(`GET /v1/${name}`, { version: AT_1_10 }), await later.call('GET /v1/nonsense')];
    expect(answer.status).toBe(404);
    expect(without(answer)).toEqual(without(unknown));
    await later.close();
  });

  it('says nothing of the kind where nothing deprecated was used', async () => {
    const answer = await api.call('GET /v1/clusters', { version: AT_1_10 });
    for (const header of ANNOUNCED) expect(answer.headers).not.toHaveProperty(header);
  });
});

@Deprecated({
  feature: 'endpoint:old', kind: 'endpoint', name: '/v1/old', since: '2026-01-01', sunset: '2026-07-01', replacement: '/v1/new',
  doc: 'https://example.org/how',
})
@Controller('v1/old')
class OldController {
  @Get()
  show(): string {
    return 'still there';
  }
}

describe('a route that we alone take away', () => {
  const get = async (now: string) => {
    const api = await ApiHarness.open();
    const { log, readModel, services, keystone, cloud, logger } = api;
    const clock = new FakeClock(now);
    const module = ApiModule.with({
      log, readModel, messages: services, keystone, lookups: cloud, logger, clock, timers: clock, drivers: new DriverRegistry([manifest()]),
      config: { publicUrl: 'http://api.test' },
    });
    const options = { bodyParser: false, abortOnError: false, logger: false } as const;
    const app = await NestFactory.create<NestFastifyApplication>({ ...module, controllers: [OldController] }, apiFastifyAdapter(), options);
    await app.init();
    const answer = await app.inject({ method: 'GET', url: '/v1/old', headers: { 'x-auth-token': 'member' } });
    await app.close();
    await api.close();
    return answer;
  };

  it('is there to the last moment', async () => {
    expect((await get('2026-06-30T23:59:59.999Z')).statusCode).toBe(200);
  });

  it('is 410 after its sunset, with the way on in body and header', async () => {
    const { statusCode, headers, payload } = await get('2026-07-01T00:00:00.000Z');
    expect(statusCode).toBe(410);
    expect(headers['link']).toContain('<http://api.test/v1/new>; rel="successor-version"');
    expect(JSON.parse(payload).errors).toEqual([{
      request_id: headers['x-openstack-request-id'], code: '', status: 410, title: 'Gone',
      detail: '/v1/old is gone since 2026-07-01, use /v1/new instead.',
      links: [{ rel: 'successor-version', href: 'http://api.test/v1/new' }, { rel: 'sunset', href: 'https://example.org/how' }],
    }]);
  });
});

/** An answer without what no two answers share. */
function without({ status, headers, body }: Awaited<ReturnType<ApiHarness['call']>>): object {
  const { 'x-openstack-request-id': _id, date: _date, ...rest } = headers;
  return { status, headers: rest, body: { errors: [{ ...body.errors[0], request_id: '' }] } };
}

import { Controller, Get, Inject, Patch, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '@jeroboam/domain';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import { API, type Api } from '../api-dependencies.ts';
import { actingOn } from '../command/commands.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson } from '../wire/answer.ts';
import { MissingArgument } from '../wire/errors.ts';
import { readQuery } from '../wire/query.ts';
import { jsonBody } from '../wire/request-body.ts';
import { DriverAvailability } from './driver-availability.ts';
import { DriverRecords } from './driver-records.ts';
import { DRIVER_STATE } from './driver-state.type.ts';
import { DriversDescribed } from './driver.openapi.ts';
import { driverView } from './driver.view.ts';

export class DriverNotFound extends DomainError {
  readonly code = 'DRIVER_NOT_FOUND';
  readonly kind = 'not-found';
  constructor(name: string, version: string) {
    super(`Driver ${name} ${version} could not be found.`, { name, version });
  }
}

/** `/v1/drivers`: which drivers there are, what they can do, and whether they can do it here. An addition of ours (`bay-ops`). */
@DriversDescribed
@Controller('v1/drivers')
export class DriversController {
  readonly #availability: DriverAvailability;

  constructor(
    @Inject(API) api: Api,
    @Inject(DriverRecords) private readonly records: DriverRecords,
  ) {
    this.#availability = new DriverAvailability(api.messages, () => api.clock.now());
  }

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendJson(reply, 200, await this.#views((await this.records.current()).manifests, request));
  }

  @Get(':name/:version')
  async show(@Req() request: FastifyRequest<{ Params: { name: string; version: string } }>, @Res() reply: FastifyReply): Promise<void> {
    const { name, version } = request.params;
    const manifest = (await this.records.current()).find(name, version);
    const [view] = await this.#views(manifest ? [manifest] : [], request);
    if (!view) throw new DriverNotFound(name, version);
    sendJson(reply, 200, view);
  }

  /** What an operator says of a version goes before what its manifest says, here and after every restart. */
  @Patch(':name/:version')
  async change(@Req() request: FastifyRequest<{ Params: { name: string; version: string } }>, @Res() reply: FastifyReply): Promise<void> {
    const { name, version } = request.params;
    readQuery(request.query, {});
    const { state } = DRIVER_STATE.read(jsonBody(request));
    enforce('driver:update', request.wire.caller);
    if (!state) throw new MissingArgument('state');
    const manifest = (await this.records.current()).find(name, version);
    if (!manifest) throw new DriverNotFound(name, version);
    await this.records.changeState(manifest, state, actingOn(request));
    await this.show(request, reply);
  }

  async #views(manifests: readonly DriverManifest[], request: FastifyRequest): Promise<Record<string, unknown>[]> {
    const { caller } = request.wire;
    enforce('driver:get', caller);
    readQuery(request.query, {});
    const onHosts = await this.#availability.ask(caller, request.id);
    return manifests.map((manifest) => {
      const onHost = onHosts?.find(({ name, version }) => name === manifest.name && version === manifest.version);
      return driverView(manifest, onHosts && (onHost ?? 'not loaded'));
    });
  }
}

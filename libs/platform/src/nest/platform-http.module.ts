import { Controller, Get, Inject, Module, Res } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { HealthRegistry, type HealthReport } from '../health/health-registry.ts';
import { Metrics } from '../metrics/metrics.ts';

@Controller()
class PlatformHttpController {
  constructor(
    @Inject(HealthRegistry) private readonly health: HealthRegistry,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  /** 503: starting this process again would help. */
  @Get('healthz')
  async live(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport> {
    return answered(reply, await this.health.liveness());
  }

  /** 503: send no work here now. */
  @Get('readyz')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport> {
    return answered(reply, await this.health.readiness());
  }

  @Get('metrics')
  async scrape(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.header('content-type', this.metrics.contentType);
    return this.metrics.text();
  }
}

function answered(reply: FastifyReply, report: HealthReport): HealthReport {
  void reply.code(report.status === 'ok' ? 200 : 503);
  return report;
}

/** What those who run a service ask it over HTTP: `/healthz`, `/readyz` and `/metrics`. */
@Module({})
export class PlatformHttpModule {
  static with(parts: { readonly health: HealthRegistry; readonly metrics: Metrics }): DynamicModule {
    return {
      module: PlatformHttpModule,
      controllers: [PlatformHttpController],
      providers: [
        { provide: HealthRegistry, useValue: parts.health },
        { provide: Metrics, useValue: parts.metrics },
      ],
    };
  }
}

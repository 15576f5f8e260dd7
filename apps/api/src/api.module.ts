import { Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown, OnModuleInit, Provider } from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { systemTimers } from '@jeroboam/platform';
import { BAYS, BAY_MODELS, DEPRECATED_USES, DRIVERS, OPERATIONS, QUOTAS, QUOTA_NUMBERS } from '@jeroboam/read-model';
import { API, DEFAULT_API_CONFIG, type Api, type ApiDependencies } from './api-dependencies.ts';
import { Authenticator } from './auth/authenticator.ts';
import { BayQueries } from './bay/bay.queries.ts';
import { ClusterActionsController } from './bay/cluster-actions.controller.ts';
import { ClustersController } from './bay/clusters.controller.ts';
import { CreateBay } from './bay/create-bay.ts';
import { ResizeBay } from './bay/resize-bay.ts';
import { UpgradeBay } from './bay/upgrade-bay.ts';
import { UpgradeTemplate } from './bay/upgrade-template.ts';
import { BaymodelsController } from './bay-alias/baymodels.controller.ts';
import { BaysController } from './bay-alias/bays.controller.ts';
import { BayModelServices } from './bay-model/bay-model-requests.ts';
import { BayModelQueries } from './bay-model/bay-model.queries.ts';
import { ClusterTemplatesController } from './bay-model/cluster-templates.controller.ts';
import { CreateBayModel } from './bay-model/create-bay-model.ts';
import { DeleteBayModel } from './bay-model/delete-bay-model.ts';
import { ReviseBayModel } from './bay-model/revise-bay-model.ts';
import { CertificatesController } from './certificate/certificates.controller.ts';
import { NodeCertificates } from './certificate/node-certificates.ts';
import { Commands } from './command/commands.ts';
import { IdempotencyKeys, answerRepeats } from './command/idempotency-keys.ts';
import { CredentialsController } from './credential/credentials.controller.ts';
import { RotateCredential } from './credential/rotate-credential.ts';
import { NodeCredentialsController } from './credential/node-credentials.controller.ts';
import { DeprecatedUses } from './deprecation/deprecated-uses.ts';
import { DeprecationRegistry } from './deprecation/deprecation-registry.ts';
import { DeprecationsController } from './deprecation/deprecations.controller.ts';
import { DEPRECATED } from './deprecation/deprecations.ts';
import { announceDeprecations, announceSettings } from './deprecation/used-deprecations.ts';
import { DiscoveryController } from './discovery/discovery.controller.ts';
import { NodesController } from './node/nodes.controller.ts';
import { OperationsController } from './operation/operations.controller.ts';
import { BayOperationsController } from './events/bay-operations.controller.ts';
import { EventsController } from './events/events.controller.ts';
import { DriverRecords } from './drivers/driver-records.ts';
import { DriversController } from './drivers/drivers.controller.ts';
import { BayExtensionsController } from './extension/bay-extensions.controller.ts';
import { CallExtension } from './extension/call-extension.ts';
import { extensionRules } from './extension/extension-rules.ts';
import { ExtensionsController } from './extension/extensions.controller.ts';
import { FederationsController } from './federation/federations.controller.ts';
import { CreateNodeGroup } from './node-group/create-node-group.ts';
import { NodeGroupsController } from './node-group/node-groups.controller.ts';
import { QuotaQueries } from './quota/quota.queries.ts';
import { QuotasController } from './quota/quotas.controller.ts';
import { AcceptedDocuments } from './read/accepted-documents.ts';
import { policyOf } from './policy/policy-file.ts';
import type { Policy } from './policy/policy.ts';
import { ServicesController } from './service/services.controller.ts';
import { OpenApiController } from './openapi/openapi.controller.ts';
import { StatsController } from './stats/stats.controller.ts';
import { UsageController } from './usage/usage.controller.ts';
import { WarningsController } from './warning/warnings.controller.ts';
import { ApiErrorFilter } from './wire/api-error.filter.ts';
import { installWire } from './wire/wire-hooks.ts';

class Preparation implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly api: Api,
    private readonly policy: Policy,
    private readonly uses: DeprecatedUses,
  ) {}

  async onModuleInit(): Promise<void> {
    const { keystone, logger, readModel, deprecations, config: { wwwAuthenticateUri, publicUrl } } = this.api;
    // Fastify takes hooks until it is ready: after the routes are registered is early enough.
    installWire(fastifyOf(this.host), new Authenticator({ keystone, logger, wwwAuthenticateUri, policy: this.policy }), () => deprecations.lowestMinor());
    const announcing = { registry: deprecations, uses: this.uses, publicUrl };
    announceDeprecations(fastifyOf(this.host), announcing);
    announceSettings(this.api.settings ?? Object.keys(process.env), announcing, logger);
    answerRepeats(fastifyOf(this.host), new IdempotencyKeys(this.api), logger);
    // The API may boot before those who write.
    await readModel.ensure([BAYS, BAY_MODELS, OPERATIONS, QUOTAS, QUOTA_NUMBERS, DEPRECATED_USES, DRIVERS]);
    await this.api.driverRecords.publishTemplates();
  }

  /** No more requests come by then. */
  onApplicationShutdown(): Promise<void> {
    return this.uses.close();
  }
}

function fastifyOf(host: HttpAdapterHost): FastifyInstance {
  return host.httpAdapter.getInstance<FastifyInstance>();
}

/** Magnum's REST API and our additions to it. Needs `apiFastifyAdapter` beneath it. */
@Module({})
export class ApiModule {
  static with(dependencies: ApiDependencies): DynamicModule {
    const api = complete(dependencies);
    const policy = policyOf(api.config.policyFile, extensionRules(api.drivers.manifests));
    const uses = new DeprecatedUses({ log: api.log, clock: api.clock, timers: api.timers ?? systemTimers, logger: api.logger });
    return {
      module: ApiModule,
      controllers: [
        DiscoveryController, ClusterTemplatesController, ClustersController, ClusterActionsController, NodeGroupsController, CertificatesController,
        CredentialsController,
        NodeCredentialsController,
        OperationsController, EventsController, BayOperationsController, DriversController, QuotasController, StatsController,
        ServicesController, UsageController, NodesController, FederationsController, BaysController, BaymodelsController, DeprecationsController,
        ExtensionsController, BayExtensionsController, WarningsController,
        OpenApiController,
      ],
      providers: [
        { provide: API, useValue: api },
        { provide: DeprecatedUses, useValue: uses },
        ...services(api),
        {
          provide: Preparation, useFactory: (host: HttpAdapterHost) => new Preparation(host, api, policy, uses), inject: [HttpAdapterHost],
        },
        {
          provide: APP_FILTER, useFactory: (host: HttpAdapterHost) => new ApiErrorFilter(api.logger, fastifyOf(host).routeTable),
          inject: [HttpAdapterHost],
        },
      ],
    };
  }
}

function complete(dependencies: ApiDependencies): Api {
  const { deprecated = DEPRECATED, drivers, clock } = dependencies;
  const deprecations = new DeprecationRegistry(deprecated, drivers.manifests, () => clock.now());
  const config = { ...DEFAULT_API_CONFIG, ...dependencies.config };
  return { ...dependencies, deprecations, config, driverRecords: new DriverRecords({ ...dependencies, config }) };
}

function services(api: Api): Provider[] {
  const commands = new Commands(api.messages, api.readModel, api.config);
  const models = new BayModelQueries(api.readModel, api.config.maxLimit);
  const documents = new AcceptedDocuments(api.readModel, api.log);
  const bayModels = new BayModelServices(
    api, models, new CreateBayModel(api, commands, documents), new ReviseBayModel(api, models, commands, documents), new DeleteBayModel(models, commands),
  );
  return [
    { provide: AcceptedDocuments, useValue: documents },
    { provide: Commands, useValue: commands },
    { provide: DriverRecords, useValue: api.driverRecords },
    { provide: BayModelQueries, useValue: models },
    { provide: QuotaQueries, useValue: new QuotaQueries(api.readModel, api.config.maxLimit) },
    { provide: BayQueries, useValue: new BayQueries(api.readModel, api.config.maxLimit) },
    { provide: BayModelServices, useValue: bayModels },
    { provide: CreateBay, useValue: new CreateBay(api, models, commands) },
    { provide: ResizeBay, useValue: new ResizeBay(api.drivers, commands) },
    { provide: RotateCredential, useValue: new RotateCredential(api, commands) },
    { provide: UpgradeBay, useValue: new UpgradeBay(api, models, commands) },
    { provide: UpgradeTemplate, useValue: new UpgradeTemplate(api, commands) },
    { provide: CallExtension, useValue: new CallExtension(api, commands) },
    { provide: NodeCertificates, useValue: new NodeCertificates(api, commands) },
    { provide: CreateNodeGroup, useValue: new CreateNodeGroup(api, commands) },
  ];
}

import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Cloud } from './cloud/cloud.ts';
import { ComputeController } from './compute/compute.controller.ts';
import { KeypairController } from './compute/keypair.controller.ts';
import { KeypairStore } from './compute/keypair-store.ts';
import { TenantUsageController } from './compute/tenant-usage.controller.ts';
import { ErrorFilter } from './http/error-filters.ts';
import { SandboxAddress } from './http/sandbox-address.ts';
import { AuthController } from './identity/auth.controller.ts';
import { Authenticator } from './identity/authenticator.ts';
import { Catalog, ContainerInfraUrl } from './identity/catalog.ts';
import { TokenGuard } from './identity/caller.ts';
import { IdentityDiscoveryController } from './identity/discovery.controller.ts';
import { CredentialsController } from './identity/credentials.controller.ts';
import { Delegations } from './identity/delegations.ts';
import { IdentityController } from './identity/identity.controller.ts';
import { IdentityDocuments } from './identity/identity-documents.ts';
import { ServiceCatalogController } from './identity/service-catalog.controller.ts';
import { TokenDocument } from './identity/token-document.ts';
import { ForeignTokens, OwnTokens, TokenChecker } from './identity/token-checker.ts';
import { TokenStore } from './identity/token-store.ts';
import { Principals } from './identity/principals.ts';
import { Standings } from './identity/standing.ts';
import { TrustsController } from './identity/trusts.controller.ts';
import { ImageController } from './image/image.controller.ts';
import { THINGS_CONTROLLERS } from './inventory/things.controllers.ts';
import { NetworkController } from './network/network.controller.ts';
import { HeatController } from './orchestration/api/heat.controller.ts';
import { HeatDocuments } from './orchestration/api/heat-documents.ts';
import { ResourcesController, SignalController } from './orchestration/api/resources.controller.ts';
import { StackFinder } from './orchestration/api/stack-finder.ts';
import { StacksController } from './orchestration/api/stacks.controller.ts';
import { SandboxOrchestration } from './orchestration/sandbox-orchestration.ts';
import { AdminController } from './admin/admin.controller.ts';

export interface SandboxCloudModuleOptions {
  readonly orchestration: SandboxOrchestration;
  readonly address: SandboxAddress;
  readonly containerInfraUrl: string;
  /** Another Keystone, with `/v3`: its tokens are taken, and the sandbox is no identity service itself. */
  readonly identityUrl?: string;
  /** Life of a token in milliseconds. */
  readonly tokenTtlMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const IDENTITY = [IdentityDiscoveryController, AuthController, IdentityController, CredentialsController, TrustsController, ServiceCatalogController];

/** The services of the sandbox cloud, each below its own path: `/v3`, `/image`, `/compute`, `/network`,
 * `/orchestration`; and `/admin`, which no cloud has. */
@Module({})
export class SandboxCloudModule {
  static register(options: SandboxCloudModuleOptions): DynamicModule {
    const { orchestration, address, containerInfraUrl, identityUrl, tokenTtlMs, now } = options;
    const { sim: { cloud, keypairs, documents, ids }, orchestrator } = orchestration;
    const principals = new Principals(cloud, documents, ids, now);
    return {
      module: SandboxCloudModule,
      controllers: [
        ...(identityUrl === undefined ? IDENTITY : []), ImageController, ComputeController, KeypairController, TenantUsageController,
        NetworkController,
        HeatController, StacksController, ResourcesController, SignalController, AdminController, ...THINGS_CONTROLLERS,
      ],
      providers: [
        { provide: Cloud, useValue: cloud },
        { provide: SandboxAddress, useValue: address },
        { provide: ContainerInfraUrl, useValue: new ContainerInfraUrl(containerInfraUrl) },
        { provide: Principals, useValue: principals },
        { provide: Delegations, useValue: new Delegations(principals, documents, ids) },
        { provide: TokenStore, useValue: new TokenStore(tokenTtlMs, now) },
        identityUrl === undefined ? { provide: TokenChecker, useClass: OwnTokens } : { provide: TokenChecker, useValue: new ForeignTokens(identityUrl, cloud) },
        { provide: APP_FILTER, useValue: new ErrorFilter(() => identityUrl ?? `${address.url}/v3`) },
        { provide: KeypairStore, useValue: keypairs },
        { provide: SandboxOrchestration, useValue: orchestration },
        { provide: HeatDocuments, useValue: new HeatDocuments(orchestrator, () => address.url) },
        { provide: StackFinder, useValue: new StackFinder(orchestrator) },
        Authenticator, Standings, Catalog, IdentityDocuments, TokenDocument, TokenGuard,
      ],
    };
  }
}

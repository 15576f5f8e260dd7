export { CloudLookupForbidden, CloudNameAmbiguous, CloudServiceUnavailable, KeystoneUnavailable } from './errors.ts';
export type { CloudService, LookupKind } from './errors.ts';
export { openKeystone } from './token/keystone.ts';
export type { KeystoneOptions } from './token/keystone.ts';
export type { ServiceCredentials } from './token/service-session.ts';
export type { CatalogEndpoint, CatalogService, KeystoneTokenValidator, TokenInfo } from './token/token-validator.port.ts';
export { openCloudLookups } from './lookup/openstack-lookups.ts';
export type { CloudLookupsOptions } from './lookup/openstack-lookups.ts';
export type {
  CloudCaller, CloudFlavor, CloudImage, CloudKeypair, CloudLookups, CloudLookupsSource, CloudNetwork, CloudProject, CloudSubnet,
} from './lookup/cloud-lookups.port.ts';
export { openHttpPool } from './http/http-pool.ts';
export type { HttpPool, HttpPoolOptions } from './http/http-pool.ts';
export { HttpFailure } from './http/http-call.port.ts';
export type { HttpCall, HttpRequest, HttpResponse } from './http/http-call.port.ts';

export {
  AccessRulesNotEnforced, CloudConflict, CloudCredentialsRefused, CloudForbidden, CloudLookupForbidden, CloudNameAmbiguous, CloudRequestInvalid,
  CloudServiceUnavailable, CloudThingNotFound, KeystoneUnavailable, NoRoleToPassOn, StackNameTaken,
} from './errors.ts';
export type { CloudService, LookupKind } from './errors.ts';
export { openKeystone } from './token/keystone.ts';
export type { KeystoneOptions } from './token/keystone.ts';
export type { ServiceCredentials } from './token/service-session.ts';
export type { CatalogEndpoint, CatalogService, KeystoneTokenValidator, TokenInfo, ValidationOptions } from './token/token-validator.port.ts';
export { openCloudLookups } from './lookup/openstack-lookups.ts';
export type { CloudLookupsOptions } from './lookup/openstack-lookups.ts';
export type {
  CloudCaller, CloudFlavor, CloudImage, CloudKeypair, CloudLookups, CloudLookupsSource, CloudNetwork, CloudProject, CloudRouterInterface, CloudSubnet,
} from './lookup/cloud-lookups.port.ts';
export { openHttpPool } from './http/http-pool.ts';
export type { HttpPool, HttpPoolOptions } from './http/http-pool.ts';
export { HttpFailure } from './http/http-call.port.ts';
export type { HttpCall, HttpRequest, HttpResponse } from './http/http-call.port.ts';
// Drivers may import this lib and not the platform.
export { Secret } from '@jeroboam/platform';
export { openKeystoneSession } from './session/keystone-session.ts';
export type { KeystoneSessionOptions } from './session/keystone-session.ts';
export type { CloudRequest, CloudSession } from './session/cloud-session.port.ts';
export type { CloudCredentials, Scope, UserIdent } from './session/credentials.ts';
export type { Pacing, RetryPolicy } from './session/cloud-client.ts';
export { openHeatStacks } from './heat/heat-stacks.ts';
export type {
  EventPage, HeatStacks, HeatStacksOptions, NewStack, PreviewedResource, Stack, StackAction, StackChange, StackEvent, StackFailure,
  StackParameters, StackProgress, StackRef, StackResource, StackSource, StackStatus, TemplateSummary,
} from './heat/heat-stacks.port.ts';
export { openBarbicanSecrets } from './barbican/barbican-secrets.ts';
export type { BarbicanSecrets, KeptSecret } from './barbican/barbican-secrets.port.ts';
export { bayPrefix, credentialName, rolesToPassOn } from './purpose/names.ts';
export type { Purpose } from './purpose/names.ts';
export { openPurposeCredentials } from './purpose/purpose-credentials.ts';
export type {
  AccessRule, CredentialIntent, CredentialRecord, MintedCredential, PurposeCredentials, PurposeCredentialsOptions,
} from './purpose/purpose-credentials.ts';
export { probeAccessRules } from './purpose/probe-access-rules.ts';
export type { AccessRuleProbe, AccessRuleSupport } from './purpose/probe-access-rules.ts';
export { openBayUsers } from './purpose/bay-users.ts';
export type { BayUser, BayUsers } from './purpose/bay-users.ts';
export { openCleanUpSession } from './session/clean-up-session.ts';
export { PURPOSES } from './purpose/purposes.ts';
export type { PurposeNeeds } from './purpose/purposes.ts';
export { openBayKeystone } from './purpose/bay-keystone.ts';
export type { BayKeystone, BayKeystoneOptions, BayUserIntent, MadeCredential, Outcome, OwnerRef } from './purpose/bay-keystone.ts';
export { credentialRefs, readCredential, readCurrent, writeCredential } from './purpose/kept-credential.ts';
export type { CurrentCredential, KeptCredential } from './purpose/kept-credential.ts';
export { openTrusts } from './purpose/trusts.ts';
export type { Trust, TrustIntent, Trusts } from './purpose/trusts.ts';

export { certificateRequest } from './certificate-request.ts';
export type { CertificateSubject } from './certificate-request.ts';
export type { CloudAccess } from './cloud-access.ts';
export { StepFailed, notAccessible } from './driver.contract.ts';
export type {
  Availability,
  BayCertificates,
  BayDriver,
  BayHealth,
  BayType,
  CertificateRequest,
  ClientIdentity,
  DriverCapabilities,
  DriverDependencies,
  DriverDeprecation,
  DriverLog,
  DriverManifest,
  ExtensionContext,
  HealthContext,
  LedgerEntry,
  Missing,
  PlannedStep,
  ResourceLedger,
  NodesToCome,
  StepCertificates,
  StepContext,
  StepResult,
} from './driver.contract.ts';
export { ISSUE_CANDIDATE_STEP, WITHDRAW_OLD_STEP, rotationPlan } from './ca-rotation.ts';
export { extensionsOf } from './extension/driver-extension.ts';
export type { DriverExtension, ExtensionCommand, LoadedExtension } from './extension/driver-extension.ts';
export { pluginNames, pluginsOf, purposesOf } from './plugin/driver-plugin.ts';
export type { ChosenPlugins, DriverPlugin, LabelsSchema, NodeCredentialPurpose, PluginKind } from './plugin/driver-plugin.ts';
export { DriverRegistry } from './driver-registry.ts';
export type { ResolvedDriver, WantedDriver } from './driver-registry.ts';
export { loadDrivers } from './registry/load-drivers.ts';
export { ClusterDriverNotSupported, ClusterTypeNotSupported, DriversUnusable } from './registry/driver.errors.ts';
export { compareSemver, isSemver, semverNumbers } from './registry/semver.ts';
export { manifestDigest, newestTemplate, templateBundle, templateOf, templatesOf } from './template/template-bundle.ts';
export type { TemplateBundle, TemplateDefinition, TemplateOutput, TemplateParameter } from './template/template-bundle.ts';
export { canonicalJson } from './template/canonical.ts';
export { sampleCorpus } from './versioning/corpus.ts';
export type { RecordedCase } from './versioning/corpus.ts';
export type { ChangeClass, Finding } from './versioning/classify-change.ts';
export { freezeDriver } from './versioning/frozen-driver.ts';
export type { FrozenDriver, RenderedPlan } from './versioning/frozen-driver.ts';
export { judgeBump, judgeDrivers } from './versioning/judge-bump.ts';
export type { Judgement } from './versioning/judge-bump.ts';

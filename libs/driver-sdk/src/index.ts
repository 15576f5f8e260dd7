export { StepFailed } from './driver.contract.ts';
export type {
  Availability, BayCertificates, BayDriver, BayHealth, BayType, CertificateRequest, DriverCapabilities, DriverDependencies,
  DriverLog, DriverManifest, LedgerEntry, Missing, PlannedStep, ResourceLedger, StepContext, StepResult,
} from './driver.contract.ts';

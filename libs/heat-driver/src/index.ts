export type { HeatBlueprint, HeatCloud, Probe, Site } from './blueprint.ts';
export { readBundle } from './bundle/read-bundle.ts';
export { declaredIn } from './bundle/parameters.ts';
export { renderIgnition } from './bundle/ignition.ts';
export { HeatDriver } from './heat-driver.ts';
export { heatCloud, heatDriver } from './open-heat-cloud.ts';
export { bayStackName, groupStackName, ownerTagOf, shortIdOf } from './bay/names.ts';
export type { Pace } from './steps/work.ts';
export type { FoundStack, NewStack, StackFailure, StackRef, StackService } from './stack/stack-service.port.ts';

export { deciderSpec, replay } from './decider-spec.ts';
export * as baySamples from './bay.samples.ts';

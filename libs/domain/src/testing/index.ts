export { deciderSpec, replay } from './decider-spec.ts';

export { ApiContract } from './api-contract.ts';
export type { SeenAnswer } from './api-contract.ts';

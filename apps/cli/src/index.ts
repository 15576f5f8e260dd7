export { run } from './run.ts';
export type { Host } from './run.ts';

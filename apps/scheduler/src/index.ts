export { SchedulerModule } from './scheduler.module.ts';
export type { SchedulerDependencies } from './scheduler.module.ts';
export { DEFAULT_SCHEDULER_CONFIG } from './scheduler.config.ts';
export type { SchedulerConfig } from './scheduler.config.ts';

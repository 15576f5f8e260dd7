export { NotifierModule } from './notifier.module.ts';
export type { NotifierDependencies } from './notifier.ts';
export { notifierFields } from './notifier.config.ts';
export type { NotifierConfig } from './notifier.config.ts';

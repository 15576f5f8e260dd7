export { NotifierModule } from './notifier.module.ts';
export { isConfigured, openCursors } from './notifier.ts';
export type { NotifierDependencies } from './notifier.ts';
export { notifierFields } from './notifier.config.ts';
export type { NotifierConfig } from './notifier.config.ts';

import { AsyncLocalStorage } from 'node:async_hooks';
import type { LogFields } from './logger.ts';

const storage = new AsyncLocalStorage<LogFields>();

/** Runs `work` so that every line logged in it, however deep or late, carries `fields` beside those already around it. */
export function withLogContext<T>(fields: LogFields, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...fields }, work);
}

/** The fields that lines logged here carry. */
export function logContext(): LogFields {
  return storage.getStore() ?? {};
}

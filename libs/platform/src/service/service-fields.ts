import { integer, oneOf, port, text } from '../config/fields.ts';
import { LOG_LEVELS } from '../log/logger.ts';

/** What every service process can be told, beside its own fields; `runService` asks for them. */
export const serviceFields = {
  logLevel: oneOf('How much is logged.', LOG_LEVELS).default('info'),
  logFormat: oneOf('Lines of JSON for machines, or lines for a person at a terminal.', ['json', 'pretty']).default('json'),
  opsHost: text('Address of /healthz, /readyz and /metrics.', 'an address').default('127.0.0.1'),
  opsPort: port('Port of /healthz, /readyz and /metrics; 0 for any free one.').default(0),
  shutdownTimeoutMs: integer('How long an orderly end may take before the process goes anyway.', { min: 1 }).default(20_000),
};

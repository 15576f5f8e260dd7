import type { LoggerService } from '@nestjs/common';
import type { LogFields, Logger } from './logger.ts';

/** Nest tells of every module and route it wires; that is for those who debug the wiring. */
const WIRING = new Set(['NestFactory', 'NestApplication', 'NestMicroservice', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer']);

/** Nest's own lines, in our log. Its text becomes a field: it is not constant. */
export function nestLogger(logger: Logger): LoggerService {
  const fieldsOf = (message: unknown, params: readonly unknown[]): LogFields & { context?: unknown } => {
    const context = typeof params.at(-1) === 'string' ? params.at(-1) : undefined;
    return { ...(context === undefined ? {} : { context }), ...(message instanceof Error ? { error: message } : { text: message }) };
  };
  return {
    log(message: unknown, ...params: unknown[]) {
      const fields = fieldsOf(message, params);
      if (WIRING.has(String(fields.context))) logger.debug('nest', fields);
      else logger.info('nest', fields);
    },
    error(message: unknown, ...params: unknown[]) {
      // Nest passes (message, stack, context); with an Error the stack is in it already.
      const stack = params.length > 1 && typeof params[0] === 'string' ? { stack: params[0] } : {};
      logger.error('nest error', { ...fieldsOf(message, params), ...(message instanceof Error ? {} : stack) });
    },
    warn: (message: unknown, ...params: unknown[]) => logger.warn('nest warning', fieldsOf(message, params)),
    debug: (message: unknown, ...params: unknown[]) => logger.debug('nest', fieldsOf(message, params)),
    verbose: (message: unknown, ...params: unknown[]) => logger.trace('nest', fieldsOf(message, params)),
    fatal: (message: unknown, ...params: unknown[]) => logger.fatal('nest', fieldsOf(message, params)),
  };
}

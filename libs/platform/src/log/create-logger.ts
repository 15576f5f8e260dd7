import { pino, type Logger as PinoLogger } from 'pino';
import { logContext } from './context.ts';
import type { LogFields, Logger, LogLevel } from './logger.ts';
import { prettyLine } from './pretty.ts';
import { redact, redactText } from './redact.ts';

/** Where lines go: one of the process's own outputs, or anything that takes text. */
export type LogDestination = 'stdout' | 'stderr' | { write(text: string): void };

export interface LoggerOptions {
  /** Name of the service; on every line. */
  readonly service: string;
  /** @default info */
  readonly level?: LogLevel;
  /** `json` for machines, `pretty` for a person at a terminal. @default json */
  readonly format?: 'json' | 'pretty';
  /** @default stdout */
  readonly destination?: LogDestination;
}

export function createLogger(options: LoggerOptions): Logger {
  const logger = pino(
    {
      level: options.level ?? 'info',
      base: { service: options.service },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destinationOf(options),
  );
  return wrap(logger);
}

function destinationOf({ destination = 'stdout', format = 'json' }: LoggerOptions): { write(text: string): void } {
  // Written at once: the last lines before an exit are the ones that matter.
  const sink = typeof destination === 'string' ? pino.destination({ dest: destination === 'stdout' ? 1 : 2, sync: true }) : destination;
  if (format === 'json') return sink;
  const stream = destination === 'stderr' ? process.stderr : process.stdout;
  const colours = typeof destination === 'string' && stream.isTTY && !process.env['NO_COLOR'];
  return { write: (line) => sink.write(prettyLine(line, colours)) };
}

function wrap(logger: PinoLogger): Logger {
  const at =
    (level: LogLevel) =>
    (message: string, fields?: LogFields): void => {
      if (!logger.isLevelEnabled(level)) return;
      logger[level](redact({ ...logContext(), ...fields }), redactText(message));
    };
  return {
    fatal: at('fatal'),
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    trace: at('trace'),
    with: (fields) => wrap(logger.child(redact(fields) as Record<string, unknown>)),
  };
}

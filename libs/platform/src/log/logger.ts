/** Values beside a message, for machines: `bayId`, `correlationId`, `driver`. An error goes under `error`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** From quiet to talkative. `error` means that someone must act; `fatal` that the process ends. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Writes structured lines: a constant `message`, so that lines of one kind can be counted, and what varies as fields.
 * Secrets in fields are redacted (see `redact`), and the fields of the surrounding `withLogContext` are added.
 */
export interface Logger {
  fatal(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  trace(message: string, fields?: LogFields): void;
  /** The same logger, adding `fields` to every line. */
  with(fields: LogFields): Logger;
}

/** Says nothing. */
export const silentLogger: Logger = {
  fatal: () => undefined,
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  trace: () => undefined,
  with: () => silentLogger,
};

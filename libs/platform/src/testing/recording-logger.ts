import { createLogger } from '../log/create-logger.ts';
import type { Logger, LogLevel } from '../log/logger.ts';

/** A line as it would have been written: redacted, with the fields of its context. */
export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly service: string;
  readonly [field: string]: unknown;
}

export interface RecordingLogger extends Logger {
  /** Everything logged so far, oldest first. */
  readonly lines: readonly LogLine[];
}

/** A logger that keeps its lines for a test to look at. */
export function recordingLogger(level: LogLevel = 'trace'): RecordingLogger {
  const lines: LogLine[] = [];
  const destination = { write: (text: string) => void lines.push(JSON.parse(text) as LogLine) };
  return { ...createLogger({ service: 'test', level, destination }), lines };
}

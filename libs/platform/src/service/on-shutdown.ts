import { silentLogger, type Logger } from '../log/logger.ts';
import { systemTimers, type Timers } from '../time/timers.ts';

const SIGNALS = { SIGTERM: 143, SIGINT: 130 } as const;
type ShutdownSignal = keyof typeof SIGNALS;

/** The parts of the process that shutting down uses. */
export interface ProcessHost {
  on(signal: ShutdownSignal, listener: () => void): unknown;
  off(signal: ShutdownSignal, listener: () => void): unknown;
  exit(code: number): void;
}

export interface ShutdownOptions {
  /** How long closing may take, in milliseconds; then the process ends anyway, with code 1. @default 20000 */
  readonly timeoutMs?: number;
  readonly logger?: Logger;
  readonly timers?: Timers;
  /** @default the real process */
  readonly host?: ProcessHost;
}

/**
 * Ends the process in an orderly way on SIGTERM or SIGINT: calls `close` once and exits with 0 when it is done, with 1
 * when it failed or took too long. A second signal means that someone has lost patience, and ends it at once.
 *
 * @returns what takes the listeners off again.
 */
export function onShutdown(close: () => Promise<unknown>, options: ShutdownOptions = {}): () => void {
  const { timeoutMs = 20_000, logger = silentLogger, timers = systemTimers, host = process } = options;
  let closing = false;
  const end = async (signal: ShutdownSignal): Promise<void> => {
    if (closing) return host.exit(SIGNALS[signal]);
    closing = true;
    logger.info('shutting down', { signal });
    const timer = timers.after(timeoutMs, () => {
      logger.error('shutdown took too long', { timeoutMs });
      host.exit(1);
    });
    try {
      await close();
      host.exit(0);
    } catch (error) {
      logger.error('shutdown failed', { error });
      host.exit(1);
    } finally {
      timer.cancel();
    }
  };
  const listeners = (Object.keys(SIGNALS) as ShutdownSignal[]).map((signal) => [signal, () => void end(signal)] as const);
  for (const [signal, listener] of listeners) host.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) host.off(signal, listener);
  };
}

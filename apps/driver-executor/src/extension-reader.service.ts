import type { BayView, ExtensionCall } from '@jeroboam/domain';
import type { ExtensionAnswer } from '@jeroboam/messaging';
import type { Logger } from '@jeroboam/platform';
import type { DriverHost } from './driver-host.service.ts';

/** Less than the API waits for the answer. */
const TIMEOUT_MS = 8_000;
/** Characters of what is shown, as JSON: a message has room for it. */
const MAX_SHOWN = 200_000;

/** Asks drivers for what only they know of their bays. A driver that throws, hangs or says too much harms nobody else. */
export class ExtensionReader {
  constructor(
    private readonly drivers: DriverHost,
    private readonly log: Logger,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  /** Never throws: what goes wrong is the answer. */
  async read(bay: BayView, call: ExtensionCall): Promise<ExtensionAnswer> {
    const { bayId, driver: { name, version } } = bay.spec;
    const fields = { bayId, driver: `${name}@${version}`, alias: call.alias, command: call.command };
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(new Error('the driver did not answer in time')), this.timeoutMs);
    try {
      const shown = await Promise.race([this.#ask(bay, call, end.signal), aborted(end.signal)]);
      if (JSON.stringify(shown).length > MAX_SHOWN) throw new Error('the driver has more to show than fits into an answer');
      return { shown };
    } catch (error) {
      this.log.warn('a driver could not show what its extension was asked for', { ...fields, error });
      return { failed: error instanceof Error ? error.message : String(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  async #ask(bay: BayView, call: ExtensionCall, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
    const { bayId, driver: { name, version } } = bay.spec;
    const driver = await this.drivers.available(name, version);
    if (!driver.extension) throw new Error(`Driver ${name} ${version} shows nothing by itself`);
    return driver.extension(call, bay, { signal, log: this.log.with({ bayId, command: call.command }) });
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

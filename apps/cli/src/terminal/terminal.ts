import { once } from 'node:events';
import { styleText } from 'node:util';
import { Problem } from '../problem.ts';

/** Whoever read our output has had enough (`| head`): reason to stop, not to complain. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Data go to standard output, everything said about them to standard error. Colours only for eyes (https://no-color.org). */
export class Terminal {
  readonly #colour: boolean;
  #failure: NodeJS.ErrnoException | undefined;

  constructor(
    private readonly stdout: Output,
    private readonly stderr: Output,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.#colour = stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
    stdout.on('error', (error) => { this.#failure ??= error; });
    // Nobody is left to tell.
    stderr.on('error', () => undefined);
  }

  /**
   * One line of data. Waits while the reader is slower.
   * @throws {OutputClosed}
   */
  async line(text: string): Promise<void> {
    this.#check();
    if (!this.stdout.write(`${text}\n`)) await once(this.stdout, 'drain').catch(() => undefined);
    this.#check();
  }

  /** Waits until everything is written. @throws {OutputClosed} {Problem} a full disk, for instance. */
  async flush(): Promise<void> {
    await new Promise<void>((resolve) => this.stdout.write('', () => resolve()));
    this.#check();
  }

  /** A remark for the user, not part of the data. */
  message(text: string): void {
    this.stderr.write(`${text}\n`);
  }

  style(style: Style, text: string): string {
    return this.#colour && text !== '' ? styleText(style, text, { validateStream: false }) : text;
  }

  #check(): void {
    if (!this.#failure) return;
    if (this.#failure.code === 'EPIPE') throw new OutputClosed('nobody reads the output any more', { cause: this.#failure });
    throw new Problem(`The output cannot be written: ${this.#failure.message}`, { cause: this.#failure });
  }
}

/** Text from elsewhere, fit for a terminal: control characters could move its cursor or worse. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, (characters) => (/^[\t\n\r]+$/.test(characters) ? ' ' : '\uFFFD'));
}

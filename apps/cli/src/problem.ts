/** It was asked for in a way that cannot work: nothing was tried. */
export const EXIT_USAGE = 2;
/** It was tried and did not work. */
export const EXIT_FAILED = 1;

/** Something the user can do something about; `advice` says what. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly advice: string | undefined;
  readonly exitCode: number;

  constructor(message: string, options: { readonly advice?: string; readonly exitCode?: number; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.advice = options.advice;
    this.exitCode = options.exitCode ?? EXIT_FAILED;
  }
}

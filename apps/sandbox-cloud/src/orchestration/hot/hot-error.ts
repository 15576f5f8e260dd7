/** Heat's names for what can be wrong with a template or with what comes along with it; all are answered with 400. */
export type HotErrorType = 'StackValidationFailed' | 'InvalidTemplateVersion' | 'InvalidTemplateReference' | 'InvalidTemplateAttribute'
  | 'InvalidSchemaError' | 'UserParameterMissing' | 'UnknownUserParameter' | 'ImmutableParameterModified' | 'CircularDependencyException'
  | 'TypeError' | 'ValueError' | 'KeyError';

/** A template that cannot be used, worded as Heat 19 words it. */
export class HotError extends Error {
  constructor(
    readonly type: HotErrorType,
    message: string,
  ) {
    super(message);
  }
}

export function invalid(message: string): HotError {
  return new HotError('StackValidationFailed', message);
}

/** Something wrong at a place in the template; Heat writes its path between two colons. */
export function invalidAt(path: string, cause: unknown, kind = ''): HotError {
  if (!(cause instanceof HotError)) throw cause;
  return invalid(`${kind === '' ? '' : `${kind}: : `}${path}: : ${cause.message}`);
}

import { DomainError } from '@jeroboam/domain';
import { pythonStr, type Json } from './python-values.ts';

// The refusals of the wire itself, in Magnum's words: contract section 3.2. Status 400 all of them.

/** A value that does not fit where it stands. */
export class InvalidInput extends DomainError {
  readonly code = 'INVALID_INPUT';
  readonly kind = 'invalid';
  constructor(field: string, value: Json | undefined, reason: string) {
    super(`Invalid input for field/attribute ${field}. Value: '${pythonStr(value)}'. ${reason}`, { field });
  }
}

/** A name in the body that the resource does not have. */
export class UnknownAttribute extends DomainError {
  readonly code = 'UNKNOWN_ATTRIBUTE';
  readonly kind = 'invalid';
  constructor(argument: string, names: readonly string[]) {
    super(pythonStr(`Unknown attribute${names.length > 1 ? 's' : ''} for argument ${argument}: ${names.join(', ')}`), { argument });
  }
}

/** A name in the query that the operation does not have. */
export class UnknownArgument extends DomainError {
  readonly code = 'UNKNOWN_ARGUMENT';
  readonly kind = 'invalid';
  constructor(name: string) {
    super(`Unknown argument: "${pythonStr(name)}"`);
  }
}

export class MissingArgument extends DomainError {
  readonly code = 'MISSING_ARGUMENT';
  readonly kind = 'invalid';
  constructor(name: string) {
    super(`Missing argument: "${name}"`, { argument: name });
  }
}

/** Any other sentence of Magnum's that says what is wrong with a request. */
export class BadRequest extends DomainError {
  readonly code = 'BAD_REQUEST';
  readonly kind = 'invalid';
}

/** A JSON patch that cannot be applied. */
export class PatchRefused extends DomainError {
  readonly code = 'PATCH_REFUSED';
  readonly kind = 'invalid';
  constructor(patch: Json, reason: string) {
    super(`Couldn't apply patch '${pythonStr(patch)}'. Reason: ${reason}`);
  }
}

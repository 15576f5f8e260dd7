import { STATUS_CODES } from 'node:http';

/** A refusal of one of the sandbox's services; each service has its own way of writing it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }

  get title(): string {
    return STATUS_CODES[this.status] ?? 'Error';
  }
}

export const UNAUTHORIZED = 'The request you have made requires authentication.';
export const NOT_FOUND = 'The resource could not be found.';

/** Keystone's words for a body that lacks something. */
export function expecting(what: string): string {
  return `Expecting to find ${what} in request body. The server could not comply with the request `
    + 'since it is either malformed or otherwise incorrect. The client is assumed to be in error.';
}

export function notFound(what: string, ident: string): ApiError {
  return new ApiError(404, `Could not find ${what}: ${ident}.`);
}

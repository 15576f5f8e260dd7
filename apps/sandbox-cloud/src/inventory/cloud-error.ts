/** A refusal of one of the simulated services, with the name its real client gives to it. */
export class CloudError extends Error {
  constructor(
    /** What Heat writes in front of the reason: `OverQuotaClient`, `Conflict`, `Forbidden`. */
    readonly type: string,
    /** As the service's own API would answer. */
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export function conflict(message: string): CloudError {
  return new CloudError('Conflict', 409, message);
}

export function missing(message: string): CloudError {
  return new CloudError('NotFound', 404, message);
}

export function badRequest(message: string): CloudError {
  return new CloudError('BadRequest', 400, message);
}

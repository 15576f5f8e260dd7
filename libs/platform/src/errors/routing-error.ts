/** Refusal of a request before any handler had it: no such path (404), wrong verb (405), nothing acceptable to answer with (406). */
export class RoutingError extends Error {
  /**
   * @param detail text for the client; Magnum sends none with 404 and 405.
   * @param headers e.g. `allow` with 405.
   */
  constructor(
    readonly status: number,
    readonly detail = '',
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`routing refused with ${status}${detail === '' ? '' : `: ${detail}`}`);
    this.name = 'RoutingError';
  }
}

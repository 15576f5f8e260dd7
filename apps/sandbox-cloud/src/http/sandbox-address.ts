/** Where the sandbox can be reached: known only once it listens, as the port may be any free one. */
export class SandboxAddress {
  /** Scheme, host and port, without a slash at its end. */
  url = '';
}

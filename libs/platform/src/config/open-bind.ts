import { isIPv4 } from 'node:net';
import { ConfigInvalid } from './config-invalid.ts';

/** True for names and addresses that only this host can reach. */
export function isLoopback(host: string): boolean {
  const bare = host
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/^::ffff:/i, '')
    .toLowerCase();
  return bare === 'localhost' || bare === '::1' || (isIPv4(bare) && bare.startsWith('127.'));
}

/**
 * Refuses to serve without authentication where others can reach it.
 *
 * @param authMode how callers prove who they are; `none` when they need not.
 * @throws {ConfigInvalid} for `none` on anything but a loopback address.
 */
export function refuseOpenBind(host: string, authMode: string): void {
  if (authMode !== 'none' || isLoopback(host)) return;
  const where = host === '' ? 'every address' : host;
  throw new ConfigInvalid([
    {
      variable: '',
      problem:
        `Listening on ${where} without authentication would hand every bay to whoever reaches it: ` +
        'listen on 127.0.0.1 or choose an authentication.',
    },
  ]);
}

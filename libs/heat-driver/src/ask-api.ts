import { request } from 'node:https';
import type { ClientIdentity } from '@jeroboam/driver-sdk';

/** No list of nodes is longer. */
const MAX_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

/** One GET of a bay's own API, as a client of the bay's authority. @throws when nobody answers in ten seconds. */
export function askApi(url: string, { caPem, certificatePem, keyPem }: ClientIdentity, signal: AbortSignal): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const call = request(url, { ca: caPem, cert: certificatePem, key: keyPem, signal, agent: false, timeout: TIMEOUT_MS }, (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > MAX_BYTES) call.destroy(new Error('the answer is too long'));
        parts.push(part);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }));
      response.on('error', reject);
    });
    call.on('timeout', () => call.destroy(new Error('no answer in time')));
    call.on('error', reject);
    call.end();
  });
}

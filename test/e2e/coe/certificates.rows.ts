import { X509Certificate } from 'node:crypto';
import { denied, refused } from './row.ts';
import type { Known, Row } from './row.ts';

const SHOW = 'coe ca show';
const SIGN = 'coe ca sign';

/** By the authority that was printed last. */
function isSigned(stdout: string, known: Known): void {
  const certificate = new X509Certificate(stdout);
  expect(certificate.verify(new X509Certificate(known.get('authority')!).publicKey)).toBe(true);
  expect(certificate.subject).toBe('O=system:masters\nCN=somebody');
}

export const CERTIFICATE_ROWS: readonly Row[] = [
  {
    command: SHOW, args: 'b1', does: 'prints the certificate of the authority',
    check(stdout, known) {
      const authority = new X509Certificate(stdout);
      expect([authority.ca, authority.verify(authority.publicKey)]).toEqual([true, true]);
      known.set('authority', stdout);
    },
  },
  {
    command: SHOW, args: 'b1', does: 'shows it to its owner only', as: 'demo2', exit: 1,
    complains: denied('certificate:get'),
  },
  {
    command: SHOW, args: 'nope', does: 'finds no cluster that there is not', exit: 1,
    complains: refused(404, 'Cluster nope could not be found'),
  },
  {
    command: SIGN, args: 'b1 {request}', does: 'prints a certificate for the key in the request', check: isSigned,
  },
  { command: SIGN, args: 'b1 no-such-file', does: 'needs a file', says: 'A CSR must be provided.\n' },
  {
    command: SIGN, args: 'b1 {garbage}', does: 'refuses what is no request', exit: 1,
    complains: /^Received invalid csr .* \(HTTP 400\) \(Request-ID: \S+\)\n$/,
  },
  {
    command: SIGN, args: 'b1 {request}', does: 'signs nothing for a colleague', as: 'demo2', exit: 1,
    complains: denied('certificate:create'),
  },
];

const ROTATE = 'coe ca rotate';

export const ROTATION_ROWS: readonly Row[] = [
  { command: ROTATE, args: 'b1', does: 'rotates nothing for a reader', as: 'reader', exit: 1, complains: denied('certificate:rotate_ca') },
  {
    command: ROTATE, args: '{b1}', does: 'finds no cluster of another project', as: 'other', exit: 1,
    complains: refused(404, 'Cluster {b1} could not be found'),
  },
  {
    command: ROTATE, args: 'b1', does: 'accepts a rotation', settles: ['b1', 'UPDATE_COMPLETE'],
    says: 'Request to rotate the CA certificate for cluster {b1} has been accepted.\n',
  },
  {
    command: SHOW, args: 'b1', does: 'prints the new authority alone',
    check(stdout, known) {
      expect(stdout.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
      expect(new X509Certificate(stdout).serialNumber).not.toBe(new X509Certificate(known.get('authority')!).serialNumber);
      known.set('authority', stdout);
    },
  },
  { command: SIGN, args: 'b1 {request}', does: 'signs with the new one', check: isSigned },
];

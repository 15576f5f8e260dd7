import { generateKeyPairSync } from 'node:crypto';
import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';

// A thread that makes RSA key pairs, one for each message, and gives way to everything else on the host: Linux takes the
// priority of process 0 for that of the calling thread. Elsewhere it would be the whole process's.
if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);

parentPort!.on('message', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicExponent: 0x10001,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  const given = { publicKey: Uint8Array.from(publicKey), privateKey: Uint8Array.from(privateKey) };
  privateKey.fill(0);
  // Moved, not copied: the key is in one place.
  parentPort!.postMessage(given, [given.publicKey.buffer, given.privateKey.buffer]);
});

import { Worker } from 'node:worker_threads';

export interface RsaKeyPair {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  /** PKCS#8, DER. Cleared once it is stored. */
  readonly privateKey: Buffer;
}

// The thread's own file: a source when this is one (types are stripped by Node), otherwise the compiled one.
const THREAD_FILE = new URL(`./rsa-keys.thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/** Threads that have nothing to do; they keep no process alive. */
const idle: Worker[] = [];

/**
 * RSA 2048 with exponent 65537, Magnum's `[x509] rsa_key_size`. Made in a thread that gives way to everything else: with a
 * thousand bays asked for at once, a minute of nothing but keys would stand between users and their answers, and in Node's own
 * pool before every file. Callers bound how many are made at once; there is a thread for each.
 */
export async function generateRsaKeyPair(): Promise<RsaKeyPair> {
  const thread = idle.pop() ?? new Worker(THREAD_FILE, { execArgv: [], name: 'rsa-keys' });
  thread.ref();
  const pair = await answered(thread);
  thread.unref();
  idle.push(thread);
  return pair;
}

type Answer = Readonly<Record<keyof RsaKeyPair, Uint8Array<ArrayBuffer>>>;

function answered(thread: Worker): Promise<RsaKeyPair> {
  return new Promise((resolve, reject) => {
    // Each by itself: a thread of which all listeners were removed is not heard any more.
    const settle = (end: () => void): void => {
      thread.off('message', made).off('error', failed).off('exit', ended);
      end();
    };
    const made = ({ publicKey, privateKey }: Answer) => settle(() => resolve({ publicKey: Buffer.from(publicKey.buffer), privateKey: Buffer.from(privateKey.buffer) }));
    const failed = (error: unknown) => settle(() => reject(error instanceof Error ? error : new Error(String(error))));
    const ended = (code: number) => settle(() => reject(new Error(`the thread that makes keys ended with ${code}`)));
    thread.on('message', made).on('error', failed).on('exit', ended);
    thread.postMessage('make');
  });
}

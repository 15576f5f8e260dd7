import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const RETRY_MS = 10;

/**
 * Runs `work` while no other process of this host (and network namespace) runs one under the same name. The lock is an
 * abstract socket: the kernel gives it back when its holder dies, so there is nothing stale and nothing to clean up.
 * @throws the reason of `signal` when it is aborted while waiting.
 */
export async function withHostLock<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return heldDuring(await acquire(`\0${name}`, signal), work);
}

/** Runs `work` unless another runs under the same name: what that one does makes it needless. @returns undefined then. */
export async function unlessHostLocked<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
  const held = await listen(`\0${name}`);
  return held && heldDuring(held, work);
}

async function heldDuring<T>(held: Server, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await new Promise<void>((resolve) => held.close(() => resolve()));
  }
}

async function acquire(path: string, signal: AbortSignal): Promise<Server> {
  for (;;) {
    signal.throwIfAborted();
    const server = await listen(path);
    if (server) return server;
    await pause(RETRY_MS, undefined, { signal });
  }
}

function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen({ path }, () => resolve(server));
  });
}

import { createHash } from 'node:crypto';
import type { Position, RecordedEvent } from '@jeroboam/domain';
import type { EventLog } from './event-log.port.ts';
import { DamagedEvent, NO_HASH, hashEvent } from './stored-event.ts';

export interface VerifyOptions {
  /** Stop after this position: the one an earlier report or a signed checkpoint names. @default the head */
  readonly upTo?: Position;
}

export interface BrokenLink {
  /** The first position that is not as it was written. */
  readonly position: Position;
  /** Absent when the event cannot even be read. */
  readonly stream?: string;
  readonly revision?: number;
  readonly reason: 'damaged' | 'hash does not match' | 'link to the event before is broken' | 'revision is not the next one' | 'position goes backwards';
}

export interface ChainReport {
  /** Events found good, and the streams they belong to. */
  readonly events: number;
  readonly streams: number;
  /** The last good position; undefined when there is none. */
  readonly upTo: Position | undefined;
  /**
   * Hex SHA-256 over the hashes of all good events in order of position. Whoever kept (or signed) this with `upTo` can
   * tell later that the log up to there is still the same, also that no stream was cut short: that leaves the chains whole.
   */
  readonly digest: string;
  readonly broken?: BrokenLink;
}

interface Link {
  readonly revision: number;
  readonly hash: string;
}

/**
 * Reads the log from its beginning and recomputes every stream's chain of hashes, up to the first event that is not
 * what was written. Keeps one link per stream in memory.
 */
export async function verifyChain(log: EventLog, { upTo }: VerifyOptions = {}): Promise<ChainReport> {
  const links = new Map<string, Link>();
  const digest = createHash('sha256');
  let events = 0;
  let last: Position | undefined;
  const report = (broken?: BrokenLink): ChainReport => ({
    events, streams: links.size, upTo: last, digest: digest.digest('hex'), ...(broken && { broken }),
  });
  try {
    for await (const event of log.readAll()) {
      if (upTo !== undefined && event.position > upTo) break;
      const reason = faultOf(event, links.get(event.stream), last);
      if (reason) return report({ position: event.position, stream: event.stream, revision: event.revision, reason });
      links.set(event.stream, { revision: event.revision, hash: event.hash });
      digest.update(event.hash);
      events += 1;
      last = event.position;
    }
  } catch (error) {
    if (error instanceof DamagedEvent) return report({ position: error.position, reason: 'damaged' });
    throw error;
  }
  return report();
}

function faultOf(event: RecordedEvent, before: Link | undefined, last: Position | undefined): BrokenLink['reason'] | undefined {
  if (last !== undefined && event.position <= last) return 'position goes backwards';
  if (event.revision !== (before ? before.revision + 1 : 0)) return 'revision is not the next one';
  if (event.prevHash !== (before?.hash ?? NO_HASH)) return 'link to the event before is broken';
  if (hashEvent(event) !== event.hash) return 'hash does not match';
  return undefined;
}

import type { JeroboamEvent } from '@jeroboam/domain';
import type { FakeClock } from '@jeroboam/platform/testing';
import type { EventLog } from '@jeroboam/event-log';
import { bayEvents, happen } from './history.ts';

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The life of one bay, from its creation to its end, some with trouble. */
function lifeOf(name: string, random: () => number): JeroboamEvent[] {
  const bay = bayEvents(name);
  const life = [bay.requested(1, 1 + Math.floor(random() * 4))];
  if (random() < 0.1) life.push(bay.creationFailed());
  else life.push(bay.joined('default-worker-0'), bay.joined('default-worker-1'), bay.provisioned());
  for (let more = Math.floor(random() * 8); more > 0; more -= 1) {
    const nodes = 1 + Math.floor(random() * 6);
    const doing = random();
    if (doing < 0.5) life.push(bay.resizeRequested(nodes), bay.joined(`default-worker-${more + 1}`), random() < 0.2 ? bay.resizeFailed(nodes, nodes) : bay.resized(nodes));
    else if (doing < 0.7) life.push(bay.groupRequested(`extra-${more}`, nodes), bay.groupCreated(`extra-${more}`, nodes), bay.groupDeletionRequested(`extra-${more}`, nodes), bay.groupDeleted(`extra-${more}`));
    else if (doing < 0.85) life.push(bay.health(random() < 0.5 ? 'UNHEALTHY' : 'HEALTHY'));
    else if (doing < 0.95) life.push(bay.upgradeRequested(), bay.upgraded());
    else life.push(bay.certificateIssued());
  }
  return [...life, bay.deletionRequested(), bay.deleted()];
}

export interface RandomHistoryOptions {
  readonly seed: number;
  readonly events: number;
  /** Bays that are there at once. @default 40 */
  readonly bays?: number;
  /** At most so much time passes between two events. @default 20000 */
  readonly stepMs?: number;
}

/** Writes a history of many bays, interleaved, while the clock goes on. */
export async function happenAtRandom(log: EventLog, clock: FakeClock, { seed, events, bays = 40, stepMs = 20_000 }: RandomHistoryOptions): Promise<void> {
  const random = randomOf(seed);
  let born = 0;
  const lives = Array.from({ length: bays }, () => lifeOf(`bay-${(born += 1)}`, random));
  for (let written = 0; written < events; written += 1) {
    const at = Math.floor(random() * bays);
    if (lives[at]!.length === 0) lives[at] = lifeOf(`bay-${(born += 1)}`, random);
    await clock.advance(Math.floor(random() * stepMs));
    await happen(log, clock, [lives[at]!.shift()!]);
  }
}

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { StepFailed } from '@jeroboam/driver-sdk';

/** Longest bay id that still leaves room for a node's sockets: paths of unix sockets end at 107 bytes. */
const BAY_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/;
const RUN = '/run';

/**
 * Every name the driver gives to something outside, made of nothing but the bay's id and a node's slot: so leftovers can be
 * found by name, and two tries of one step mean the same things.
 */
export class BayNames {
  /** Ten hex digits: the kernel ends interface names at 15 characters. */
  readonly shortId: string;
  readonly bridge: string;
  /** Interfaces carry it as alias, in full. */
  readonly alias: string;
  /** Path below every cgroup hierarchy. */
  readonly cgroup: string;
  /** Sockets and state of the running engines; gone after a reboot. */
  readonly runtimeDir: string;
  /** What outlives a reboot: keys, certificates, images, volumes, the record. */
  readonly bayDir: string;

  /** @throws {StepFailed} the id cannot be part of a name. */
  constructor(
    readonly bayId: string,
    dataDir: string,
  ) {
    if (!BAY_ID.test(bayId)) throw new StepFailed(`${JSON.stringify(bayId)} cannot be part of a host name or path`, { retryable: false });
    this.shortId = shortIdOf(bayId);
    this.bridge = `jb${this.shortId}`;
    this.alias = `jeroboam-${bayId}`;
    this.cgroup = `/${this.alias}`;
    this.runtimeDir = join(RUN, this.alias);
    this.bayDir = join(baysDir(dataDir), bayId);
  }

  /** Slots are numbers from 0 to 250. */
  link(slot: number): string {
    return `jv${this.shortId}${slot}`;
  }

  namespace(slot: number): string {
    return `${this.alias}-n${slot}`;
  }

  nodeDir(slot: number): string {
    return join(this.bayDir, `n${slot}`);
  }

  execRoot(slot: number): string {
    return join(this.runtimeDir, `n${slot}`);
  }

  /** Who holds it may start or stop the node's engine. */
  engineLock(slot: number): string {
    return `${this.alias}-n${slot}-engine`;
  }

  nodeCgroup(slot: number): string {
    return `${this.cgroup}/n${slot}`;
  }
}

export function baysDir(dataDir: string): string {
  return join(dataDir, 'bays');
}

function shortIdOf(bayId: string): string {
  const hex = bayId.replaceAll('-', '').toLowerCase();
  // The beginning of a UUID is easier to recognise than a digest of it.
  return /^[0-9a-f]{32}$/.test(hex) ? hex.slice(0, 10) : createHash('sha256').update(bayId).digest('hex').slice(0, 10);
}

/** Host name of a node: its name where the kernel takes it, a recognisable part of it otherwise. */
export function hostNameOf(nodeName: string, slot: number): string {
  const plain = nodeName.replaceAll(/[^A-Za-z0-9-]/g, '-');
  return plain === nodeName && plain.length <= 63 ? plain : `${plain.slice(0, 55)}-n${slot}`;
}

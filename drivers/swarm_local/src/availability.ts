import { readFileSync } from 'node:fs';
import type { Availability, Missing } from '@jeroboam/driver-sdk';
import { parseRange } from './bay/address-range.ts';
import { findProgram } from './host/command.ts';

/** Bits of `CapEff`, from linux/capability.h. */
const CAPABILITIES = { CAP_NET_ADMIN: 12n, CAP_SYS_ADMIN: 21n } as const;

const PROGRAMS: readonly (Missing & { readonly package: string })[] = [
  { what: 'dockerd', reason: 'every node of a bay is a Docker engine of its own', package: 'docker.io' },
  { what: 'containerd', reason: 'Docker engines run containers through it', package: 'containerd' },
  { what: 'runc', reason: 'containers are started with it', package: 'runc' },
  { what: 'ip', reason: 'nodes are connected by bridges and network namespaces', package: 'iproute2' },
  { what: 'nsenter', reason: 'engines are started inside their network namespace', package: 'util-linux' },
  { what: 'unshare', reason: 'engines get host names of their own', package: 'util-linux' },
  { what: 'umount', reason: 'what a killed engine leaves mounted is cleaned up with it', package: 'mount' },
  { what: 'iptables', reason: "engines connect their containers with it, and the host lets a bay's nodes talk", package: 'iptables' },
];

/** What of the host an answer depends on; told apart so that it can be tried for hosts one does not have. */
export interface HostFacts {
  readonly platform: NodeJS.Platform;
  /** `CapEff` of `/proc/self/status`, in hex. */
  readonly effectiveCapabilities: string;
  hasProgram(name: string): boolean;
  /** Setting `JEROBOAM_SWARM_LOCAL_RANGE`, where there is one. */
  readonly addressRange: string | undefined;
}

/** Names everything that is missing at once, with its reason and the Debian package that brings it. */
export function availabilityOf(host: HostFacts): Availability {
  if (host.platform !== 'linux')
    return {
      available: false,
      missing: [{ what: 'Linux', reason: `network namespaces and cgroups are made with it; this is ${host.platform}` }],
    };
  const missing = [
    ...missingCapabilities(host.effectiveCapabilities),
    ...PROGRAMS.filter(({ what }) => !host.hasProgram(what)),
    ...wrongRange(host.addressRange),
  ];
  return missing.length === 0 ? { available: true } : { available: false, missing };
}

export function thisHost(): HostFacts {
  const linux = process.platform === 'linux';
  return {
    platform: process.platform,
    effectiveCapabilities: linux ? (/^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0') : '0',
    hasProgram: (name) => findProgram(name) !== undefined,
    addressRange: process.env['JEROBOAM_SWARM_LOCAL_RANGE'],
  };
}

function missingCapabilities(effective: string): readonly Missing[] {
  const bits = BigInt(`0x${effective}`);
  const absent = Object.entries(CAPABILITIES).filter(([, bit]) => ((bits >> bit) & 1n) === 0n);
  return absent.map(([what]) => ({ what, reason: 'making namespaces, bridges and mounts needs it; run the driver executor as root' }));
}

function wrongRange(range: string | undefined): readonly Missing[] {
  if (range === undefined || parseRange(range)) return [];
  return [
    {
      what: 'JEROBOAM_SWARM_LOCAL_RANGE',
      reason: `it says ${JSON.stringify(range)} and must be a block of private IPv4 addresses from /8 to /24, such as 10.88.0.0/14`,
    },
  ];
}

import type { Availability } from '@jeroboam/driver-sdk';
import { swarmLocalV1 } from '../index.ts';

/** Generous, as other work may share the machine; nothing in these tests waits on purpose. */
export const TIMEOUT_MS = 240_000;

/** Declares tests that need real engines; on a host without, one that fails, or says that it was left out where that is allowed. */
export async function withEngines(declare: () => void): Promise<void> {
  const availability = await swarmLocalV1.create({ dataDir: '/nowhere', log: { info: () => {}, warn: () => {} } }).availability();
  if (availability.available) declare();
  else if (process.env['JEROBOAM_SKIP_LOCAL_SWARM'] === '1') notHere(availability);
  else cannotRun(availability);
}

function notHere(answer: Availability): void {
  it(`WAS NOT RUN HERE, as JEROBOAM_SKIP_LOCAL_SWARM=1 allows: ${missingIn(answer)}`, () => {
    expect(answer.available).toBe(false);
  });
}

function cannotRun(answer: Availability): void {
  it('runs on this host', () => {
    throw new Error(`swarm_local cannot be tested on this host: ${missingIn(answer)}. Set JEROBOAM_SKIP_LOCAL_SWARM=1 to leave it out.`);
  });
}

function missingIn(answer: Availability): string {
  return answer.available
    ? ''
    : answer.missing
        .map(({ what, reason, package: brings }) => `${what} is missing, ${reason}${brings ? ` (package ${brings})` : ''}`)
        .join('; ');
}

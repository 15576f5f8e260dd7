import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bayDecider } from '../bay/bay.decider.ts';
import { bayModelDecider } from '../bay-model/bay-model.decider.ts';
import { certificateDecider } from '../certificate/certificate.decider.ts';
import { deprecatedUseDecider } from '../deprecation/deprecated-use.decider.ts';
import { driverDecider } from '../driver/driver.decider.ts';
import { idempotencyDecider } from '../idempotency/idempotency.decider.ts';
import { operationsDecider } from '../operation/operation.process.ts';
import { quotaDecider } from '../quota/quota.decider.ts';
import type { Decider } from './decider.ts';
import { EVENT_CATALOG } from './event-catalog.ts';

const rooms = { bay: bayDecider, 'bay-model': bayModelDecider, quota: quotaDecider, operation: operationsDecider, certificate: certificateDecider, deprecation: deprecatedUseDecider, driver: driverDecider, idempotency: idempotencyDecider } as unknown as Record<string, Decider<unknown, never, never>>;

interface Sample { readonly room: string; readonly file: string; readonly event: { readonly type: string; readonly schemaVersion: number } }

const samples: Sample[] = Object.keys(rooms).flatMap((room) => {
  const folder = join(import.meta.dirname, '..', room, '__fixtures__');
  return readdirSync(folder).map((file) => ({ room, file, event: JSON.parse(readFileSync(join(folder, file), 'utf8')) }));
});

describe('the samples of shipped events', () => {
  it('has one of every version of every type', () => {
    const expected = Object.entries(EVENT_CATALOG).flatMap(([type, version]) => Array.from({ length: version }, (_, index) => `${type} ${index + 1}`));
    expect(samples.map(({ event }) => `${event.type} ${event.schemaVersion}`).sort()).toEqual(expected.sort());
  });
  it.each(samples)('still reads $file', ({ room, event }) => {
    const decider = rooms[room]!;
    expect(decider.evolve(decider.initialState(), event as never)).toBeDefined();
  });
  it('keeps private keys and tokens out of every one', () => {
    for (const { event } of samples) expect(JSON.stringify(event)).not.toMatch(/PRIVATE KEY|"(password|secret|token)":"/);
  });
});

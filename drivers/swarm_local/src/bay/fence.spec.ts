import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fence } from './fence.ts';
import { BayNames } from './names.ts';

const TOO_OLD = expect.objectContaining({ name: 'StepFailed', retryable: false });

describe('the fence of a bay', () => {
  let dataDir: string;
  let names: BayNames;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'fence-'));
    names = new BayNames('a-bay', dataDir);
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const fence = (token: number) => new Fence(names, dataDir, token);

  it('refuses whoever comes with a lower token', () => {
    fence(9).build();
    fence(10).raise();
    expect(() => fence(9).raise()).toThrow(TOO_OLD);
    expect(() => fence(10).raise()).not.toThrow();
  });

  it('stops whoever was overtaken in the middle of a step', () => {
    const slow = fence(2);
    slow.build();
    fence(11).raise();
    expect(() => slow.check()).toThrow('fencing token 2 is too old: 11 was here');
  });

  it('is not lowered by a straggler that writes last', () => {
    fence(5).build();
    expect(() => fence(4).raise()).toThrow(TOO_OLD);
    expect(() => fence(4).check()).toThrow(TOO_OLD);
    expect(() => fence(5).check()).not.toThrow();
  });

  it('keeps no more tokens than it needs', () => {
    fence(1).build();
    for (const token of [2, 3, 4]) fence(token).raise();
    expect(readdirSync(join(names.bayDir, 'fence'))).toHaveLength(1);
  });

  it('stops whoever still works on a bay that was removed', () => {
    const slow = fence(2);
    slow.build();
    rmSync(names.bayDir, { recursive: true });
    expect(() => slow.check()).toThrow('the bay was removed');
  });

  it('remembers deleted bays against stragglers, and not against the deletion itself', () => {
    fence(7).build();
    fence(7).remember();
    rmSync(names.bayDir, { recursive: true });
    expect(() => fence(6).build()).toThrow(TOO_OLD);
    expect(() => fence(7).refuseDeleted()).not.toThrow();
    expect(() => new Fence(new BayNames('another', dataDir), dataDir, 1).refuseDeleted()).not.toThrow();
  });

  it('lets what it remembers grow only so far', () => {
    const file = join(dataDir, 'deleted-bays.log');
    writeFileSync(file, 'old 1\n'.repeat(100_000));
    fence(7).remember();
    expect(readFileSync(file, 'utf8')).toBe('a-bay 7\n');
    expect(() => new Fence(new BayNames('old', dataDir), dataDir, 0).refuseDeleted()).toThrow(TOO_OLD);
  });
});

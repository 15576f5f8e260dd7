import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDataDir } from './data-dir-lock.ts';

describe('the lock of a data directory', () => {
  const root = mkdtempSync(join(tmpdir(), 'jeroboam-lock-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('lets one in at a time, and says to the other what to do', () => {
    const first = lockDataDir(root);
    expect(() => lockDataDir(root)).toThrow(/Another Jeroboam runs on .*JEROBOAM_DATA_DIR/);
    first.release();
    lockDataDir(root).release();
  });
});

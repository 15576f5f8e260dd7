import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrozenDriver } from '@jeroboam/driver-sdk';
import { fakeDriverManifest } from '@jeroboam/driver-sdk/testing';
import { runHere } from '../testing/run-here.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'jeroboam-diff-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A driver in a folder of its own, whose creation has these steps. */
function givenDriver(name: string, version: string, ...steps: readonly string[]): void {
  const { create: _create, ...data } = { ...fakeDriverManifest, version, capabilities: { ...fakeDriverManifest.capabilities, operations: [] } };
  const plan = JSON.stringify(steps.map((step) => ({ name: step })));
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'package.json'), '{"type":"module","exports":"./index.js"}');
  writeFileSync(join(folder, name, 'index.js'), `export const drivers = [{ ...${JSON.stringify(data)}, create: () => ({ plan: () => ${plan} }) }];\n`);
}

describe('jeroboam driver diff', () => {
  beforeEach(() => givenDriver('old', '1.0.0', 'make'));

  it('says what changed and how much it is', async () => {
    givenDriver('new', '1.1.0', 'make', 'check');
    const { status, stdout } = await runHere(['driver', 'diff', 'old', 'new'], { folder });
    expect(status).toBe(0);
    expect(stdout).toBe([
      'fake 1.0.0 (template 1.0.0) -> 1.1.0 (template 1.0.0): MINOR, declared MINOR',
      '  MINOR  create: steps or resources are added',
      '  MINOR  delete: steps or resources are added',
      '',
    ].join('\n'));
  });

  it('fails when the versions declare too little', async () => {
    givenDriver('new', '1.1.0', 'check');
    const { status, stdout, stderr } = await runHere(['driver', 'diff', 'old', 'new'], { folder });
    expect(status).toBe(1);
    expect(stdout).toContain('MAJOR, declared MINOR');
    expect(stderr).toContain('this is a MAJOR change: the driver needs a new major version');
  });

  it('compares with what was frozen, bays recorded by the driver’s author included', async () => {
    const [sample] = (JSON.parse(JSON.stringify(await frozen())) as readonly FrozenDriver[]).map(({ corpus }) => corpus[0]!);
    writeFileSync(join(folder, 'old', 'corpus.json'), JSON.stringify([{ ...sample, name: 'the bay of May' }]));
    expect((await frozen())[0]!.plans).toEqual({ 'the bay of May': { steps: [{ name: 'make' }], resources: {} } });
    givenDriver('new', '1.0.1', 'make', 'check');
    const { status, stdout } = await runHere(['driver', 'diff', 'old/frozen.json', 'new', '--json'], { folder });
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([{ driver: 'fake', change: 'minor', declared: 'patch', findings: [{ what: 'the bay of May: steps or resources are added' }] }]);
  });

  it.each([['nowhere', 'old'], ['old', 'nowhere'], ['nowhere.json', 'old']])('says what it cannot read of %s and %s', async (one, other) => {
    expect((await runHere(['driver', 'diff', one, other], { folder })).status).toBe(1);
  });

  async function frozen(): Promise<readonly FrozenDriver[]> {
    const { status } = await runHere(['driver', 'freeze', 'old'], { folder });
    expect(status).toBe(0);
    return JSON.parse(readFileSync(join(folder, 'old', 'frozen.json'), 'utf8')) as readonly FrozenDriver[];
  }
});

import type { OperationView } from '@jeroboam/domain';
import { BayLife } from '../bay-life.ts';
import type { Cut, CutMode } from '../outside-calls.ts';
import type { DriverHarness, OpenedDriver } from './driver-harness.ts';
import { expectLedgerComplete, expectNoSecrets, expectNodes, expectNothingLeft, expectNothingUnlisted } from './findings.ts';
import { expectWayIn } from './rotations.ts';

/** How often an operation is started over before the driver is called stuck. */
const MOST_TRIES = 5;

/** Lives in which one call out of the driver goes wrong: what is done again afterwards must end right. */
export function cutLives({ manifest, open, spec, cuts = 'all', timeoutMs = 30_000 }: DriverHarness): void {
  const worker = { workers: 1, ...(spec ? { spec } : {}) };

  /** Calls an uncut life makes: the places where others can be cut. Counted once, as real lives take time. */
  let counted: number | undefined;
  async function callsOfALife(opened: OpenedDriver): Promise<number> {
    if (counted === undefined) {
      const life = new BayLife(opened.driver, manifest, worker);
      await live(opened, life, undefined);
      counted = life.calls.made;
    }
    return counted;
  }

  async function live(opened: OpenedDriver, life: BayLife, cut: Cut | undefined): Promise<void> {
    const resizes = manifest.capabilities.operations.includes('resize');
    await insist(opened, life, cut, () => life.creation());
    await expectNodes(opened, life);
    await expectLedgerComplete(opened, life);
    if (manifest.capabilities.operations.includes('rotate-ca')) await rotated(opened, life, cut);
    for (const [count, gone] of resizes
      ? ([
          [2, []],
          [1, ['default-worker-0']],
        ] as const)
      : []) {
      await insist(opened, life, cut, () => life.resizing(count, gone));
      await expectNodes(opened, life);
      await expectLedgerComplete(opened, life);
    }
    await insist(opened, life, cut, () => life.deletion());
    await expectNothingLeft(opened, life);
  }

  for (const mode of ['refused', 'lost', 'aborted', 'silent'] satisfies CutMode[]) {
    it(
      `ends right wherever a call is ${mode} and the step is run again`,
      async () => {
        const opened = await open();
        try {
          const calls = await callsOfALife(opened);
          for (const call of places(calls, cuts, mode)) {
            const life = new BayLife(opened.reopen(), manifest, worker);
            await at(`call ${call} of ${calls} is ${mode}`, () => live(opened, life, { call, mode }));
            expectNoSecrets(life.said);
          }
        } finally {
          await opened.close();
        }
      },
      timeoutMs,
    );
  }
}

/** After a rotation only the new authority counts; wherever it was cut off, the bay's authority of the moment does. */
async function rotated(opened: OpenedDriver, life: BayLife, cut: Cut | undefined): Promise<void> {
  const old = await life.certificates.newClient();
  await insist(opened, life, cut, () => life.rotation(), () => expectWayIn(opened, life));
  await expectWayIn(opened, life);
  const { caPem } = await life.certificates.newClient();
  if (opened.admits) expect(await opened.admits(life.bay, { ...old, caPem })).toBe(false);
  await expectNodes(opened, life);
  await expectLedgerComplete(opened, life);
}

/** Starts an operation over, with a new process and the same plan, until it is through. */
async function insist(
  opened: OpenedDriver,
  life: BayLife,
  cut: Cut | undefined,
  begin: () => OperationView,
  afterEachCut: () => Promise<void> = async () => {},
): Promise<void> {
  const operation = begin();
  const steps = life.plan(operation);
  for (let attempt = 1; ; attempt += 1) {
    const abort = new AbortController();
    const ended = await race(life, cut, abort, life.runSteps(operation, steps, { signal: abort.signal }));
    if (ended === 'done') return;
    await expectNothingUnlisted(opened, life);
    await afterEachCut();
    if (attempt === MOST_TRIES) throw new Error('the operation does not end, however often it is run again', { cause: ended });
    life.driver = opened.reopen();
  }
}

/** A silent call never comes back, so the run is given up at the moment of its silence, as the death of a process is. */
async function race(life: BayLife, cut: Cut | undefined, abort: AbortController, run: Promise<void>): Promise<unknown> {
  const silence = new Promise<string>((resolve) => {
    life.calls.cutAt(cut, (mode) => {
      if (mode === 'aborted') abort.abort();
      if (mode === 'silent') resolve('silent');
    });
  });
  const outcome = run.then(
    () => 'done',
    (error: unknown) => {
      life.said.push(String(error));
      return error;
    },
  );
  return Promise.race([outcome, silence]);
}

/** All places, or some, spread evenly and shifted by the mode so that different modes try different places. */
function places(calls: number, wanted: number | 'all', mode: CutMode): readonly number[] {
  const all = Array.from({ length: calls }, (_, index) => index + 1);
  if (wanted === 'all' || wanted >= calls) return all;
  const shift = { refused: 0, lost: 0.25, aborted: 0.5, silent: 0.75 }[mode];
  return Array.from({ length: wanted }, (_, index) => all[Math.floor(((index + shift) / wanted) * calls)]!);
}

async function at(place: string, live: () => Promise<void>): Promise<void> {
  try {
    await live();
  } catch (cause) {
    throw new Error(`when ${place}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

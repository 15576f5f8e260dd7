import { join } from 'node:path';
import { ApiContract } from '@jeroboam/api/testing';
import { login } from '../e2e/harness/client.ts';
import { brokenChains, readLog } from '../e2e/harness/history.ts';
import { EmbeddedProcess, root } from '../e2e/harness/process.ts';
import { readRecordings } from '../golden/recording.ts';
import { Dice } from './dice.ts';
import { Exchange } from './exchange.ts';
import { makeFixtures } from './fixtures.ts';
import type { FuzzRequest } from './fuzz-request.ts';
import { Ledger, shown } from './ledger.ts';
import { Requests } from './requests.ts';

const SEED = Number(process.env['JEROBOAM_TEST_SEED'] ?? Date.now() % 1_000_000);
const REQUESTS = Number(process.env['JEROBOAM_FUZZ_REQUESTS'] ?? 20_000);
/** Requests under way at once. */
const LANES = 8;
/** Failures that are shown; the rest is counted. */
const SHOWN = 12;

describe(`${REQUESTS} requests made up from seed ${SEED}`, () => {
  const failures: string[] = [];
  let ledger: Ledger;
  let contract: ApiContract;
  let jeroboam: EmbeddedProcess;
  let events: Awaited<ReturnType<typeof readLog>>;

  beforeAll(async () => {
    console.log(`JEROBOAM_TEST_SEED=${SEED} repeats this run`);
    jeroboam = await EmbeddedProcess.start({ env: {
      JEROBOAM_DRIVERS: join(root, 'test', 'fuzz', 'fuzz-driver.ts'),
      JEROBOAM_SANDBOX_CLOUD_FILE: join(root, 'test', 'golden', 'cloud.json'),
    } });
    const token = (username: string, projectName = username) => login({ authUrl: jeroboam.authUrl, username, projectName });
    const tokens = {
      demo: await token('demo'), demo2: await token('demo2'), reader: await token('reader', 'demo'), admin: await token('admin'),
    };
    const ids = await makeFixtures(jeroboam.apiUrl, tokens);
    ledger = new Ledger((await readLog(jeroboam.dataDir)).map(({ requestId }) => requestId));
    contract = ApiContract.of(await (await fetch(`${jeroboam.apiUrl}/v1/openapi.json`)).text());
    const exchange = new Exchange(jeroboam.apiUrl, { ...tokens, stranger: 'no-such-token' }, ids);
    const started = Date.now();
    await sayAll(exchange);
    exchange.close();
    events = await readLog(jeroboam.dataDir);
    console.log(`${ledger.summary} and ${events.length} events in ${((Date.now() - started) / 1_000).toFixed(0)} s`);
  }, 300_000);
  afterAll(() => jeroboam?.stop());

  /** Several at once, taken in one order. */
  async function sayAll(exchange: Exchange): Promise<void> {
    const requests = new Requests(contract.document, readRecordings(), new Dice(SEED));
    let number = 0;
    await Promise.all(Array.from({ length: LANES }, async () => {
      while (number < REQUESTS) {
        number += 1;
        const own = number;
        failures.push(...(await wrongWith(requests.next(), exchange)).map((wrong) => `request ${own}, ${wrong}`));
      }
    }));
  }

  async function wrongWith(request: FuzzRequest, exchange: Exchange): Promise<string[]> {
    const target = exchange.targetOf(request);
    const answer = await exchange.say(request);
    ledger.enter(request, contract.operationId(request.method, target) ?? 'none', answer);
    const broken = answer.status >= 500 ? [`${answer.status}: ${answer.text}`] : [];
    const wrong = [...broken, ...contract.violations(request.method, target, answer)];
    return wrong.length === 0 ? [] : [[shown(request), `was answered with ${answer.status}`, ...wrong].join('\n  ')];
  }

  it('are answered as the OpenAPI document says, none of them with 5xx', () => {
    if (failures.length > 0) throw new Error([`${failures.length} answers are wrong`, ...failures.slice(0, SHOWN)].join('\n\n'));
    expect(ledger.size).toBe(REQUESTS);
  });

  it('leave events where they were accepted, and nowhere else', () => {
    expect(ledger.unwarranted(events).slice(0, SHOWN)).toEqual([]);
    expect(ledger.traceless(events).slice(0, SHOWN)).toEqual([]);
    expect(ledger.unexplained(events).slice(0, SHOWN)).toEqual([]);
  });

  it('leave chains whole and no error in the log of the process', () => {
    expect(brokenChains(events)).toEqual([]);
    expect(jeroboam.output.split('\n').filter((line) => line.startsWith('{"level":"error"'))).toEqual([]);
  });

  it('reach what they are about: nine in ten operations that can succeed did', () => {
    const possible = contract.operationIds('2');
    const failed = possible.filter((id) => !ledger.hasSucceeded(id));
    expect({ possible: possible.length, failed }).toEqual({ possible: expect.any(Number), failed: failed.slice(0, possible.length / 10) });
  });
});

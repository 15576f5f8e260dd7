import type { ApiClient } from '../cloud/api-client.ts';
import { Refused } from '../cloud/api-client.ts';
import { Unreachable } from '../cloud/http.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { eventLine } from './event-line.ts';
import type { HistoryPage, WireEvent } from './wire-event.ts';

export interface EventsOptions {
  readonly json?: boolean;
  /** Only what follows this position. */
  readonly after?: string;
  readonly follow?: boolean;
}

export interface CommandContext {
  readonly client: ApiClient;
  readonly terminal: Terminal;
  /** Waits this many milliseconds. */
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** The longest pause before another try to get the events back. */
const LONGEST_PAUSE_MS = 30_000;

/** `bay/NAME` and plain `NAME` mean the same: no name has a slash. */
export function bayName(argument: string): string {
  return argument.replace(/^(?:bay|cluster)\//, '');
}

/** Tells the story of one bay, and goes on as it happens where that is wanted. */
export async function showEvents(bay: string, options: EventsOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const print = (event: WireEvent) => terminal.line(options.json ? JSON.stringify(event) : eventLine(event, terminal));
  const { bayId, upTo } = await showHistory(bay, options, context, print);
  if (options.follow) await follow(bayId, upTo, context, print);
}

type Print = (event: WireEvent) => Promise<void>;
type Shown = { readonly bayId: string; readonly upTo: string };

async function showHistory(bay: string, { after }: EventsOptions, { client }: CommandContext, print: Print): Promise<Shown> {
  let path = `/v1/clusters/${encodeURIComponent(bayName(bay))}/events`;
  let from = after;
  for (;;) {
    const page = await client.get<HistoryPage>(from === undefined ? path : `${path}?after=${encodeURIComponent(from)}`);
    for (const event of page.events) await print(event);
    // By id from here on: the name may get another bay meanwhile.
    path = `/v1/clusters/${page.cluster_uuid}/events`;
    from = page.up_to;
    if (page.next === undefined) return { bayId: page.cluster_uuid, upTo: page.up_to };
  }
}

/** Until it is interrupted. A lost connection is taken up where it was. */
async function follow(bayId: string, from: string, { client, terminal, sleep }: CommandContext, print: Print): Promise<never> {
  let position = from;
  let failures = 0;
  for (;;) {
    try {
      for await (const { id, data } of client.listen(`/v1/events?bay=${bayId}`, position)) {
        failures = 0;
        if (data !== '') await print(JSON.parse(data) as WireEvent);
        // Only now: what was not printed is asked for again.
        if (id !== '') position = id;
      }
    } catch (error) {
      if (!isTemporary(error)) throw error;
      terminal.message(`${error.message} Trying again.`);
    }
    await sleep(Math.min(1_000 * 2 ** failures, LONGEST_PAUSE_MS));
    failures += 1;
  }
}

function isTemporary(error: unknown): error is Error {
  return error instanceof Unreachable || (error instanceof Refused && error.status >= 500);
}

import { categoryOf } from '@jeroboam/domain';
import type { Position, RecordedEvent } from '@jeroboam/domain';
import type { EventLog, ReadFilter } from '@jeroboam/event-log';
import { BadRequest } from '../wire/errors.ts';
import { textArgument, type Given } from '../wire/query.ts';
import { BAY_CATEGORIES, bayOf } from './wire-event.ts';

/** Arguments of `GET /v1/events`. `type` and `category` take several, separated by commas. */
export const STREAM_ARGUMENTS = { bay: textArgument, type: textArgument, category: textArgument, after: textArgument };

const CATEGORIES: readonly string[] = [...BAY_CATEGORIES, 'baymodel', 'quota', 'deprecation', 'driver'];

/** Which events somebody wants, out of those that may be seen. */
export class EventFilter {
  readonly #types: ReadonlySet<string> | undefined;
  readonly #categories: ReadonlySet<string> | undefined;

  /** @throws {BadRequest} a category that there is not. */
  constructor({ type, category }: Given<typeof STREAM_ARGUMENTS>, private readonly bayId: string | undefined) {
    const categories = category === undefined ? undefined : listOf(category);
    const unknown = categories?.find((each) => !CATEGORIES.includes(each));
    if (unknown !== undefined) throw new BadRequest(`There is no category "${unknown}"; there are ${CATEGORIES.join(', ')}.`);
    this.#categories = categories && new Set(categories);
    this.#types = type === undefined ? undefined : new Set(listOf(type));
  }

  /** What can be left to the log: no more than this passes. */
  get onLog(): ReadFilter {
    const categories = this.#categories ?? (this.bayId === undefined ? undefined : BAY_CATEGORIES);
    return { ...(categories ? { categories: [...categories] } : {}), ...(this.#types ? { types: [...this.#types] } : {}) };
  }

  passes({ stream, type }: RecordedEvent): boolean {
    if (this.bayId !== undefined && bayOf(stream) !== this.bayId) return false;
    return (this.#types?.has(type) ?? true) && (this.#categories?.has(categoryOf(stream)) ?? true);
  }
}

function listOf(text: string): string[] {
  return text.split(',').map((part) => part.trim()).filter((part) => part !== '');
}

/**
 * A position that a client was once given. How positions look is the business of the log; they have one length and
 * order as strings, so one that this log gave is as long as its head, made of the same signs, and not behind it.
 *
 * @throws {BadRequest}
 */
export async function knownPosition(log: EventLog, name: string, given: string): Promise<Position> {
  const head = (await log.head()) ?? '';
  const signs = /^\d*$/.test(head) ? /^\d+$/ : /^[\w.-]+$/;
  if (given.length !== head.length || !signs.test(given) || given > head) {
    throw new BadRequest(`${name} is not a position of this log: take the global_position of an event, or leave it out.`);
  }
  return given;
}

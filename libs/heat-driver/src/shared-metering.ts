import { isDomainError } from '@jeroboam/domain';
import type { MeteredServer } from './metered-servers.ts';

type Answer = readonly MeteredServer[] | undefined;

interface Round {
  /** The earliest that anybody in it asks for. */
  since: string;
  readonly answer: Promise<Answer>;
}

/**
 * Nova tells of all servers of a project or of none, so bays that ask at the same time ask together: otherwise a thousand
 * bays, each of which ends on its own, would be told of a thousand bays each. Who comes while a question is under way waits
 * for the next one, whose answer is as new as one of its own. Each bay asks as itself: where another was told nothing, it asks for itself.
 */
export class SharedMetering {
  /** By project: the question under way, and the one to come. */
  readonly #asking = new Map<string, Promise<unknown>>();
  readonly #next = new Map<string, Round>();

  async servers(projectId: string, since: string, ask: (since: string) => Promise<Answer>): Promise<Answer> {
    const joined = this.#next.get(projectId);
    const round = joined ?? this.#round(projectId, since, ask);
    if (since < round.since) round.since = since;
    const servers = joined ? (await answerOf(joined)) ?? (await ask(since)) : await round.answer;
    return servers?.filter(({ to }) => to === null || to >= since);
  }

  #round(projectId: string, since: string, ask: (since: string) => Promise<Answer>): Round {
    const before = this.#asking.get(projectId) ?? Promise.resolve();
    const begin = async (): Promise<Answer> => {
      this.#next.delete(projectId);
      this.#asking.set(projectId, answer);
      try {
        return await ask(round.since);
      } finally {
        if (this.#asking.get(projectId) === answer) this.#asking.delete(projectId);
      }
    };
    const answer: Promise<Answer> = before.then(begin, begin);
    const round: Round = { since, answer };
    this.#next.set(projectId, round);
    return round;
  }
}

/** @returns undefined also where who asked was refused. */
async function answerOf({ answer }: Round): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    // The cloud itself is in trouble, whoever asks.
    if (!isDomainError(error) || (error.kind === 'unavailable' && error.code !== 'CLOUD_CREDENTIALS_REFUSED')) throw error;
    return undefined;
  }
}

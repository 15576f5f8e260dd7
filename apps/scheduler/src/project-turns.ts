/** A bay that can be served. */
export interface Waiting {
  readonly bayId: string;
  readonly projectId: string;
  /** `name@version`. */
  readonly driver: string;
}

/** Bays in order of their coming. */
interface Line {
  /** Those with a step done: what was begun is finished before more is begun. */
  readonly underWay: Set<string>;
  /** New ones, and those whose step is tried again: who fails goes before nobody. */
  readonly others: Set<string>;
}

/** By driver; drivers in order of their next turn. */
type Lines = Map<string, Line>;

/** So many projects are remembered for when they had their last turn; of those whose turn has come nothing needs to be known. */
const REMEMBERED = 1_000;

/**
 * Projects take turns: a weighted round-robin in which who has had least for its weight is next, however much others want.
 * Who comes back in time is not behind those who were served meanwhile, and who was away has not saved up. Within a project
 * its drivers take turns, and within those what was begun is finished first. Costs the same however many bays wait.
 */
export class ProjectTurns {
  readonly #projects = new Map<string, Lines>();
  readonly #waiting = new Map<string, Waiting>();
  /** The round in which a project has its next turn. One with a weight of 2 has two turns in a round. */
  readonly #rounds = new Map<string, number>();
  /** The round of the last turn. */
  #round = 0;

  constructor(private readonly weights: Readonly<Record<string, number>>) {}

  /** Who waits already keeps the place. */
  wait(waiting: Waiting, isUnderWay = false): void {
    const { bayId, projectId, driver } = waiting;
    const before = this.#waiting.get(bayId);
    if (before && (before.projectId !== projectId || before.driver !== driver)) this.leave(bayId);
    const lines = this.#projects.get(projectId) ?? this.#enter(projectId);
    const line = lines.get(driver) ?? { underWay: new Set<string>(), others: new Set<string>() };
    lines.set(driver, line);
    (isUnderWay ? line.others : line.underWay).delete(bayId);
    (isUnderWay ? line.underWay : line.others).add(bayId);
    this.#waiting.set(bayId, waiting);
  }

  leave(bayId: string): void {
    const waiting = this.#waiting.get(bayId);
    if (!waiting) return;
    this.#waiting.delete(bayId);
    const lines = this.#projects.get(waiting.projectId)!;
    const line = lines.get(waiting.driver)!;
    line.underWay.delete(bayId);
    line.others.delete(bayId);
    if (line.underWay.size + line.others.size === 0) lines.delete(waiting.driver);
    if (lines.size === 0) this.#projects.delete(waiting.projectId);
  }

  /** Whose turn it is among those for whose driver `hasPlace`: it leaves. Those who are not `isFit` stay and are passed over. */
  next(hasPlace: (driver: string) => boolean, isFit: (bayId: string) => boolean): string | undefined {
    let best: Waiting | undefined;
    for (const [projectId, lines] of this.#projects) {
      if (best && this.#roundOf(projectId) >= this.#roundOf(best.projectId)) continue;
      for (const [driver, line] of lines) {
        const bayId = hasPlace(driver) ? (firstOf(line.underWay, isFit) ?? firstOf(line.others, isFit)) : undefined;
        if (bayId === undefined) continue;
        best = this.#waiting.get(bayId)!;
        break;
      }
    }
    if (best) this.#hasTurn(best);
    return best?.bayId;
  }

  #enter(projectId: string): Lines {
    const lines: Lines = new Map();
    this.#projects.set(projectId, lines);
    this.#rounds.set(projectId, Math.max(this.#roundOf(projectId), this.#round));
    return lines;
  }

  #hasTurn({ bayId, projectId, driver }: Waiting): void {
    const lines = this.#projects.get(projectId)!;
    const line = lines.get(driver)!;
    lines.delete(driver);
    lines.set(driver, line);
    this.#round = Math.max(this.#round, this.#roundOf(projectId));
    this.#rounds.set(projectId, this.#roundOf(projectId) + 1 / (this.weights[projectId] ?? 1));
    this.leave(bayId);
    if (this.#rounds.size > REMEMBERED + this.#projects.size) this.#forget();
  }

  #forget(): void {
    for (const [projectId, round] of this.#rounds) if (round <= this.#round && !this.#projects.has(projectId)) this.#rounds.delete(projectId);
  }

  #roundOf(projectId: string): number {
    return this.#rounds.get(projectId) ?? 0;
  }
}

/** @param weights each `<project id>=<turns>`. */
export function weightsOf(weights: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(weights.map((each) => {
    const [projectId = '', turns] = each.split('=');
    return [projectId, Number(turns)];
  }));
}

function firstOf(line: ReadonlySet<string>, isFit: (bayId: string) => boolean): string | undefined {
  for (const bayId of line) if (isFit(bayId)) return bayId;
  return undefined;
}

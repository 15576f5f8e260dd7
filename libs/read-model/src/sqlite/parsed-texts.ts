/** Characters of text that are kept at most: some thousand bays, and three times as much memory with what was read from them. */
const MAX_CHARACTERS = 8_000_000;

/**
 * What texts of JSON say, each text read once: of a list that is asked for again, few documents have changed. The
 * least recently used are forgotten first. What is given out is shared and not to be changed.
 */
export class ParsedTexts {
  readonly #parsed = new Map<string, unknown>();
  #characters = 0;

  constructor(private readonly maxCharacters = MAX_CHARACTERS) {}

  get(text: string): unknown {
    const known = this.#parsed.get(text);
    if (known !== undefined) {
      // To the end of the queue.
      this.#parsed.delete(text);
      this.#parsed.set(text, known);
      return known;
    }
    const parsed: unknown = JSON.parse(text);
    this.#parsed.set(text, parsed);
    this.#characters += text.length;
    for (const oldest of this.#parsed.keys()) {
      if (this.#characters <= this.maxCharacters) break;
      this.#parsed.delete(oldest);
      this.#characters -= oldest.length;
    }
    return parsed;
  }
}

import { PythonFloat, type Json } from './python-values.ts';

/** What is not a Python literal. */
export class MalformedLiteral extends Error {
  constructor() {
    super('malformed node or string');
  }
}

const MAX_DEPTH = 32;
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_]\w*/y;
const SPACE = /[\s]*/y;
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\', "'": "'", '"': '"', n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v', '\n': '',
};
const CODE_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/**
 * Reads a Python literal: clients of Magnum send maps in JSON patches as `str(dict)`. Texts, numbers, True, False,
 * None, lists, tuples (as lists) and dicts with text keys.
 *
 * @throws {MalformedLiteral}
 */
export function parsePythonLiteral(source: string): Json {
  const reader = new LiteralReader(source);
  const value = reader.value(0);
  reader.end();
  return value;
}

class LiteralReader {
  #at = 0;

  constructor(private readonly source: string) {}

  value(depth: number): Json {
    if (depth > MAX_DEPTH) throw new MalformedLiteral();
    this.#skipSpace();
    const next = this.source[this.#at];
    if (next === '{') return this.#dict(depth);
    if (next === '[') return this.#items('[', ']', depth).values;
    if (next === '(') return this.#parenthesised(depth);
    if (next === "'" || next === '"') return this.#texts();
    return this.#number() ?? this.#word();
  }

  end(): void {
    this.#skipSpace();
    if (this.#at !== this.source.length) throw new MalformedLiteral();
  }

  #dict(depth: number): Json {
    const entries: [string, Json][] = [];
    this.#expect('{');
    while (!this.#take('}')) {
      const key = this.value(depth + 1);
      if (typeof key !== 'string') throw new MalformedLiteral();
      this.#expect(':');
      entries.push([key, this.value(depth + 1)]);
      if (!this.#take(',')) {
        this.#expect('}');
        break;
      }
    }
    return Object.fromEntries(entries);
  }

  #items(open: string, close: string, depth: number): { readonly values: Json[]; readonly comma: boolean } {
    const values: Json[] = [];
    let comma = false;
    this.#expect(open);
    while (!this.#take(close)) {
      values.push(this.value(depth + 1));
      if (!this.#take(',')) {
        this.#expect(close);
        break;
      }
      comma = true;
    }
    return { values, comma };
  }

  /** `(1)` is 1, `(1,)` and `()` are tuples. */
  #parenthesised(depth: number): Json {
    const { values, comma } = this.#items('(', ')', depth);
    return values.length === 1 && !comma ? values[0]! : values;
  }

  /** Literals side by side are one text. */
  #texts(): string {
    let text = this.#text();
    for (;;) {
      this.#skipSpace();
      const next = this.source[this.#at];
      if (next !== "'" && next !== '"') return text;
      text += this.#text();
    }
  }

  #text(): string {
    const quote = this.source[this.#at]!;
    let text = '';
    for (this.#at += 1; this.#at < this.source.length; this.#at += 1) {
      const character = this.source[this.#at]!;
      if (character === quote) {
        this.#at += 1;
        return text;
      }
      if (character === '\n') break;
      text += character === '\\' ? this.#escape() : character;
    }
    throw new MalformedLiteral();
  }

  /** Stops at the last character of the escape. */
  #escape(): string {
    this.#at += 1;
    const letter = this.source[this.#at] ?? '';
    const length = CODE_LENGTHS[letter];
    // An escape that Python does not know stands for itself.
    if (length === undefined) return SIMPLE_ESCAPES[letter] ?? `\\${letter}`;
    const digits = this.source.slice(this.#at + 1, this.#at + 1 + length);
    const code = Number.parseInt(digits, 16);
    if (!/^[0-9a-fA-F]+$/.test(digits) || digits.length !== length || code > 0x10ffff) throw new MalformedLiteral();
    this.#at += length;
    return String.fromCodePoint(code);
  }

  #number(): Json | undefined {
    const digits = this.#match(NUMBER);
    if (digits === undefined) return undefined;
    const number = Number(digits);
    // An octal number to Python 2, none to Python 3.
    if (/^[+-]?0\d*[1-9]\d*$/.test(digits)) throw new MalformedLiteral();
    if (!/^[+-]?\d+$/.test(digits)) return Number.isInteger(number) ? new PythonFloat(number) : number;
    return Number.isSafeInteger(number) ? number : BigInt(digits.replace('+', ''));
  }

  #word(): Json {
    const word = this.#match(WORD);
    // Python 2's mark of a unicode text, which old clients still send.
    if (word === 'u' && /['"]/.test(this.source[this.#at] ?? '')) return this.#texts();
    const constants: Readonly<Record<string, Json>> = { True: true, False: false, None: null };
    if (word === undefined || !Object.hasOwn(constants, word)) throw new MalformedLiteral();
    return constants[word]!;
  }

  #match(expression: RegExp): string | undefined {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.source)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #skipSpace(): void {
    this.#match(SPACE);
  }

  #take(character: string): boolean {
    this.#skipSpace();
    if (this.source[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #expect(character: string): void {
    if (!this.#take(character)) throw new MalformedLiteral();
  }
}

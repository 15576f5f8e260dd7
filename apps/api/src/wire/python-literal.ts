import { PythonFloat, type Json } from './python-values.ts';

/** What is not a Python literal. */
export class MalformedLiteral extends Error {
  constructor() {
    super('malformed node or string');
  }
}

const MAX_DEPTH = 32;
const DIGITS = String.raw`\d(?:_?\d)*`;
const WHOLE = new RegExp(String.raw`(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?0)*|[1-9](?:_?\d)*)(?![\w.])`, 'y');
const FLOAT = new RegExp(String.raw`(?:${DIGITS}(?:\.(?:${DIGITS})?)?|\.${DIGITS})(?:[eE][+-]?${DIGITS})?(?!\w)`, 'y');
const WORD = /[A-Za-z_]\w*/y;
/** Python's blanks are fewer than JavaScript's; a comment goes on to the end of the line. */
const SPACE = /(?:[ \t\f\r\n]|#[^\n]*|\\\n)*/y;
const SIGN = /[+-][ \t]*/y;
const PREFIX = /(?:[uU]|[rR])?(?=['"])/y;
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\', "'": "'", '"': '"', n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v', '\n': '',
};
const CODE_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const OCTAL = /[0-7]{1,3}/y;

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
    if (this.#stands(PREFIX)) return this.#texts();
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
    let text = '';
    for (let prefix = this.#match(PREFIX); prefix !== undefined; prefix = this.#match(PREFIX)) {
      text += this.#text(prefix.toLowerCase() === 'r');
      this.#skipSpace();
    }
    return text;
  }

  #text(isRaw: boolean): string {
    const quote = this.#match(/'''|"""|['"]/y)!;
    let text = '';
    while (this.#at < this.source.length) {
      if (this.source.startsWith(quote, this.#at)) {
        this.#at += quote.length;
        return text;
      }
      const character = this.source[this.#at]!;
      if (character === '\n' && quote.length === 1) break;
      this.#at += 1;
      text += character === '\\' ? this.#escape(isRaw) : character;
    }
    throw new MalformedLiteral();
  }

  /** What stands after a backslash. */
  #escape(isRaw: boolean): string {
    const octal = isRaw ? undefined : this.#match(OCTAL);
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    const letter = this.source[this.#at] ?? '';
    this.#at += 1;
    // A raw text keeps the backslash, and still does not end at the quote behind it.
    if (isRaw) return `\\${letter}`;
    // Characters by their Unicode name: nothing here knows those names.
    if (letter === 'N') throw new MalformedLiteral();
    const length = CODE_LENGTHS[letter];
    // An escape that Python does not know stands for itself.
    if (length === undefined) return SIMPLE_ESCAPES[letter] ?? `\\${letter}`;
    const digits = this.source.slice(this.#at, this.#at + length);
    const code = Number.parseInt(digits, 16);
    if (!/^[0-9a-fA-F]+$/.test(digits) || digits.length !== length || code > 0x10ffff) throw new MalformedLiteral();
    this.#at += length;
    return String.fromCodePoint(code);
  }

  #number(): Json | undefined {
    const sign = this.#match(SIGN);
    const minus = sign?.startsWith('-') ?? false;
    const whole = this.#match(WHOLE)?.replaceAll('_', '');
    if (whole !== undefined) return wholeOf(minus ? -BigInt(whole) : BigInt(whole));
    const digits = this.#match(FLOAT)?.replaceAll('_', '');
    // Whole numbers with a zero in front were octal to Python 2 and are none to Python 3.
    const isFloat = digits !== undefined && /[.eE]/.test(digits);
    if (!isFloat && (digits !== undefined || sign !== undefined)) throw new MalformedLiteral();
    if (digits === undefined) return undefined;
    const number = minus ? -Number(digits) : Number(digits);
    return Number.isInteger(number) ? new PythonFloat(number) : number;
  }

  #word(): Json {
    const word = this.#match(WORD) ?? '';
    const constants: Readonly<Record<string, Json>> = { True: true, False: false, None: null };
    if (!Object.hasOwn(constants, word)) throw new MalformedLiteral();
    return constants[word]!;
  }

  #match(expression: RegExp): string | undefined {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.source)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #stands(expression: RegExp): boolean {
    expression.lastIndex = this.#at;
    return expression.test(this.source);
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

function wholeOf(number: bigint): Json {
  return number <= Number.MAX_SAFE_INTEGER && number >= Number.MIN_SAFE_INTEGER ? Number(number) : number;
}

import { isUtf8 } from 'node:buffer';

/** Where a value stands in the bytes: from `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A member of the top-level object. */
export interface JsonMember {
  /** With the quotes. */
  readonly key: Span;
  readonly value: Span;
}

/** Why bytes are no JSON text, and where. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
  readonly offset: number;

  constructor(what: string, offset: number) {
    super(`${what} at byte ${offset}`);
    this.offset = offset;
  }
}

/** Deeper nesting is refused: recursive parsers of engines would run out of stack. No client comes near it. */
export const maxJsonDepth = 512;

const quote = 0x22;
const backslash = 0x5c;

/** 1: an ordinary byte inside a string. 0: quote, backslash, control character (RFC 8259 §7). */
const plain = new Uint8Array(256).fill(1, 0x20);
plain[quote] = 0;
plain[backslash] = 0;

/**
 * Checks that `bytes` are one JSON text by RFC 8259 (accepting exactly what `JSON.parse` accepts of valid UTF-8, up to
 * {@link maxJsonDepth}) and tells where the members of its top-level object stand, in their order. Builds no values:
 * the text itself goes on to the engine. Undefined when the text is valid but no object.
 *
 * @throws JsonSyntaxError
 */
export function scanJsonObject(bytes: Uint8Array): readonly JsonMember[] | undefined {
  if (!isUtf8(bytes)) throw new JsonSyntaxError('invalid UTF-8', 0);
  return new Scanner(bytes).document();
}

class Scanner {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  document(): readonly JsonMember[] | undefined {
    this.#space();
    const isObject = this.#bytes[this.#at] === 0x7b;
    const members: JsonMember[] = [];
    if (isObject) this.#topLevel(members);
    else this.#value();
    this.#space();
    if (this.#at !== this.#bytes.length) this.#fail();
    return isObject ? members : undefined;
  }

  #topLevel(members: JsonMember[]): void {
    this.#at++;
    this.#space();
    if (this.#take(0x7d)) return;
    do {
      this.#space();
      const key = { start: this.#at, end: this.#string() };
      this.#space();
      this.#expect(0x3a);
      this.#space();
      const start = this.#at;
      this.#value(1);
      members.push({ key, value: { start, end: this.#at } });
      this.#space();
    } while (this.#take(0x2c));
    this.#expect(0x7d);
  }

  /** One value with all it holds. Iterative: `kinds` is the stack, true for an object. */
  #value(depth = 0): void {
    const kinds: boolean[] = [];
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === 0x7b || byte === 0x5b) {
        if (depth + kinds.length >= maxJsonDepth) throw new JsonSyntaxError('nested too deeply', this.#at);
        this.#at++;
        this.#space();
        if (!this.#take(byte === 0x7b ? 0x7d : 0x5d)) {
          kinds.push(byte === 0x7b);
          if (byte === 0x7b) this.#name();
          continue;
        }
      } else this.#scalar(byte);

      for (;;) {
        const isObject = kinds.at(-1);
        if (isObject === undefined) return;
        this.#space();
        if (this.#take(0x2c)) {
          this.#space();
          if (isObject) this.#name();
          break;
        }
        this.#expect(isObject ? 0x7d : 0x5d);
        kinds.pop();
      }
    }
  }

  #name(): void {
    this.#string();
    this.#space();
    this.#expect(0x3a);
    this.#space();
  }

  #scalar(byte: number | undefined): void {
    if (byte === quote) this.#string();
    else if (byte === 0x74) this.#word('true');
    else if (byte === 0x66) this.#word('false');
    else if (byte === 0x6e) this.#word('null');
    else this.#number();
  }

  /** Returns the position after the closing quote. */
  #string(): number {
    const bytes = this.#bytes;
    if (bytes[this.#at] !== quote) this.#fail();
    let at = this.#at + 1;
    for (;;) {
      while (plain[bytes[at] ?? 0] === 1) at++;
      const byte = bytes[at];
      if (byte === quote) break;
      this.#at = at;
      if (byte !== backslash) this.#fail();
      at = this.#escape();
    }
    this.#at = at + 1;
    return this.#at;
  }

  #escape(): number {
    const kind = this.#bytes[this.#at + 1];
    if (kind === 0x75) {
      for (let i = 2; i < 6; i++) if (!isHex(this.#bytes[this.#at + i])) this.#fail();
      return this.#at + 6;
    }
    if (kind === undefined || !'"\\/bfnrt'.includes(String.fromCharCode(kind))) this.#fail();
    return this.#at + 2;
  }

  #word(word: string): void {
    for (let i = 0; i < word.length; i++) if (this.#bytes[this.#at + i] !== word.charCodeAt(i)) this.#fail();
    this.#at += word.length;
  }

  #number(): void {
    this.#take(0x2d);
    if (!this.#take(0x30)) this.#digits();
    if (this.#take(0x2e)) this.#digits();
    if (this.#take(0x65) || this.#take(0x45)) {
      if (!this.#take(0x2b)) this.#take(0x2d);
      this.#digits();
    }
  }

  #digits(): void {
    const start = this.#at;
    while (isDigit(this.#bytes[this.#at])) this.#at++;
    if (this.#at === start) this.#fail();
  }

  #space(): void {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at++;
    }
  }

  #take(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  #expect(byte: number): void {
    if (!this.#take(byte)) this.#fail();
  }

  #fail(): never {
    const isEnd = this.#at >= this.#bytes.length;
    throw new JsonSyntaxError(isEnd ? 'unexpected end' : 'unexpected character', this.#at);
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHex(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

import { beyondAscii, codesOf, setOfCodes, unionOf, type CharacterSet } from './character-set';

/** Sets of which a text must hold at least one character each, or the part of a pattern they belong to cannot match. */
export type Need = readonly CharacterSet[];

/** A place in a pattern that this reader does not know; the caller takes it for «needs nothing». */
class Unreadable extends Error {}

const ALL = setOfCodes(Array.from({ length: beyondAscii + 1 }, (_, code) => code));
const escapedClasses: Readonly<Record<string, CharacterSet>> = {};
for (const name of ['d', 'D', 'w', 'W', 's', 'S']) {
  const pattern = new RegExp(`\\${name}`);
  // U+3000 is a space, U+3042 is none: beyond ASCII both \s and its opposite match something.
  const isBeyond = name === 's' || pattern.test('\u3042');
  const codes = codesOf(ALL).filter((code) =>
    code < beyondAscii ? pattern.test(String.fromCharCode(code)) : isBeyond,
  );
  (escapedClasses as Record<string, CharacterSet>)[name] = setOfCodes(codes);
}
const escapedCharacters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', 0: '\0' };

/**
 * What a text must contain for a pattern to match, read from the pattern's source: one entry per alternative on its
 * top level. Sound rather than complete: what it cannot tell it does not ask for. Costs microseconds, once per pattern.
 *
 * @param pattern without flags: the table's patterns have none, its texts are lower-case
 */
export function requiredCharacters(pattern: RegExp): readonly Need[] {
  if (pattern.flags !== '') return [[]];
  try {
    return new PatternReader(pattern.source).alternatives();
  } catch (error) {
    if (error instanceof Unreadable) return [[]];
    throw error;
  }
}

/** Reads ECMAScript's regular expressions as far as characters go; no flags, so `{` and `]` may stand for themselves. */
class PatternReader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  alternatives(): Need[] {
    const found: Need[] = [this.#sequence()];
    while (this.#take('|')) found.push(this.#sequence());
    return found;
  }

  #sequence(): Need {
    const needs: CharacterSet[] = [];
    while (this.#at < this.#source.length && !this.#isNext('|') && !this.#isNext(')')) {
      const need = this.#atom();
      if (!this.#mayBeLeftOut()) needs.push(...need);
    }
    return needs;
  }

  #atom(): Need {
    if (this.#take('(')) return this.#group();
    if (this.#take('[')) return [this.#characterClass()];
    if (this.#take('.')) return [ALL];
    if (this.#take('^') || this.#take('$')) return [];
    if (this.#take('\\')) return this.#escape();
    return [setOfCodes([this.#character().charCodeAt(0)])];
  }

  #group(): Need {
    const isNegative = this.#take('?!') || this.#take('?<!');
    if (!isNegative && !(this.#take('?:') || this.#take('?=') || this.#take('?<=')) && this.#isNext('?'))
      throw new Unreadable();
    const inner = this.alternatives();
    if (!this.#take(')')) throw new Unreadable();
    return isNegative ? [] : oneOf(inner);
  }

  /** After the backslash, outside a class. */
  #escape(): Need {
    if (this.#take('b') || this.#take('B')) return [];
    const reference = /^[1-9]\d*/.exec(this.#rest());
    if (reference !== null) {
      this.#at += reference[0].length;
      return [];
    }
    return [this.#escapedSet()];
  }

  #escapedSet(): CharacterSet {
    const code = /^(?:x([0-9a-f]{2})|u([0-9a-f]{4}))/i.exec(this.#rest());
    if (code !== null) {
      this.#at += code[0].length;
      return setOfCodes([parseInt(code[1] ?? code[2] ?? '', 16)]);
    }
    const char = this.#character();
    if (/[cpPk]/.test(char)) throw new Unreadable();
    return escapedClasses[char] ?? setOfCodes([(escapedCharacters[char] ?? char).charCodeAt(0)]);
  }

  #characterClass(): CharacterSet {
    const isNegated = this.#take('^');
    const parts: CharacterSet[] = [];
    while (!this.#take(']')) {
      const from = this.#classMember();
      if (this.#isNext('-') && this.#source[this.#at + 1] !== ']') {
        this.#at++;
        parts.push(rangeOf(from, this.#classMember()));
      } else parts.push(from);
    }
    const set = unionOf(parts);
    // A class that leaves out one character beyond ASCII still takes the others.
    return isNegated ? setOfCodes([...codesOf(ALL).filter((code) => !codesOf(set).includes(code)), beyondAscii]) : set;
  }

  #classMember(): CharacterSet {
    if (!this.#take('\\')) return setOfCodes([this.#character().charCodeAt(0)]);
    return this.#take('b') ? setOfCodes([8]) : this.#escapedSet();
  }

  /** Takes the quantifier behind an atom, if any; whether it allows none. */
  #mayBeLeftOut(): boolean {
    const found = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(this.#rest());
    if (found === null) return false;
    this.#at += found[0].length;
    return found[1] === undefined ? !found[0].startsWith('+') : Number(found[1]) === 0;
  }

  #character(): string {
    const char = this.#source[this.#at++];
    if (char === undefined) throw new Unreadable();
    return char;
  }

  #rest(): string {
    return this.#source.slice(this.#at, this.#at + 16);
  }

  #isNext(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#isNext(text)) return false;
    this.#at += text.length;
    return true;
  }
}

function rangeOf(from: CharacterSet, to: CharacterSet): CharacterSet {
  const first = codesOf(from);
  const last = codesOf(to);
  const [start] = first;
  const [end] = last;
  if (first.length !== 1 || last.length !== 1 || start === undefined || end === undefined) throw new Unreadable();
  return setOfCodes(Array.from({ length: end - start + 1 }, (_, i) => start + i));
}

/** What must be there whichever alternative matches: of each the rarest set, together. */
function oneOf(alternatives: readonly Need[]): Need {
  const [only, ...others] = alternatives;
  if (only !== undefined && others.length === 0) return only;
  const rarest: CharacterSet[] = [];
  for (const need of alternatives) {
    const [best] = [...need].sort((a, b) => commonness(a) - commonness(b));
    if (best === undefined) return [];
    rarest.push(best);
  }
  return [unionOf(rarest)];
}

/** How likely an ordinary text holds a character of the set; only the order matters. */
export function commonness(set: CharacterSet): number {
  return codesOf(set).reduce((sum, code) => sum + weightOf(String.fromCharCode(code)), 0);
}

function weightOf(char: string): number {
  if (/[a-z]/.test(char)) return /[jkqvxz]/.test(char) ? 5 : 20;
  if (/[A-Z]/.test(char)) return 0;
  return /[\d ./=_-]/.test(char) ? 10 : 1;
}

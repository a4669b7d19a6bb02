import { codesOf, contains, overlaps, unionOf, type CharacterSet } from './character-set';
import { commonness, requiredCharacters, type Need } from './required-characters';

interface Alternative {
  /** All of these must occur. */
  readonly all: CharacterSet;
  /** Of each of these one must occur. */
  readonly any: readonly CharacterSet[];
}

/** Sets asked for beside the characters that must all occur; more rarely rule anything out. */
const MAX_SETS = 3;

/**
 * Tells from the characters of a text alone whether a pattern could match it: a text without a bracket needs no pattern
 * for function calls. A dozen instructions instead of a run over the text; never says no to a text that would match.
 */
export class Prefilter {
  readonly #alternatives: readonly Alternative[];

  constructor(pattern: RegExp) {
    this.#alternatives = requiredCharacters(pattern).map(alternativeOf);
  }

  mayMatch(characters: CharacterSet): boolean {
    for (const alternative of this.#alternatives) if (mayHold(alternative, characters)) return true;
    return false;
  }
}

function mayHold({ all, any }: Alternative, characters: CharacterSet): boolean {
  if (!contains(characters, all)) return false;
  for (const set of any) if (!overlaps(characters, set)) return false;
  return true;
}

function alternativeOf(need: Need): Alternative {
  const isSingle = (set: CharacterSet): boolean => codesOf(set).length === 1;
  const others = need.filter((set) => !isSingle(set)).sort((a, b) => commonness(a) - commonness(b));
  return { all: unionOf(need.filter(isSingle)), any: others.slice(0, MAX_SETS) };
}

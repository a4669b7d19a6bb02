/**
 * A set of characters as bits: 128 for ASCII, one more for everything beyond. Holds what occurs in a text, or what a
 * pattern needs. Five named numbers rather than a list: read a hundred times per request.
 */
export interface CharacterSet {
  /** U+0000 to U+001F, and so on in steps of 32. */
  readonly controls: number;
  readonly digits: number;
  readonly capitals: number;
  readonly letters: number;
  /** 1 for any character beyond ASCII. */
  readonly beyond: number;
}

/** Stands for every character beyond ASCII. */
export const beyondAscii = 128;

/** The characters of a text; about a nanosecond each. */
export function setOfText(text: string): CharacterSet {
  let controls = 0;
  let digits = 0;
  let capitals = 0;
  let letters = 0;
  let beyond = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const bit = 1 << (code & 31);
    if (code < 64) {
      if (code < 32) controls |= bit;
      else digits |= bit;
    } else if (code < 96) capitals |= bit;
    else if (code < 128) letters |= bit;
    else beyond = 1;
  }
  return { controls, digits, capitals, letters, beyond };
}

export function setOfCodes(codes: readonly number[]): CharacterSet {
  return setOfText(String.fromCharCode(...codes));
}

/** Lowest first; {@link beyondAscii} for all that are not ASCII. */
export function codesOf(set: CharacterSet): number[] {
  const words = [set.controls, set.digits, set.capitals, set.letters, set.beyond];
  const codes: number[] = [];
  for (let code = 0; code <= beyondAscii; code++) {
    if (((words[code >> 5] ?? 0) & (1 << (code & 31))) !== 0) codes.push(code);
  }
  return codes;
}

export function unionOf(sets: readonly CharacterSet[]): CharacterSet {
  return setOfCodes(sets.flatMap(codesOf));
}

/** Whether at least one character is in both. */
export function overlaps(one: CharacterSet, other: CharacterSet): boolean {
  return (
    ((one.controls & other.controls) |
      (one.digits & other.digits) |
      (one.capitals & other.capitals) |
      (one.letters & other.letters) |
      (one.beyond & other.beyond)) !==
    0
  );
}

/** Whether all characters of `part` are in `whole`. */
export function contains(whole: CharacterSet, part: CharacterSet): boolean {
  return (
    ((part.controls & ~whole.controls) |
      (part.digits & ~whole.digits) |
      (part.capitals & ~whole.capitals) |
      (part.letters & ~whole.letters) |
      (part.beyond & ~whole.beyond)) ===
    0
  );
}

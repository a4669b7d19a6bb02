import { setOfText } from './character-set';
import type { Readings } from './normalize';
import { Prefilter } from './prefilter';
import type { ReadingName, Signature } from './signature';

interface Row {
  readonly signature: Signature;
  readonly pattern: RegExp;
  readonly prefilter: Prefilter;
}

/** The rows that go by one reading. */
interface RowsOfReading {
  readonly reading: ReadingName;
  readonly rows: readonly Row[];
}

/** Prefilters of patterns; made once, however often a policy is set. */
const prefilters = new WeakMap<RegExp, Prefilter>();

/**
 * Runs signatures over the readings of a text. Sorted beforehand by part and reading, and each pattern is only run over
 * a text that has the characters it needs: that halves the cost of an ordinary text and more than halves the worst.
 */
export class SignatureMatcher {
  readonly #signatures: readonly Signature[];
  /** By part of the request; as many entries as there are combinations of parts. */
  readonly #byPart = new Map<number, readonly RowsOfReading[]>();

  constructor(signatures: readonly Signature[]) {
    this.#signatures = signatures;
  }

  /** @param part bits of `Part`: rows for any of them are matched */
  match(readings: Readings, part: number, onHit: (signature: Signature, evidence: string) => void): void {
    const hidden = readings.base64;
    const hiddenCharacters = hidden === undefined ? undefined : setOfText(hidden);
    const ordinary = setOfText(readings.text);
    for (const { reading, rows } of this.#rowsOf(part)) {
      const own = readings[reading];
      const text = own ?? readings.text;
      const characters = own === undefined || own === readings.text ? ordinary : setOfText(own);
      for (const { signature, pattern, prefilter } of rows) {
        let hit = prefilter.mayMatch(characters) ? pattern.exec(text) : null;
        if (hit === null && hidden !== undefined && hiddenCharacters !== undefined) {
          hit = prefilter.mayMatch(hiddenCharacters) ? pattern.exec(hidden) : null;
        }
        if (hit !== null) onHit(signature, hit[0]);
      }
    }
  }

  #rowsOf(part: number): readonly RowsOfReading[] {
    const known = this.#byPart.get(part);
    if (known !== undefined) return known;
    const byReading = new Map<ReadingName, Row[]>();
    for (const signature of this.#signatures) {
      if (((signature.parts ?? 0) & part) === 0) continue;
      const { pattern, reading } = signature;
      const row = { signature, pattern, prefilter: prefilterOf(pattern) };
      const rows = byReading.get(reading);
      if (rows === undefined) byReading.set(reading, [row]);
      else rows.push(row);
    }
    const sorted = [...byReading].map(([reading, rows]) => ({ reading, rows }));
    this.#byPart.set(part, sorted);
    return sorted;
  }
}

function prefilterOf(pattern: RegExp): Prefilter {
  const known = prefilters.get(pattern);
  if (known !== undefined) return known;
  const made = new Prefilter(pattern);
  prefilters.set(pattern, made);
  return made;
}

import fc from 'fast-check';

/** How many code points stand between the two halves of Unicode: surrogates, which are no characters. */
const surrogates = 0x800;
const firstSurrogate = 0xd800;

/**
 * One character, any of Unicode: what fast-check calls `binary`. Its own takes more than a second of every process that
 * uses it, for a table of all of them.
 */
export const anyCharacter = fc.integer({ min: 0, max: 0x10ffff - surrogates }).map(
  (index) => String.fromCodePoint(index < firstSurrogate ? index : index + surrogates),
  (character) => {
    if (typeof character !== 'string') throw new Error('No text.');
    const [code, ...others] = Array.from(character, (one) => one.codePointAt(0) ?? 0);
    if (code === undefined || others.length > 0) throw new Error('Not one character.');
    return code < firstSurrogate ? code : code - surrogates;
  },
);

/** Text of any characters of Unicode. */
export function anyText(length: { readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ unit: anyCharacter, ...length });
}

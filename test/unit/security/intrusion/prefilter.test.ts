import assert from 'node:assert/strict';
import fc from 'fast-check';
import { codesOf, setOfText } from '../../../../src/security/intrusion/character-set';
import { Prefilter } from '../../../../src/security/intrusion/prefilter';
import { requiredCharacters } from '../../../../src/security/intrusion/required-characters';
import { signatures } from '../../../../src/security/intrusion/signature-table';

const needsOf = (pattern: RegExp) =>
  requiredCharacters(pattern).map((need) => need.map((set) => String.fromCharCode(...codesOf(set))));

describe('what a pattern needs', () => {
  const cases: readonly (readonly [RegExp, readonly (readonly string[])[]])[] = [
    [/ab/, [['a', 'b']]],
    [/a|bc/, [['a'], ['b', 'c']]],
    [/a?b*c{0,3}d+e{2}/, [['d', 'e']]],
    [/^\ba$/, [['a']]],
    [/(?:'x|"y)z/, [['"\'', 'z']]],
    [/(?:'|)z/, [['z']]],
    [/[a-c_]\d/, [['_abc', '0123456789']]],
    [/a(?=b)(?!c)/, [['a', 'b']]],
    [/(a)\1/, [['a']]],
    [/\x3c\u0028\//, [['<', '(', '/']]],
    [/\{\{a{1,2}{b/, [['{', '{', 'a', '{', 'b']]],
    [/a/i, [[]]],
  ];
  for (const [pattern, needs] of cases) {
    it(`is ${JSON.stringify(needs)} for ${String(pattern)}`, () => assert.deepEqual(needsOf(pattern), needs));
  }

  it('includes characters beyond ASCII for classes that leave some out', () => {
    assert.ok(new Prefilter(/[^a-z]/).mayMatch(setOfText('あ')));
    assert.ok(!new Prefilter(/[^a-z]/).mayMatch(setOfText('abc')));
    assert.ok(new Prefilter(/\s/).mayMatch(setOfText('\u3000')));
  });
});

describe('the prefilter', () => {
  const rows = signatures.map(({ id, pattern }) => ({ id, pattern, prefilter: new Prefilter(pattern) }));

  /** Texts that nearly always match; undefined for patterns fast-check cannot read. */
  const matching = (pattern: RegExp): fc.Arbitrary<string> | undefined => {
    try {
      return fc.stringMatching(new RegExp(pattern.source.replace(/\\b/g, '').replace(/\\1/g, '1')), { size: 'xsmall' });
    } catch {
      return undefined;
    }
  };

  it('never says no to a text that matches', () => {
    let patterns = 0;
    for (const { id, pattern, prefilter } of rows) {
      const texts = matching(pattern);
      if (texts === undefined) continue;
      let matches = 0;
      fc.assert(
        fc.property(texts, (text) => {
          if (!pattern.test(text)) return;
          matches++;
          assert.ok(prefilter.mayMatch(setOfText(text)), `${id}: ${text}`);
        }),
        { numRuns: 4 },
      );
      if (matches > 0) patterns++;
    }
    assert.ok(patterns > 0.8 * rows.length, String(patterns));
  });

  it('asks something of every pattern, and spares plain words most of them', () => {
    for (const { id, prefilter } of rows) assert.ok(!prefilter.mayMatch(setOfText('')), id);
    const left = rows.filter(({ prefilter }) => prefilter.mayMatch(setOfText('an ordinary question')));
    assert.ok(left.length < rows.length / 3, String(left.length));
  });
});

import assert from 'node:assert/strict';
import {
  formatAge,
  formatBytes,
  formatContext,
  formatCount,
  formatSpan,
  formatTokens,
} from '../../../src/editor/format';
import { english } from './editor-facts';

describe('numbers for people', () => {
  for (const [tokens, text] of [
    [0, '0'],
    [512, '512'],
    [2048, '2k'],
    [8192, '8k'],
    [131072, '128k'],
    [128000, '128k'],
    [262144, '256k'],
    [1048576, '1M'],
    [1000000, '1M'],
    [1536, '1.5k'],
  ] as const) {
    it(`writes ${String(tokens)} tokens as ${text}`, () => {
      assert.equal(formatTokens(tokens), text);
    });
  }

  it('shows both contexts when less is loaded than the model could take', () => {
    assert.equal(formatContext(english, 8192, 131072), '8k of 128k');
  });

  it('shows one context when they are equal or only one is known', () => {
    assert.equal(formatContext(english, 131072, 131072), '128k');
    assert.equal(formatContext(english, undefined, 131072), '128k');
    assert.equal(formatContext(english, 4096, undefined), '4k');
    assert.equal(formatContext(english, undefined, undefined), '');
  });

  it('writes sizes in decimal units of the reader’s language', () => {
    assert.equal(formatBytes(2_019_393_189, 'en'), '2.0 GB');
    assert.equal(formatBytes(2_019_393_189, 'de'), '2,0 GB');
    assert.equal(formatBytes(384, 'en'), '384 B');
    assert.equal(formatBytes(274_302_450, 'en'), '274 MB');
  });

  it('groups thousands', () => {
    assert.equal(formatCount(4800, 'en'), '4,800');
  });

  it('tells ages in the largest whole unit', () => {
    const ages = [-5, 0, 59_999, 60_000, 3_599_999, 3_600_000, 90_000_000].map((age) => formatAge(english, age));

    assert.deepEqual(ages, ['0 s', '0 s', '59 s', '1 min', '59 min', '1 h', '1 d']);
  });

  it('tells times to look back in words', () => {
    const spans = [1, 24, 7 * 24].map((hours) => formatSpan(english, hours * 3_600_000 + 1));

    assert.deepEqual(spans, ['1 hour', '24 hours', '7 days']);
  });
});

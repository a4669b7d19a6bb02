import assert from 'node:assert/strict';
import { reasonTemplates } from '../../src/core/reason';
import { diagnosisTemplates } from '../../src/protocol/gateway-rpc';
import { readJson } from './project-files';
import { readSourceStrings } from './source-strings';

const japanese = readJson('media/l10n/bundle.l10n.ja.json') as Record<string, string>;
const source = readSourceStrings();

/** Sentences of the gateway: their templates are the keys of the translation. */
const gatewaySentences = [...Object.values(reasonTemplates), ...Object.values(diagnosisTemplates)] as string[];

describe('translations of what the code says', () => {
  it('every string of the editor has a Japanese translation', () => {
    const missing = source.translated.filter(({ text }) => !(text in japanese));

    assert.deepEqual(missing, []);
  });

  it('every sentence of the gateway has a Japanese translation', () => {
    const missing = gatewaySentences.filter((text) => !(text in japanese));

    assert.deepEqual(missing, []);
  });

  it('no translation is left over', () => {
    const used = new Set([...source.translated.map(({ text }) => text), ...gatewaySentences]);

    assert.deepEqual(
      Object.keys(japanese).filter((text) => !used.has(text)),
      [],
    );
  });

  it('a translation has the placeholders of its original', () => {
    const different = Object.entries(japanese).filter(
      ([english, translation]) => placeholders(english) !== placeholders(translation),
    );

    assert.deepEqual(different, []);
  });

  it('no translation is empty or still English', () => {
    const suspicious = Object.entries(japanese).filter(
      ([english, translation]) => translation.trim() === '' || (translation === english && /[a-z]{3}/.test(english)),
    );

    assert.deepEqual(suspicious, []);
  });

  it('strings reach the translation as literals, except where templates of the gateway are put into words', () => {
    const elsewhere = source.computed.filter((where) => !/^src\/(editor\/localizer|compose)\.ts:/.test(where));

    assert.deepEqual(elsewhere, []);
  });

  it('no text for people is hard-coded', () => {
    assert.deepEqual(source.hardCoded, []);
  });
});

function placeholders(text: string): string {
  return [...new Set([...text.matchAll(/\{(\d+)\}/g)].map((match) => match[1]))].sort().join();
}

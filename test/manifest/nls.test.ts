import assert from 'node:assert/strict';
import { manifest, nlsEnglish, nlsJapanese, nlsKeysIn } from './manifest';
import { readJson } from './project-files';

const used = new Set(nlsKeysIn(readJson('package.json')));

describe('texts of package.json', () => {
  for (const [language, texts] of [
    ['English', nlsEnglish],
    ['Japanese', nlsJapanese],
  ] as const) {
    it(`every key has its ${language} text`, () => {
      assert.deepEqual(
        [...used].filter((key) => !texts[key]),
        [],
      );
    });

    it(`no ${language} text is left over`, () => {
      assert.deepEqual(
        Object.keys(texts).filter((key) => !used.has(key)),
        [],
      );
    });
  }

  it('both languages link to the same commands, settings and pages', () => {
    const links = (text: string) =>
      [...text.matchAll(/\]\(([^)]+)\)|`#([\w.]+)#`/g)].map((match) => match[1] ?? match[2]);
    const different = Object.keys(nlsEnglish).filter(
      (key) => links(nlsEnglish[key]!).join() !== links(nlsJapanese[key]!).join(),
    );

    assert.deepEqual(different, []);
  });

  it('nothing that people read stands in package.json itself', () => {
    const { commands, viewsWelcome, configuration, walkthroughs } = manifest.contributes;
    const texts = [
      ...commands.map((command) => command.title),
      ...viewsWelcome.map((welcome) => welcome.contents),
      ...configuration.flatMap((group) =>
        Object.values(group.properties).map((setting) => setting.markdownDescription),
      ),
      ...walkthroughs.flatMap((walkthrough) => walkthrough.steps.map((step) => step.description)),
    ];

    assert.deepEqual(
      texts.filter((text) => !/^%.+%$/.test(text ?? '')),
      [],
    );
  });
});

import assert from 'node:assert/strict';
import { panelTexts } from '../../src/editor/panel/panel-texts';
import { readPanelSource } from './panel-source';

const source = readPanelSource();
const texts = panelTexts({ language: 'en', t: (message) => message });

describe('texts of the security panel', () => {
  it('are all used by its page', () => {
    const unused = Object.entries(texts).flatMap(([group, members]) =>
      // A group that is looked up by a name from elsewhere is used as a whole.
      source.reads.has(`${group}[]`)
        ? []
        : Object.keys(members as object)
            .filter((name) => !source.reads.has(`${group}.${name}`))
            .map((name) => `${group}.${name}`),
    );

    assert.deepEqual(unused, []);
  });

  it('are the only ones on it: nothing that people read is written in the page’s own code', () => {
    assert.deepEqual(source.hardCoded, []);
  });

  it('are found by this test where they stand', () => {
    assert.ok(source.reads.has('sharing.stop'));
    assert.ok(source.reads.has('kinds[]'));
  });
});

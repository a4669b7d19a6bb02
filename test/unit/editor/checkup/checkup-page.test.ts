import assert from 'node:assert/strict';
import { reason } from '../../../../src/core/reason';
import { checkupChoices, remedyChoices } from '../../../../src/editor/checkup/checkup-list';
import { checkupPage, checkupSummary } from '../../../../src/editor/checkup/checkup-page';
import { english } from '../editor-facts';
import { makeFinding, makeReport } from '../sharing-facts';

describe('the report of a check-up', () => {
  it('says what, why and how to mend it, with command and source', () => {
    const page = checkupPage(english, makeReport());

    assert.match(page, /## High: Ollama answers on 192\\\.168\\\.1\\\.20 without asking for a key\./);
    assert.match(page, /Whoever reaches that address/);
    assert.match(page, /\*\*What to do\*\*: Set OLLAMA\\?_HOST/);
    assert.match(page, /\nsetx OLLAMA_HOST 127\.0\.0\.1\n/);
    assert.match(page, /<https:\/\/example\.org\/advisory>/);
  });

  it('shows names of engines as text, and no source that is no address', () => {
    const what = reason('checkup.open.what', '<img src=x>[a](command:b)', '::1');
    const page = checkupPage(english, makeReport({ findings: [makeFinding({ what, source: 'javascript:x' })] }));

    assert.match(page, /\\<img src\\=x\\>\\\[a\\\]\\\(command\\:b\\\)/);
    assert.ok(!page.includes('javascript'));
  });

  it('lists what could not be checked', () => {
    const page = checkupPage(english, makeReport({ findings: [], skipped: [reason('checkup.files.unchecked')] }));

    assert.match(page, /The check-up found nothing\./);
    assert.match(page, /## Not checked\n\n- FLM cannot check on Windows/);
  });

  it('is summed up in one sentence', () => {
    const two = [makeFinding(), makeFinding()];

    assert.equal(checkupSummary(english, makeReport()), 'The check-up found 1 thing to look at.');
    assert.equal(
      checkupSummary(english, makeReport({ findings: two, isCancelled: true })),
      'The check-up found 2 things to look at. It was ended early.',
    );
  });
});

describe('what can be done after a check-up', () => {
  it('is each finding, the report, and another look', () => {
    const choices = checkupChoices(english, makeReport());

    assert.deepEqual(
      choices.map(({ value }) => value.type),
      ['finding', 'report', 'again'],
    );
    assert.equal(choices[0]!.label, '$(error) Ollama answers on 192.168.1.20 without asking for a key.');
  });

  it('makes no icon of an engine’s name', () => {
    const what = reason('checkup.open.what', '$(trash)', '::1');
    const [choice] = checkupChoices(english, makeReport({ findings: [makeFinding({ what })] }));

    assert.match(choice!.label, /^\$\(error\) \$ \(trash\)/);
  });

  it('is the command that helps, typing or copying, and the source', () => {
    const offered = (finding: Parameters<typeof makeFinding>[0]) =>
      remedyChoices(english, makeFinding(finding)).map(({ value }) => value);

    assert.deepEqual(offered({}), ['type', 'copy', 'source', 'report']);
    const bare = { ...makeFinding({ check: 'exposed-plain-http' }) };
    delete (bare as { command?: string }).command;
    delete (bare as { source?: string }).source;
    assert.deepEqual(
      remedyChoices(english, bare).map(({ value }) => value),
      ['setUpTls', 'report'],
    );
  });
});

import assert from 'node:assert/strict';
import { panelPage } from '../../../../src/editor/panel/panel-page';
import { panelTexts } from '../../../../src/editor/panel/panel-texts';
import { english } from '../editor-facts';

function makePage(title = 'FLM'): string {
  return panelPage({
    cspSource: 'https://view.example',
    nonce: 'abc',
    scriptUri: 'https://view.example/webview.js',
    styleUri: 'https://view.example/webview.css',
    language: 'en',
    title,
    strings: panelTexts({ ...english, t: (message) => `${message}</script><!--` }),
  });
}

describe('page of the panel', () => {
  it('lets nothing in but its own script, style and font', () => {
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(makePage())?.[1] ?? '';

    assert.deepEqual(policy.split('; ').sort(), [
      "base-uri 'none'",
      "default-src 'none'",
      'font-src https://view.example',
      "form-action 'none'",
      "img-src 'none'",
      "script-src 'nonce-abc'",
      'style-src https://view.example',
    ]);
  });

  it('cannot be broken out of by a text', () => {
    const page = makePage('</title><script>alert(1)</script>');

    assert.equal(page.match(/<script/g)?.length, 2);
    assert.equal(page.match(/<\/script/g)?.length, 2);
    assert.ok(!page.includes('<!--'));
  });

  it('carries the texts as data', () => {
    const json = /id="flm-boot">([^<]*)</.exec(makePage())?.[1] ?? '';
    const boot = JSON.parse(json) as { readonly strings: { readonly tabs: { readonly overview: string } } };

    assert.equal(boot.strings.tabs.overview, 'Overview</script><!--');
  });
});

import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { freePort } from '../../../scripts/lib/free-port';
import { PackedEditor } from '../../../scripts/lib/packed-editor';
import { at } from '../../../scripts/lib/project.mjs';
import type { Workbench } from '../../../scripts/lib/workbench';
import { startOllama } from '../../helpers/engines/ollama';

const testTimeoutMs = 180_000;
/** From a click or a request to what the workbench shows of it, on a machine busy with other things. */
const shownTimeoutMs = 30_000;

const picture = (name: string): string => at('out', 'screenshots', `${name}.png`);

describe('sharing in a workbench', function () {
  this.timeout(testTimeoutMs);

  let ollama: Awaited<ReturnType<typeof startOllama>>;
  let editor: PackedEditor;
  let window: Workbench;
  let port: number;

  before(async () => {
    ollama = await startOllama();
    port = await freePort();
    editor = await PackedEditor.start({
      'flm.engines.detect': false,
      'flm.engines.addresses': [{ url: ollama.url }],
      'flm.proxy.port': port,
    });
    window = await editor.openWindow();
    await window.showContainer('FLM');
    await window.row('Ollama').first().waitFor({ timeout: shownTimeoutMs });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.screenshot(picture('sharing-failed'));
  });
  after(async () => {
    await editor.stop();
    await ollama.stop();
  });

  /** Everything after who it is for. */
  async function answerTheRest(name: string): Promise<void> {
    await window.answer('Name of the share', name);
    await window.acceptChoices('Which models?');
    await window.acceptChoices('What for?');
    await window.pick('Modest');
    await window.pick('1 hour');
  }

  it('opens nothing beyond this machine without a yes to what exactly', async () => {
    await window.runCommand('FLM: Share…');
    await window.pick('Your Network');
    await answerTheRest('everybody');
    await window.pick('Encrypt with a Certificate');

    const dialog = window.page.locator('.monaco-dialog-box');
    await dialog.waitFor({ timeout: shownTimeoutMs });
    const text = await dialog.innerText();
    await window.screenshot(picture('share-consent'));
    await dialog.locator('.monaco-button').filter({ hasText: 'Cancel' }).click();

    assert.match(text, /Share your models as “everybody”\?/);
    assert.match(text, /everybody on your network who has the key/);
    assert.match(text, /Until when: .*ends by itself/);
    assert.match(text, /encrypted with a certificate that FLM makes/);
    await window.statusBarItem(`:${port}`).waitFor({ state: 'hidden', timeout: shownTimeoutMs });
  });

  it('goes from the wizard to the first streamed answer, and from one click to the end', async () => {
    await window.runCommand('FLM: Share…');
    await window.pick('One Address or Range');
    await window.answer('Address of the other machine', '127.0.0.1');
    await answerTheRest('colleague');

    const key = window.quickPickRow('Copy the Key');
    await key.waitFor({ timeout: shownTimeoutMs });
    const secret = /flm-[\w-]+/.exec(await key.innerText())?.[0];
    assert.ok(secret);
    await window.screenshot(picture('share-done'));
    await window.pick('Done');
    const client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: secret, maxRetries: 0 });
    let answer = '';
    for await (const chunk of await client.chat.completions.create({
      model: 'llama3.2:3b',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
    })) {
      answer += chunk.choices[0]?.delta.content ?? '';
    }
    assert.notEqual(answer, '');

    const row = window.row(/colleague.*1 of 200 requests today/s);
    await row.waitFor({ timeout: shownTimeoutMs });
    await window.screenshot(picture('share-row'));
    await row.hover();
    await row.getByRole('button', { name: 'Stop a Share' }).click();

    await row.waitFor({ state: 'hidden', timeout: shownTimeoutMs });
    await assert.rejects(client.models.list(), OpenAI.AuthenticationError);
  });
});

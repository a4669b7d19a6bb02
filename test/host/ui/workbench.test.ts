import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../../scripts/lib/free-port';
import { PackedEditor } from '../../../scripts/lib/packed-editor';
import { at } from '../../../scripts/lib/project.mjs';
import type { Workbench } from '../../../scripts/lib/workbench';
import { startLlamaServer } from '../../helpers/engines/llama-server';
import { startLmStudio } from '../../helpers/engines/lmstudio';
import { startOllama } from '../../helpers/engines/ollama';
import { startVllm } from '../../helpers/engines/vllm';
import { Teardown } from '../../helpers/teardown';

const hostTimeoutMs = 180_000;

/** Screenshots of every test, to be looked at. */
const picture = (name: string): string => at('out', 'screenshots', `${name}.png`);

/** Polls an address until it answers, or no longer answers; rejects after 30 s. */
async function waitForAnswer(url: string, wanted: boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const answers = await fetch(url, { signal: AbortSignal.timeout(2_000) })
      .then(async (response) => {
        await response.body?.cancel();
        return response.ok;
      })
      .catch(() => false);
    if (answers === wanted) return;
    await delay(100);
  }
  throw new Error(`${url} ${wanted ? 'does not answer' : 'still answers'} after 30 s`);
}

describe('the packed extension in a workbench', function () {
  this.timeout(hostTimeoutMs);

  describe('with no engine', () => {
    const teardown = new Teardown();
    let editor: PackedEditor;
    before(async () => {
      const settings = { 'flm.engines.detect': false, 'flm.proxy.port': await freePort() };
      editor = teardown.add(await PackedEditor.start(settings));
    });
    after(() => teardown.run());

    it('says how to get one', async () => {
      const window = await editor.openWindow();
      await window.showContainer('FLM');

      const welcome = window.page.locator('.sidebar .welcome-view-content');
      await welcome.locator('.monaco-button').nth(2).waitFor({ timeout: 30_000 });
      await window.screenshot(picture('welcome'));
      const buttons = await welcome.locator('.monaco-button').allInnerTexts();
      assert.deepEqual(buttons, ['Add an Engine', 'Open Settings', 'Run the Demo Engine']);
      await window.close();
    });

    it('offers the demo engine, whose row appears', async () => {
      const window = await editor.openWindow();
      await window.showContainer('FLM');

      await window.page.locator('.welcome-view-content').getByText('Run the Demo Engine').click();

      await window.row(/demo/i).first().waitFor({ timeout: 30_000 });
      await window.screenshot(picture('demo'));
      await window.close();
    });
  });

  describe('with an engine of each kind', () => {
    const teardown = new Teardown();
    let editor: PackedEditor;
    let port: number;
    let first: Workbench;
    let second: Workbench;

    before(async () => {
      const addresses: { readonly url: string }[] = [];
      for (const start of [startOllama, startVllm, startLmStudio, startLlamaServer]) {
        addresses.push({ url: teardown.add(await start()).url });
      }
      port = await freePort();
      const settings = { 'flm.engines.addresses': addresses, 'flm.proxy.port': port };
      editor = teardown.add(await PackedEditor.start({ 'flm.engines.detect': false, ...settings }));
      first = await editor.openWindow();
    });
    after(() => teardown.run());

    it('lists the engines with their models', async () => {
      await first.showContainer('FLM');

      for (const name of ['Ollama', 'vLLM', 'LM Studio', 'llama.cpp']) {
        await first.row(name).first().waitFor({ timeout: 30_000 });
      }
      await first.row('Qwen/Qwen3-8B').first().waitFor({ timeout: 30_000 });
      await first.screenshot(picture('tree'));
    });

    it('starts the proxy by a click on the status bar', async () => {
      await first.statusBarItem('FLM').click();

      await first.statusBarItem(`:${port}`).waitFor({ timeout: 30_000 });
      await waitForAnswer(`http://127.0.0.1:${port}/v1/models`, true);
      await first.screenshot(picture('status-bar'));
    });

    it('finds no fault when asked to diagnose', async () => {
      await first.runCommand('FLM: Diagnose');

      const finding = first.notifications.filter({ hasText: /Everything works|proxy work\./ });
      await finding.waitFor({ timeout: 30_000 });
      await first.screenshot(picture('diagnose'));
    });

    it('shows the same gateway in a second window', async () => {
      second = await editor.openWindow();

      await second.statusBarItem(`:${port}`).waitFor({ timeout: 30_000 });
    });

    it('goes on at the same port in the second window when the first is closed', async () => {
      await first.close();

      await editor.windowsLeft(1);
      await waitForAnswer(`http://127.0.0.1:${port}/v1/models`, true);
      await second.statusBarItem(`:${port}`).waitFor({ timeout: 30_000 });
      await second.screenshot(picture('take-over'));
    });

    it('stops with the last window, in time and without a rest', async () => {
      await second.close();

      await editor.windowsLeft(0);
      await waitForAnswer(`http://127.0.0.1:${port}/health`, false);
    });
  });
});

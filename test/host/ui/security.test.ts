import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../../scripts/lib/free-port';
import { PackedEditor } from '../../../scripts/lib/packed-editor';
import { at } from '../../../scripts/lib/project.mjs';
import { attack, createKey, savePolicy } from '../../../scripts/lib/security-walk';
import type { Workbench } from '../../../scripts/lib/workbench';
import { startOllama } from '../../helpers/engines/ollama';
import { Teardown } from '../../helpers/teardown';
import { PipeWindow } from './pipe-window';

const testTimeoutMs = 180_000;
/** From a click or a request to what the workbench shows of it, on a machine busy with other things. */
const shownTimeoutMs = 30_000;
const requestTimeoutMs = 15_000;

const picture = (name: string): string => at('out', 'screenshots', `${name}.png`);

describe('security in a workbench', function () {
  this.timeout(testTimeoutMs);

  const teardown = new Teardown();
  let ollama: Awaited<ReturnType<typeof startOllama>>;
  let editor: PackedEditor;
  let window: Workbench;
  let port: number;
  let origin: string;
  let secret: string;

  async function statusWith(headers: Readonly<Record<string, string>>): Promise<number> {
    const response = await fetch(`${origin}/v1/models`, { headers, signal: AbortSignal.timeout(requestTimeoutMs) });
    await response.body?.cancel();
    return response.status;
  }
  const statusOfKey = (key: string): Promise<number> => statusWith({ authorization: `Bearer ${key}` });
  /** Of another machine that has no key, as a proxy in front tells of it: 401 asks for a key, 403 is a block. */
  const statusOf = (address: string): Promise<number> => statusWith({ 'x-forwarded-for': address });

  before(async () => {
    ollama = teardown.add(await startOllama());
    port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    const settings = { 'flm.engines.addresses': [{ url: ollama.url }], 'flm.proxy.port': port };
    editor = teardown.add(await PackedEditor.start({ 'flm.engines.detect': false, ...settings }));
    window = await editor.openWindow();
    await window.showContainer('FLM');
    await window.row('Ollama').first().waitFor({ timeout: shownTimeoutMs });
    await window.statusBarItem('FLM').click();
    await window.statusBarItem(`:${port}`).waitFor({ timeout: shownTimeoutMs });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.screenshot(picture('security-failed'));
  });
  after(() => teardown.run());

  it('makes an API key that opens the proxy, and lists it', async () => {
    secret = await createKey(window, 'tablet');

    assert.match(secret, /^flm-[0-9a-z]{12}-[\w-]{43}$/);
    assert.equal(await statusOfKey(secret), 200);
    await window.row('tablet').waitFor({ timeout: shownTimeoutMs });
    await window.screenshot(picture('api-key'));
  });

  it('refuses a key with one character changed', async () => {
    const damaged = secret.slice(0, -10) + (secret.at(-10) === 'A' ? 'B' : 'A') + secret.slice(-9);

    assert.equal(await statusOfKey(damaged), 401);
  });

  it('takes a policy that is edited and saved as a document', async () => {
    await savePolicy(window, {
      mode: 'enforce',
      trustedProxies: ['127.0.0.1'],
      // The tests of a busy machine would be refused as requests of other machines.
      services: { resources: 'off' },
    });
    const pipe = await PipeWindow.connect(editor.globalStorage);
    teardown.call(() => pipe.close());
    const deadline = Date.now() + shownTimeoutMs;
    while (((await pipe.request('policy/get', {})).policy as { mode?: string }).mode !== 'enforce') {
      assert.ok(Date.now() < deadline, 'the saved policy is not in force');
      await delay(50);
    }

    await window.screenshot(picture('policy'));
    await window.runCommand('FLM: Set the Security Mode…');
    await window.quickPickRow(/Enforce.*now/).waitFor({ timeout: shownTimeoutMs });
    await window.page.keyboard.press('Escape');
    assert.equal(await statusOf('203.0.113.49'), 401);
  });

  it('tells of an attacker it blocked by toast, badge and status bar, and unblocks from the toast', async () => {
    const attacker = '203.0.113.50';
    // While the list is in sight there is nothing to call attention to.
    await window.showContainer('Explorer');

    await attack(origin, attacker);

    const toast = window.page.locator('.notification-toast').filter({ hasText: `FLM blocked ${attacker}` });
    await toast.waitFor({ timeout: shownTimeoutMs });
    // A toast under the pointer stays.
    await toast.hover();
    await window.statusBarItem(`:${port}`).filter({ hasText: '1 blocked' }).waitFor({ timeout: shownTimeoutMs });
    const badge = window.page.locator('.activitybar .action-item:has(a[aria-label^="FLM"]) .badge-content');
    await badge.filter({ hasText: '1' }).waitFor({ timeout: shownTimeoutMs });
    await window.screenshot(picture('attack'));
    assert.equal(await statusOf(attacker), 403);

    await toast.locator('.monaco-button').filter({ hasText: 'Unblock' }).click();

    await window.statusBarItem('blocked').waitFor({ state: 'hidden', timeout: shownTimeoutMs });
    assert.equal(await statusOf(attacker), 401);
  });

  it('shows the row of a blocked address by a click on the status bar, and unblocks there', async () => {
    const attacker = '203.0.113.51';
    await attack(origin, attacker);
    const warning = window.statusBarItem(`:${port}`).filter({ hasText: '1 blocked' });
    await warning.waitFor({ timeout: shownTimeoutMs });
    assert.equal(await statusOf(attacker), 403);

    await warning.click();

    const row = window.row(attacker);
    await row.waitFor({ timeout: shownTimeoutMs });
    await warning.waitFor({ state: 'hidden', timeout: shownTimeoutMs });
    await row.hover();
    await window.screenshot(picture('sharing'));
    await row.locator('a[aria-label*="Unblock"]').click();
    await row.waitFor({ state: 'hidden', timeout: shownTimeoutMs });
    assert.equal(await statusOf(attacker), 401);
  });

  it('shows an attack in the security panel, and lifts the block there', async () => {
    const attacker = '203.0.113.52';
    await attack(origin, attacker);
    assert.equal(await statusOf(attacker), 403);

    await window.runCommand('FLM: Open Security Panel in Editor');

    const panel = window.webview();
    await panel.getByRole('tab', { name: 'Events' }).click({ timeout: shownTimeoutMs });
    const event = panel.getByRole('row').filter({ hasText: attacker }).filter({ hasText: 'Intrusion attempt' }).first();
    await event.click({ timeout: shownTimeoutMs });
    const detail = panel.getByRole('complementary', { name: 'Event' });
    await detail.waitFor({ timeout: shownTimeoutMs });
    await window.screenshot(picture('panel-event'));
    await detail.getByRole('button', { name: 'Unblock' }).click({ timeout: shownTimeoutMs });
    await panel.getByText(`${attacker} is no longer blocked`).waitFor({ timeout: shownTimeoutMs });
    assert.equal(await statusOf(attacker), 401);
  });

  it('shows in the panel of one window what another window does', async () => {
    const range = '198.51.100.0/24';
    const panel = window.webview();
    await panel.getByRole('tab', { name: 'Blocklist' }).click({ timeout: shownTimeoutMs });
    const other = await editor.openWindow();
    await other.statusBarItem(`:${port}`).waitFor({ timeout: shownTimeoutMs });

    await other.runCommand('FLM: Block an Address…');
    await other.answer('Address or range to block', range);
    await other.pick('1 h');
    await other.answer('Note for yourself', 'too curious');

    const row = panel.getByRole('row').filter({ hasText: range });
    await row.waitFor({ timeout: shownTimeoutMs });
    await window.screenshot(picture('panel-two-windows'));
    assert.match(await row.innerText(), /too curious/);
    assert.equal(await statusOf('198.51.100.77'), 403);

    // And the other way round.
    await other.showContainer('FLM');
    await other.row(range).waitFor({ timeout: shownTimeoutMs });
    await row.getByRole('button', { name: /^Unblock/ }).click();
    await other.row(range).waitFor({ state: 'hidden', timeout: shownTimeoutMs });
    assert.equal(await statusOf('198.51.100.77'), 401);
    await other.close();
  });
});

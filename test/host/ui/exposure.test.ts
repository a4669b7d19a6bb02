import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { freePort } from '../../../scripts/lib/free-port';
import { PackedEditor } from '../../../scripts/lib/packed-editor';
import { at } from '../../../scripts/lib/project.mjs';
import { createKey } from '../../../scripts/lib/security-walk';
import type { Workbench } from '../../../scripts/lib/workbench';
import type { MachineAddress } from '../../../src/core/exposure';
import { startOllama } from '../../helpers/engines/ollama';
import { Teardown } from '../../helpers/teardown';
import { PipeWindow } from './pipe-window';

const testTimeoutMs = 180_000;
/** From a click or a request to what the workbench shows of it, on a machine busy with other things. */
const shownTimeoutMs = 30_000;
/** A whole check-up takes a minute at most. */
const checkupTimeoutMs = 90_000;

const picture = (name: string): string => at('out', 'screenshots', `${name}.png`);

describe('exposure in a workbench', function () {
  this.timeout(testTimeoutMs);

  const teardown = new Teardown();
  let ollama: Awaited<ReturnType<typeof startOllama>>;
  let editor: PackedEditor;
  let window: Workbench;
  let port: number;
  let pipe: PipeWindow;
  let address: MachineAddress;

  before(async function () {
    ollama = teardown.add(await startOllama());
    port = await freePort();
    const settings = {
      'flm.engines.detect': false,
      'flm.engines.addresses': [{ url: ollama.url }],
      'flm.proxy.port': port,
      // Text that can be read in the page.
      'terminal.integrated.gpuAcceleration': 'off',
    };
    editor = teardown.add(await PackedEditor.start(settings));
    window = await editor.openWindow();
    await window.showContainer('FLM');
    await window.row('Ollama').first().waitFor({ timeout: shownTimeoutMs });
    await window.statusBarItem('FLM').click();
    await window.statusBarItem(`:${port}`).waitFor({ timeout: shownTimeoutMs });
    pipe = await PipeWindow.connect(editor.globalStorage);
    teardown.call(() => pipe.close());
    const own = (await pipe.request('exposure/addresses', {})).find(({ family }) => family === 4);
    if (own === undefined) return this.skip();
    address = own;
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.screenshot(picture('exposure-failed'));
  });
  after(() => teardown.run());

  const openRow = () => window.row('Other machines can connect');
  const openAddresses = () => pipe.state.sharing.exposure.addresses;
  /** The pipe may hear of a change after the window has shown it. */
  const nothingOpen = () => pipe.stateWhere('nothing is open', () => openAddresses().length === 0);
  const agree = () =>
    window.dialog.locator('.monaco-button').filter({ hasText: 'Let Them Connect' }).click({ timeout: shownTimeoutMs });

  it('offers to make a key where nobody has one, and opens nothing', async () => {
    await window.runCommand('FLM: Change Exposure…');

    const question = window.notifications.filter({ hasText: 'needs at least one API key' });
    await question.waitFor({ timeout: shownTimeoutMs });
    await window.screenshot(picture('exposure-no-key'));
    await window.runCommand('Notifications: Clear All Notifications');
    assert.deepEqual(openAddresses(), []);
  });

  it('says in a modal who will be able to reach what, and does nothing without a yes', async () => {
    await createKey(window, 'tablet');
    await window.runCommand('FLM: Change Exposure…');
    await window.pick('Chosen Addresses');
    await window.typeTick('On which addresses', address.address);
    await window.pick('1 hour');
    await window.pick('With a Certificate of My Own CA');

    await window.dialog.waitFor({ timeout: shownTimeoutMs });
    const text = await window.dialog.innerText();
    await window.screenshot(picture('exposure-modal'));
    await window.page.keyboard.press('Escape');
    await window.dialog.waitFor({ state: 'hidden', timeout: shownTimeoutMs });

    assert.match(text, /Let other machines reach the proxy\?/);
    assert.match(text, /Only somebody who has the API key gets in/);
    assert.match(text, /The connection is encrypted\./);
    assert.match(text, /It ends by itself on/);
    assert.ok(text.includes(`https://${address.address}:${port}/v1`), text);
    assert.deepEqual(openAddresses(), []);
  });

  it('opens what was agreed to, with a countdown', async () => {
    await window.runCommand('FLM: Change Exposure…');
    await window.pick('Chosen Addresses');
    await window.typeTick('On which addresses', address.address);
    await window.pick('1 hour');
    await window.pick('With a Certificate of My Own CA');
    await agree();

    await window.row(/Other machines can connect.*encrypted.*until/s).waitFor({ timeout: shownTimeoutMs });
    await window.row('Certificate').waitFor({ timeout: shownTimeoutMs });
    await window.screenshot(picture('exposure-open'));
    await pipe.stateWhere('the address is open', () => openAddresses().length > 0);
    assert.deepEqual(openAddresses(), [address.address]);
  });

  it('goes back to this machine with one click', async () => {
    await openRow().hover();
    await openRow().getByRole('button', { name: 'Stop Sharing Beyond This Machine' }).click();

    await openRow().waitFor({ state: 'hidden', timeout: shownTimeoutMs });
    await nothingOpen();
  });

  it('stays narrow when settings were edited by hand, and asks', async () => {
    editor.editSettings({ 'flm.proxy.exposure': 'all' });

    const row = window.row('Confirm the exposure');
    await row.waitFor({ timeout: shownTimeoutMs });
    const toast = window.page
      .locator('.notification-toast')
      .filter({ hasText: 'Settings ask FLM to let other machines' });
    await toast.waitFor({ timeout: shownTimeoutMs });
    // A toast under the pointer stays.
    await toast.hover();
    await window.screenshot(picture('exposure-unconfirmed'));
    assert.deepEqual(openAddresses(), []);

    await toast.locator('.monaco-button').filter({ hasText: 'Keep It Closed' }).click();
    await row.waitFor({ state: 'hidden', timeout: shownTimeoutMs });
    assert.deepEqual(openAddresses(), []);
    // The command takes the setting back last; a hand that writes at the same time would be undone.
    await editor.settingTakenBack('flm.proxy.exposure');
  });

  it('opens what settings ask for once somebody has looked at it and agreed', async () => {
    editor.editSettings({ 'flm.proxy.exposure': 'all' });
    await window.row('Confirm the exposure').click({ timeout: shownTimeoutMs });
    await window.pick('All Addresses');
    await window.pick('Until I Change It');
    await agree();

    await openRow().waitFor({ timeout: shownTimeoutMs });
    await pipe.stateWhere('the address is open', () => openAddresses().includes(address.address));

    await window.runCommand('FLM: Stop Sharing Beyond This Machine');
    await openRow().waitFor({ state: 'hidden', timeout: shownTimeoutMs });
    await nothingOpen();
  });

  it('sets up TLS, shows the certificate, and exports its CA with what to do', async () => {
    await window.runCommand('FLM: Set Up TLS…');
    await window.pick('Own CA');
    await pipe.stateWhere('the certificate is ready', ({ sharing }) => sharing.tls.phase === 'ready');
    await window.row(/Certificate.*encrypted/s).waitFor({ timeout: shownTimeoutMs });

    const file = editor.fileNamed('ca.pem');
    await window.runCommand('FLM: Export CA Certificate…');
    await window.saveAs(file);

    const page = window.webview();
    await page.getByRole('heading', { name: 'Trust the CA of FLM' }).waitFor({ timeout: shownTimeoutMs });
    const text = await page.locator('body').innerText();
    const { tls } = pipe.state.sharing;
    assert.match(readFileSync(file, 'utf8'), /^-----BEGIN CERTIFICATE-----/);
    assert.ok(text.includes(tls.caFingerprint ?? 'no fingerprint'));
    for (const system of ['Windows', 'macOS', 'Debian', 'curl']) assert.ok(text.includes(system), system);
    await window.closeEditors();
  });

  it('shows firewall rules with their undo, and types them without pressing Enter', async () => {
    await window.runCommand('FLM: Firewall Rules…');
    // With more than one firewall on the machine it first asks which, and with no network of its own for whom.
    const everybody = window.quickPickRow('Everybody');
    const system = window.quickPickRow('found on this machine');
    await everybody.or(system).first().waitFor({ timeout: shownTimeoutMs });
    if ((await system.count()) > 0) await window.page.keyboard.press('Enter');
    await window.pick('Everybody');

    const actions = window.quickPickRow('Copy Them');
    await actions.first().waitFor({ timeout: shownTimeoutMs });
    const page = window.webview();
    await page.getByRole('heading', { name: 'Take back' }).waitFor({ timeout: shownTimeoutMs });
    await window.screenshot(picture('firewall'));
    const [open = '', takeBack = ''] = await page.locator('pre code').allInnerTexts();
    await window.pick(/Type Them into a Terminal/);
    const terminal = window.page.locator('.terminal-wrapper.active .xterm-rows');
    await terminal.filter({ hasText: open.slice(0, 20) }).waitFor({ timeout: shownTimeoutMs });
    await window.screenshot(picture('firewall-terminal'));

    assert.ok(open.includes(String(port)), open);
    assert.match(takeBack, /delete|remove|Remove|-F/);
    await window.runCommand('Terminal: Kill All Terminals');
    await window.closeEditors();
  });

  it('lists what the check-up found, and opens its report', async () => {
    await window.runCommand('FLM: Run Exposure Check-up');
    await window.quickPickRow('Show the Report').waitFor({ timeout: checkupTimeoutMs });
    await window.screenshot(picture('checkup-list'));
    await window.pick('Show the Report');

    const page = window.webview();
    await page.getByRole('heading', { name: 'Exposure Check-up' }).waitFor({ timeout: shownTimeoutMs });
    await window.screenshot(picture('checkup-report'));
    const { sharing } = await pipe.stateWhere('a check-up is there', (state) => state.sharing.checkup !== undefined);
    const { checkup } = sharing;
    assert.ok(checkup);
    const headings = await page.locator('h2').allInnerTexts();
    assert.equal(headings.length, checkup.findings.length + (checkup.skipped.length > 0 ? 1 : 0));
    await window.closeEditors();
  });
});

describe('a workspace nobody trusts', function () {
  this.timeout(testTimeoutMs);

  const teardown = new Teardown();
  let editor: PackedEditor;
  let window: Workbench;
  let port: number;

  before(async () => {
    port = await freePort();
    const settings = { 'flm.engines.detect': false, 'flm.proxy.port': port, 'flm.proxy.autoStart': true };
    const workspace = JSON.stringify({ 'flm.proxy.exposure': 'all', 'flm.proxy.interfaces': ['eth0'] });
    const options = { isUntrusted: true, files: { '.vscode/settings.json': workspace } };
    editor = teardown.add(await PackedEditor.start(settings, options));
    window = await editor.openWindow();
    await window.showContainer('FLM');
    await window.statusBarItem(`:${port}`).waitFor({ timeout: shownTimeoutMs });
  });
  after(() => teardown.run());

  it('can neither open the proxy by its settings nor offer the commands that do', async () => {
    await window.statusBarItem('Restricted Mode').waitFor({ timeout: shownTimeoutMs });
    const pipe = await PipeWindow.connect(editor.globalStorage);
    const { exposure } = pipe.state.sharing;
    pipe.close();
    await window.page.keyboard.press('F1');
    await window.quickPickRow('').first().waitFor({ timeout: shownTimeoutMs });
    await window.page.keyboard.type('FLM: ');
    await window.quickPickRow('FLM: Diagnose').waitFor({ timeout: shownTimeoutMs });
    await window.screenshot(picture('untrusted'));
    for (const title of ['FLM: Change Exposure', 'FLM: Share…', 'FLM: Set Up TLS', 'FLM: Firewall Rules']) {
      const input = window.page.locator('.quick-input-widget input');
      // Else the answer to the title before would be taken for the answer to this one.
      await input.fill('>FLM: Diagnose');
      await window.quickPickRow('FLM: Diagnose').waitFor({ timeout: shownTimeoutMs });
      await input.fill(`>${title}`);
      await window.quickPickRow('No matching commands').or(window.quickPickRow('similar')).first().waitFor({
        timeout: shownTimeoutMs,
      });
      assert.equal(await window.quickPickRow(title).count(), 0, title);
    }

    assert.equal(exposure.scope, 'machine');
    assert.equal(exposure.unconfirmed, undefined);
  });

  it('can stop what is open to others', async function () {
    const pipe = await PipeWindow.connect(editor.globalStorage);
    teardown.call(() => pipe.close());
    const own = (await pipe.request('exposure/addresses', {})).find(({ family }) => family === 4);
    if (own === undefined) return this.skip();
    await pipe.request('keys/create', { label: 'tablet' });
    const { policy } = await pipe.request('policy/get', {});
    await pipe.request('policy/set', { policy: { ...(policy as object), tls: { mode: 'off', plainHttp: true } } });
    await pipe.request('exposure/confirm', {
      scope: 'interfaces',
      addresses: [own.address],
      until: Date.now() + 600_000,
    });
    await pipe.stateWhere('it is open', ({ sharing }) => sharing.exposure.addresses.includes(own.address));

    await window.runCommand('FLM: Stop Sharing Beyond This Machine');

    await pipe.stateWhere('nothing is open', ({ sharing }) => sharing.exposure.addresses.length === 0);
  });
});

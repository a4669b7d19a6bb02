import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { freePort } from '../../../scripts/lib/free-port';
import { PackedEditor } from '../../../scripts/lib/packed-editor';
import { at } from '../../../scripts/lib/project.mjs';
import type { Workbench } from '../../../scripts/lib/workbench';
import { startOllama } from '../../helpers/engines/ollama';
import { Teardown } from '../../helpers/teardown';
import { PipeWindow } from './pipe-window';
import { SecondHost, secondHostKind } from './second-host';

const testTimeoutMs = 180_000;
/** From a click or a request to what the workbench shows of it, on a machine busy with other things. */
const shownTimeoutMs = 30_000;

const picture = (name: string): string => at('out', 'screenshots', `${name}.png`);

describe('sharing in a workbench', function () {
  this.timeout(testTimeoutMs);

  const teardown = new Teardown();
  let ollama: Awaited<ReturnType<typeof startOllama>>;
  let editor: PackedEditor;
  let window: Workbench;
  let port: number;

  before(async () => {
    ollama = teardown.add(await startOllama());
    port = await freePort();
    const settings = { 'flm.engines.addresses': [{ url: ollama.url }], 'flm.proxy.port': port };
    editor = teardown.add(await PackedEditor.start({ 'flm.engines.detect': false, ...settings }));
    window = await editor.openWindow();
    await window.showContainer('FLM');
    await window.row('Ollama').first().waitFor({ timeout: shownTimeoutMs });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.screenshot(picture('sharing-failed'));
  });
  after(() => teardown.run());

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
    // Which of them is asked on a machine in several; none ticked means the private ones.
    const next = await window.questionAmong('Which networks', 'Name of the share');
    if (next === 'Which networks') await window.acceptChoices(next);
    await answerTheRest('everybody');
    await window.pick('Encrypt with a Certificate');

    await window.dialog.waitFor({ timeout: shownTimeoutMs });
    const text = await window.dialog.innerText();
    await window.screenshot(picture('share-consent'));
    await window.dialog.locator('.monaco-button').filter({ hasText: 'Cancel' }).click();

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

  const kind = secondHostKind();
  describe(`to another machine (${kind})`, () => {
    let other: SecondHost;
    let stop = (): void => undefined;
    let caFile: string;
    let secret: string;

    const ask = (host = other.gateway) =>
      other.ask({ baseUrl: `https://${host}:${port}/v1`, key: secret, model: 'llama3.2:3b', caFile });

    before(function () {
      if (kind === 'none') this.skip();
      other = SecondHost.start();
      stop = () => other.stop();
      caFile = editor.fileNamed('exported-ca.pem');
    });
    after(() => stop());

    it('goes through the wizard with the keyboard alone', async () => {
      await window.typeCommand('FLM: Share…');
      await window.typeChoice('One Address or Range');
      await window.typeAnswer('Address of the other machine', other.address);
      await window.typeAnswer('Name of the share', 'Aiko');
      await window.typeTick('Which models?', 'llama3.2:3b');
      await window.acceptChoices('What for?');
      await window.typeChoice('Modest');
      await window.typeChoice('1 hour');
      await window.typeChoice('Encrypt with a Certificate');
      await window.dialog.waitFor({ timeout: shownTimeoutMs });
      const text = await window.dialog.innerText();
      await window.screenshot(picture('share-remote-consent'));
      await window.page.keyboard.press('Enter');

      const key = window.quickPickRow('Copy the Key');
      await key.waitFor({ timeout: shownTimeoutMs });
      secret = /flm-[\w-]+/.exec(await key.innerText())?.[0] ?? '';
      await window.screenshot(picture('share-remote-done'));
      await window.pick('Show as QR Code');
      await window.webview().getByRole('img', { name: 'QR code with address and key' }).waitFor({
        timeout: shownTimeoutMs,
      });
      await window.pick('Done');
      await window.screenshot(picture('share-qr'));
      await window.closeEditors();

      assert.match(text, new RegExp(`comes from ${other.address}. Everybody else is refused`));
      assert.match(text, new RegExp(`Over: ${other.gateway}, besides this machine itself`));
      assert.match(text, /What: \S*llama3\.2:3b\./);
      assert.match(secret, /^flm-/);
    });

    it('says in the view what is open, to whom, until when and how it is protected', async () => {
      await window.row(new RegExp(`Aiko.*${other.address}.*5\\d min left.*0 of 200 requests today`, 's')).waitFor({
        timeout: shownTimeoutMs,
      });
      await window.row(new RegExp(`Other machines can connect.*${other.gateway}.*encrypted`, 's')).waitFor({
        timeout: shownTimeoutMs,
      });
      await window.screenshot(picture('share-remote-rows'));
    });

    it('streams an answer to a client that trusts the exported CA', async () => {
      await window.runCommand('FLM: Export CA Certificate…');
      await window.saveAs(caFile);
      await window.webview().getByText('NODE_EXTRA_CA_CERTS').first().waitFor({ timeout: shownTimeoutMs });
      await window.screenshot(picture('share-remote-trust'));

      const outcome = await ask();

      assert.deepEqual(
        { ...outcome, text: outcome.text !== '', pieces: outcome.pieces > 1 },
        { text: true, pieces: true },
      );
      await window.row(/Aiko.*1 of 200 requests today/s).waitFor({ timeout: shownTimeoutMs });
    });

    it('is refused by a client that was not told to trust it', async () => {
      const { failure } = await other.ask({
        baseUrl: `https://${other.gateway}:${port}/v1`,
        key: secret,
        model: 'llama3.2:3b',
      });

      assert.match(String(failure), /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/);
    });

    it('shows the share with its countdown in the panel', async () => {
      await window.closeEditors();
      await window.runCommand('FLM: Open Security Panel in Editor');
      const share = window
        .webview()
        .locator('.share-card')
        .filter({ hasText: /Aiko.*Requests today: 1 · tokens: [1-9]/s });
      await share.scrollIntoViewIfNeeded({ timeout: shownTimeoutMs });
      await window.screenshot(picture('panel-sharing'));
      const text = await share.innerText();
      await window.closeEditors();

      assert.match(text, new RegExp(other.address));
      assert.match(text, /5\d min/);
    });

    it('ends by itself, and with it everything beyond this machine', async () => {
      const pipe = await PipeWindow.connect(editor.globalStorage);
      teardown.call(() => pipe.close());
      const share = pipe.state.sharing.shares.find(({ label }) => label === 'Aiko');
      assert.ok(share);
      // The wizard offers no end nearer than an hour.
      await pipe.request('shares/change', { id: share.id, expiresAt: Date.now() + 3_000 });

      await window.row('Aiko').waitFor({ state: 'hidden', timeout: shownTimeoutMs });
      await window.row('Other machines can connect').waitFor({ state: 'hidden', timeout: shownTimeoutMs });

      const { sharing } = await pipe.stateWhere(
        'nothing is open',
        (state) => state.sharing.exposure.scope === 'machine',
      );
      assert.deepEqual(sharing.exposure.addresses, []);
      assert.equal((await ask()).failure, 'ECONNREFUSED');
    });

    it('leaves its record', async () => {
      await window.runCommand('FLM: Manage Shares…');

      await window.quickPickRow(/Aiko.*ended/s).waitFor({ timeout: shownTimeoutMs });
      await window.screenshot(picture('share-record'));
      await window.page.keyboard.press('Escape');
    });
  });
});

import assert from 'node:assert/strict';
import { busyGateway, usePanel } from './support/fixture';
import { readQr } from './support/read-qr';
import { makeKey } from './support/sample-data';
import { until } from './support/until';

describe('keys', function () {
  this.timeout(120_000);
  const browser = usePanel();

  it('creates a key with scopes and limits, and offers lines for the environment', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.show('keys');
    await panel.page.getByRole('button', { name: 'Create Key' }).click();
    const dialog = panel.page.locator('dialog');
    await dialog.locator('summary').click();
    for (const [index, text] of ['CI', 'ollama/*, *embed*', '', '60', '', '200000', '2', '192.168.1.0/24'].entries()) {
      await dialog.locator('vscode-text-field input').nth(index).fill(text);
    }

    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await dialog.getByRole('button', { name: 'Copy Environment Lines' }).click();
    await dialog.getByText('The lines are on the clipboard.').waitFor();

    const key = gateway.keys.find(({ label }) => label === 'CI');
    assert.deepEqual(key?.scope, {
      models: ['ollama/*', '*embed*'],
      requestsPerMinute: 60,
      tokensPerDay: 200_000,
      concurrency: 2,
      addresses: ['192.168.1.0/24'],
    });
    assert.match(
      panel.copied[0] ?? '',
      /^OPENAI_BASE_URL=https:\/\/192\.168\.1\.20:11435\/v1\nOPENAI_API_KEY=flm-[\w-]+\n$/,
    );
  });

  it('says which limit cannot be used, and sends nothing', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.show('keys');
    await panel.page.getByRole('button', { name: 'Create Key' }).click();
    const dialog = panel.page.locator('dialog');
    await dialog.locator('summary').click();
    await dialog.locator('vscode-text-field input').nth(0).fill('CI');
    await dialog.locator('vscode-text-field input').nth(3).fill('-5');

    await dialog.getByRole('button', { name: 'Create', exact: true }).click();

    await dialog.getByText('Requests per minute must be a whole number above 0').waitFor();
    await panel.settled();
    assert.ok(!gateway.asked.some(({ name }) => name === 'keys/create'));
  });

  it('shows use, limits and expiry of each key', async () => {
    const panel = await browser.open(busyGateway());
    await panel.show('keys');
    const card = panel.view('keys').locator('.key-card', { hasText: 'tablet' });
    await card.waitFor();

    const text = await card.innerText();

    for (const part of [
      'Requests in 7 days: 31 · tokens: 9.1K',
      'Last used',
      'expires in 5 d',
      'ollama/* · 60 a minute · 200K tokens a day',
    ]) {
      assert.ok(text.includes(part), part);
    }
  });

  it('rotates a key and shows the new secret once', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.show('keys');
    await panel.page.getByRole('button', { name: 'Rotate: tablet' }).click();

    await panel.page.locator('dialog').getByRole('button', { name: 'Rotate' }).click();
    const secret = await panel.page.locator('dialog .secret').innerText();
    await panel.page.keyboard.press('Escape');
    await panel.dialogsGone();
    await panel
      .view('keys')
      .getByText(/old key accepted \d+ min more/)
      .waitFor();

    assert.match(secret, /^flm-k7m2p9q4r8s1-/);
    assert.equal(await panel.page.locator('.secret').count(), 0);
  });

  it('shows the new secret of a rotated key alone, however long the list takes', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.show('keys');
    await panel.page.getByRole('button', { name: 'Rotate: tablet' }).click();
    gateway.support('keys/list', () => new Promise(() => undefined));

    await panel.page.locator('dialog').getByRole('button', { name: 'Rotate' }).click();
    await panel.page.locator('dialog .secret').waitFor();
    await panel.until(`document.querySelectorAll('dialog').length === 1`);
    await panel.page.keyboard.press('Escape');
    await panel.dialogsGone();
  });

  it('makes one key where a button is pressed twice', async () => {
    const gateway = busyGateway();
    let answer = (): void => undefined;
    gateway.support(
      'keys/create',
      () => new Promise((done) => (answer = () => done({ key: makeKey(), secret: 'flm-x' }))),
    );
    const panel = await browser.open(gateway);
    await panel.show('keys');
    await panel.page.getByRole('button', { name: 'Create Key' }).click();
    const dialog = panel.page.locator('dialog');
    await dialog.locator('vscode-text-field input').first().fill('laptop');

    await dialog.getByRole('button', { name: 'Create', exact: true }).dblclick();
    await until(() => gateway.asked.some(({ name }) => name === 'keys/create'));
    answer();
    await dialog.locator('.secret').waitFor();

    assert.equal(gateway.asked.filter(({ name }) => name === 'keys/create').length, 1);
  });

  it('revokes a key after asking', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.show('keys');
    await panel.page.getByRole('button', { name: 'Revoke: tablet' }).click();

    await panel.page.locator('dialog').getByRole('button', { name: 'Revoke' }).click();
    await panel.page.getByText('tablet is revoked.').waitFor();

    assert.notEqual(gateway.keys[0]?.revokedAt, undefined);
  });

  it('changes the limits of a key and keeps its expiry', async () => {
    const gateway = busyGateway();
    const before = gateway.keys[0]!;
    const panel = await browser.open(gateway);
    await panel.show('keys');
    await panel.page.getByRole('button', { name: 'Change: tablet' }).click();
    const dialog = panel.page.locator('dialog');
    await dialog.locator('vscode-text-field input').nth(3).fill('10');

    await dialog.getByRole('button', { name: 'Save' }).click();
    await panel.page.getByText('tablet has new limits.').waitFor();

    assert.equal(gateway.keys[0]?.expiresAt, before.expiresAt);
    assert.deepEqual(gateway.keys[0]?.scope, { ...before.scope, requestsPerMinute: 10 });
  });

  it('draws a new key as a QR code that scanners read, for the endpoint that is chosen', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.show('keys');
    await panel.page.getByRole('button', { name: 'Rotate: tablet' }).click();
    await panel.page.locator('dialog').getByRole('button', { name: 'Rotate' }).click();
    const dialog = panel.page.locator('dialog');

    await dialog.getByRole('button', { name: 'Show QR Code' }).click();
    const shared = await readQr(dialog.locator('svg.qr'));
    await dialog.locator('vscode-dropdown').click();
    await dialog.getByRole('option', { name: 'http://127.0.0.1:11435/v1' }).click();
    await dialog.locator('.snippet', { hasText: 'OPENAI_BASE_URL=http://127.0.0.1:11435/v1' }).waitFor();
    const local = await readQr(dialog.locator('svg.qr'));
    const secret = await dialog.locator('.secret').innerText();

    assert.equal(shared, `OPENAI_BASE_URL=https://192.168.1.20:11435/v1\nOPENAI_API_KEY=${secret}\n`);
    assert.equal(local, `OPENAI_BASE_URL=http://127.0.0.1:11435/v1\nOPENAI_API_KEY=${secret}\n`);
    assert.equal(await dialog.getByRole('img', { name: 'QR code with the text below it' }).count(), 1);
  });

  it('keeps a limit of requests a day when something else is changed', async () => {
    const gateway = busyGateway();
    gateway.keys = [makeKey({ scope: { requestsPerDay: 200 } })];
    const panel = await browser.open(gateway);
    await panel.show('keys');
    await panel.page.getByRole('button', { name: 'Change: tablet' }).click();
    const dialog = panel.page.locator('dialog');
    await dialog.locator('vscode-text-field input').nth(3).fill('10');

    await dialog.getByRole('button', { name: 'Save' }).click();
    await panel.page.getByText('tablet has new limits.').waitFor();

    assert.deepEqual(gateway.keys[0]?.scope, { requestsPerMinute: 10, requestsPerDay: 200 });
  });
});

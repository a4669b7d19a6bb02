import assert from 'node:assert/strict';
import { reason } from '../../src/core/reason';
import { busyGateway, quietGateway, usePanel } from './support/fixture';
import { readQr } from './support/read-qr';
import { busySharing, makeShare } from './support/sample-data';

describe('sharing', function () {
  this.timeout(120_000);
  const browser = usePanel();

  it('says who can reach the proxy, why and until when, and closes it with one click', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    const bar = panel.page.locator('.proxy');
    await bar.getByText('shared with chosen networks').waitFor();
    const before = await bar.innerText();

    await bar.getByRole('button', { name: 'Stop Sharing' }).click();
    await panel.page.getByText('Only this machine can reach the proxy now.').waitFor();
    await bar.getByText('only this machine').waitFor();

    assert.match(
      before,
      /Other machines reach the proxy on 192\.168\.1\.20\. A share needs it\. Closes by itself in 2 d\./,
    );
    assert.equal(await bar.getByRole('button', { name: 'Stop Sharing' }).count(), 0);
    assert.equal(await panel.page.locator('.share-card').count(), 0);
  });

  it('leaves what needs several answers to the commands of FLM', async () => {
    const panel = await browser.open(busyGateway());
    const bar = panel.page.locator('.proxy');

    await bar.getByRole('button', { name: 'Share…' }).click();
    await bar.getByRole('button', { name: 'Exposure…' }).click();
    await panel.page.getByRole('button', { name: 'Change: colleague next door' }).click();
    await panel.settled();

    assert.deepEqual(panel.commands, [
      { command: 'share.create', share: undefined },
      { command: 'exposure.change', share: undefined },
      { command: 'share.change', share: 'share_a1b2c3d4e5f6' },
    ]);
  });

  it('tells why it is not as the settings wish', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);

    gateway.share({
      exposure: {
        scope: 'machine',
        addresses: [],
        because: [],
        unconfirmed: { scope: 'all' },
        notice: reason('proxy.bindFailed', '0.0.0.0', 'not allowed'),
      },
    });

    await panel.page.getByText('Your settings ask for more than you have confirmed here.').waitFor();
    await panel.page.getByText('Could not listen on 0.0.0.0: not allowed').waitFor();
  });

  it('gives each way from outside as a QR code with its text', async () => {
    const panel = await browser.open(busyGateway());

    await panel.page.getByRole('button', { name: 'QR code of https://192.168.1.20:11435/v1' }).click();
    const dialog = panel.page.locator('dialog');

    assert.equal(await readQr(dialog.locator('svg.qr')), 'https://192.168.1.20:11435/v1');
    assert.equal(await dialog.locator('.qr-text').innerText(), 'https://192.168.1.20:11435/v1');
    assert.equal(await panel.page.getByRole('button', { name: 'QR code of http://127.0.0.1' }).count(), 0);
  });

  it('shows for whom a share is, how much was used and how long it lasts', async () => {
    const panel = await browser.open(busyGateway());

    const text = await panel.page.locator('.share-card').innerText();

    for (const part of [
      'colleague next door',
      'local network',
      'ends in 2 d',
      'Requests today: 14 · tokens: 3.1K',
      'Requests in all: 211 · tokens: 48K',
      '2 refused',
      'ollama/llama3.2:3b · 200 requests a day',
    ]) {
      assert.ok(text.includes(part), `${part} is not in ${text}`);
    }
  });

  it('ends a share at once and says what that means', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);

    await panel.page.getByRole('button', { name: 'Stop: colleague next door' }).click();
    await panel.page.getByText('The share colleague next door has ended; its key no longer works.').waitFor();
    await panel.page.getByText('Nothing is shared.').waitFor();

    assert.ok(gateway.asked.some(({ name }) => name === 'shares/end'));
  });

  it('extends a share, takes that back, and can leave it without an end', async () => {
    const gateway = busyGateway();
    const { expiresAt: before } = busySharing().shares[0]!;
    const panel = await browser.open(gateway);
    const share = () => gateway.status.state!.sharing.shares[0]!;

    await panel.page.getByRole('button', { name: 'Extend: colleague next door' }).click();
    await panel.page.locator('dialog').getByRole('button', { name: 'Extend' }).click();
    await panel.page.getByText('The share colleague next door ends in 4 d.').waitFor();
    const extended = share().expiresAt!;
    await panel.page.getByRole('button', { name: 'Undo' }).click();
    await panel.page.getByText('ends in 2 d').waitFor();
    const undone = share().expiresAt!;
    await panel.page.getByRole('button', { name: 'Extend: colleague next door' }).click();
    await panel.page.locator('dialog vscode-dropdown').click();
    await panel.page.locator('dialog').getByRole('option', { name: 'No end' }).click();
    await panel.page.locator('dialog').getByRole('button', { name: 'Extend' }).click();
    await panel.page.getByText('has no end now').waitFor();

    assert.ok(Math.abs(extended - before! - 86_400_000) < 60_000);
    assert.ok(Math.abs(undone - before!) < 60_000);
    assert.equal(share().expiresAt, undefined);
  });

  it('gives a share a new key and shows it once', async () => {
    const panel = await browser.open(busyGateway());
    await panel.page.getByRole('button', { name: 'New Key: colleague next door' }).click();

    await panel.page.locator('dialog').getByRole('button', { name: 'New Key' }).click();
    const secret = await panel.page.locator('dialog .secret').innerText();
    await panel.page.keyboard.press('Escape');
    await panel.dialogsGone();

    assert.match(secret, /^flm-k7m2p9q4r8s1-/);
    assert.equal(
      await panel.page.evaluate(`document.documentElement.outerHTML.includes(${JSON.stringify(secret)})`),
      false,
    );
  });

  it('keeps the focus on a button while the counters of its share change', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.page.getByRole('button', { name: 'Extend: colleague next door' }).focus();

    gateway.share({ shares: [makeShare({ requestsToday: 15 })] });
    await panel.page.getByText('Requests today: 15').waitFor();

    assert.equal(
      await panel.page.evaluate(`document.activeElement.getAttribute('aria-label')`),
      'Extend: colleague next door',
    );
  });

  it('shows the certificate and copies its fingerprint', async () => {
    const panel = await browser.open(busyGateway());
    const certificate = panel.page.locator('.certificate');

    await certificate.getByRole('button', { name: 'Copy SHA-256 fingerprint' }).click();
    await panel.page.getByText('Copied.').waitFor();
    const text = await certificate.innerText();
    await certificate.getByRole('button', { name: 'Renew Now' }).click();
    await panel.page.getByText('The certificate was renewed.').waitFor();

    assert.match(text, /Encrypted \(HTTPS\) · Self-signed certificate/);
    assert.match(text, /192\.168\.1\.20, desk\.local, 127\.0\.0\.1/);
    assert.match(panel.copied[0] ?? '', /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  });

  it('says what is wrong with a certificate', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);

    gateway.share({ tls: { mode: 'acme', phase: 'failed', notice: reason('proxy.bindFailed', 'a', 'b') } });

    await panel.page.getByText('There is no usable certificate · Certificate by ACME').waitFor();
    await panel.page.getByText('Could not listen on a: b').waitFor();
  });

  it('says why a certificate could not be renewed', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    const { certificate } = busySharing().tls;

    gateway.share({
      tls: {
        mode: 'acme',
        phase: 'ready',
        certificate: certificate!,
        notice: reason('tls.keptEarlier', '2027-01-31'),
        cause: reason('tls.failed', 'the authority does not answer'),
      },
    });

    await panel.page.locator('.tls-notice').getByText('the authority does not answer').waitFor();
  });

  it('leads to the revocation of a certificate, where it is from an ACME server', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    const certificate = panel.page.locator('.certificate');
    const revoke = certificate.getByRole('button', { name: 'Revoke Certificate…' });
    await certificate.getByText('Encrypted (HTTPS) · Self-signed certificate').waitFor();
    const before = await revoke.count();

    gateway.share({ tls: { ...busySharing().tls, mode: 'acme' } });
    await revoke.click();
    while (panel.commands.length === 0) await panel.page.waitForTimeout(10);

    assert.equal(before, 0);
    assert.deepEqual(panel.commands, [{ command: 'tls.revoke', share: undefined }]);
  });

  it('offers no revocation while there is no certificate', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);

    gateway.share({ tls: { mode: 'acme', phase: 'preparing' } });
    await panel.page.getByText('The certificate is being made · Certificate by ACME').waitFor();

    assert.equal(await panel.page.getByRole('button', { name: 'Revoke Certificate…' }).count(), 0);
  });

  it('tells each finding of the check-up with its fix, and looks again', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    const checkup = panel.page.locator('.checkup');
    const text = await checkup.innerText();

    await checkup.getByRole('button', { name: /^Copy Command/ }).click();
    await panel.page.getByText('Copied.').waitFor();
    await checkup.getByRole('button', { name: 'Check Again' }).click();
    await checkup.getByText('Nothing found.').waitFor();

    assert.match(text, /Findings: 1 · Checked/);
    assert.match(text, /Why it matters[\s\S]*What to do/);
    assert.match(text, /Not checked: /);
    assert.deepEqual(panel.copied, ["launchctl setenv OLLAMA_HOST '127.0.0.1'"]);
    assert.equal(await checkup.locator('.finding').count(), 0);
  });

  it('can be cancelled while it looks', async () => {
    const gateway = busyGateway();
    let finish = (): void => undefined;
    gateway.support('checkup/run', () => new Promise((resolve) => (finish = () => resolve(null))));
    gateway.support('checkup/cancel', () => {
      finish();
      return null;
    });
    const panel = await browser.open(gateway);
    const checkup = panel.page.locator('.checkup');

    await checkup.getByRole('button', { name: 'Check Again' }).click();
    await checkup.getByText('Looking for ways around the proxy…').waitFor();
    await checkup.getByRole('button', { name: 'Cancel' }).click();

    await checkup.getByRole('button', { name: 'Check Again' }).waitFor();
  });

  it('teaches where nothing is shared yet', async () => {
    const panel = await browser.open(quietGateway());

    await panel.page.getByText('Nothing is shared. A share lets one person').waitFor();
    await panel.page.getByText('Not encrypted (HTTP)').waitFor();
    await panel.page.getByRole('button', { name: 'Check Now' }).waitFor();
  });

  it('shows an error where a share could not be ended', async () => {
    const gateway = busyGateway();
    gateway.failing.set('shares/end', 'The disk is full.');
    const panel = await browser.open(gateway);

    await panel.page.getByRole('button', { name: 'Stop: colleague next door' }).click();

    await panel.page
      .locator('.notice[data-kind=error]')
      .getByText(/The disk is full/)
      .waitFor();
    assert.equal(await panel.page.locator('.share-card').count(), 1);
  });
});

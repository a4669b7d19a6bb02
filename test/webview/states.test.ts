import assert from 'node:assert/strict';
import { reason } from '../../src/core/reason';
import { busyGateway, quietGateway, usePanel } from './support/fixture';
import { makeBlock } from './support/sample-data';
import { until } from './support/until';

describe('states of the panel', function () {
  this.timeout(120_000);
  const browser = usePanel();

  it('says so when the gateway goes, keeps what it knew, and goes on when another one takes over', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.page.getByRole('button', { name: 'Unblock: 203.0.113.9' }).waitFor();
    const banner = panel.page.locator('.banner');

    gateway.setPhase('connecting');
    await banner.getByText('Connecting to the gateway.').waitFor();
    const stale = await panel.page.getByRole('button', { name: 'Unblock: 203.0.113.9' }).isVisible();
    gateway.blocks = [makeBlock({ range: '203.0.113.77' })];
    gateway.connect();
    await panel.page.getByRole('button', { name: 'Unblock: 203.0.113.77' }).waitFor();

    assert.ok(stale);
    assert.equal(await banner.isVisible(), false);
    assert.equal(await panel.page.getByRole('button', { name: 'Unblock: 203.0.113.9' }).count(), 0);
  });

  it('says why the gateway failed, and as of when the figures are', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);

    gateway.setPhase('failed', { reason: reason('gateway.crashed', 'out of memory') });
    await panel.page.locator('.banner[data-kind=error]').waitFor();

    const text = await panel.page.locator('.banner').innerText();
    assert.match(text, /The gateway stopped unexpectedly: out of memory You see what was known at .*\d:\d\d/);
  });

  it('comes back on the same tab with the same filter after a reload', async () => {
    const panel = await browser.open(busyGateway());
    await panel.show('events');
    await panel.view('events').locator('vscode-text-field input').first().fill('decoy');
    await panel.until(`sessionStorage.getItem('state')?.includes('decoy')`);

    await panel.reload();
    await panel.view('events').getByRole('row').first().waitFor();

    await panel.until(`document.querySelector('#tab-events').getAttribute('aria-selected') === 'true'`);
    assert.equal(await panel.view('events').locator('vscode-text-field input').first().inputValue(), 'decoy');
    assert.deepEqual(panel.troubles, []);
  });

  it('asks for nothing while it is hidden, and catches up when it is shown again', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.settled();

    panel.session.setVisible(false);
    await panel.settled();
    const before = gateway.asked.length;
    gateway.blocks = [];
    gateway.connect();
    // Longer than the overview's interval.
    await panel.page.waitForTimeout(5_600);
    const whileHidden = gateway.asked.length - before;
    panel.session.setVisible(true);
    await panel.page.getByText('Nothing needs your attention.').waitFor();

    assert.equal(whileHidden, 0);
  });

  it('teaches where there is nothing yet', async () => {
    const panel = await browser.open(quietGateway());

    await panel.page.getByText('No requests in this range.').waitFor();
    await panel.show('events');
    await panel.page.getByText('Nothing recorded yet.').waitFor();
    await panel.show('blocklist');
    await panel.page.getByText('Nobody is blocked.').waitFor();
    await panel.show('keys');
    await panel.page.getByText('No key yet.').waitFor();
  });

  it('shows an error in place with a way to try again', async () => {
    const gateway = busyGateway();
    gateway.failing.set('audit/query', 'The database is busy.');
    const panel = await browser.open(gateway);
    await panel.show('events');
    await panel
      .view('events')
      .getByText(/The database is busy/)
      .waitFor();

    // The panel tries again by itself, too: that one is held up, so that the button stays and its own try is seen.
    const held: (() => void)[] = [];
    gateway.support(
      'audit/query',
      () => new Promise((done) => held.push(() => done({ rows: gateway.rows.slice(0, 9) }))),
    );
    gateway.failing.clear();
    await until(() => held.length === 1);
    await panel.view('events').getByRole('button', { name: 'Try Again' }).click();
    await until(() => held.length === 2);
    for (const answer of held) answer();

    await panel.view('events').getByRole('row').first().waitFor();
  });

  it('keeps the button to try again under the finger while it goes on failing by itself', async () => {
    const gateway = busyGateway();
    gateway.failing.set('audit/query', 'The database is busy.');
    const panel = await browser.open(gateway);
    await panel.show('events');
    await panel.view('events').getByRole('button', { name: 'Try Again' }).focus();
    const asked = (): number => gateway.asked.filter(({ name }) => name === 'audit/query').length;
    const before = asked();

    await until(() => asked() >= before + 2);
    await panel.settled();

    assert.equal(await panel.page.evaluate('document.activeElement.textContent'), 'Try Again');
  });

  it('brings the tab to front that a command asks for', async () => {
    const panel = await browser.open(busyGateway());

    panel.session.show('keys');
    await panel.view('keys').locator('.key-card').first().waitFor();

    await panel.until(`document.querySelector('#tab-keys').getAttribute('aria-selected') === 'true'`);
  });

  it('brings it to front, too, where it is asked for before anything is known', async () => {
    const panel = await browser.open(busyGateway());
    await panel.page.addInitScript(
      `addEventListener('DOMContentLoaded', () => window.postMessage({ type: 'show', tab: 'keys' }, '*'))`,
    );

    await panel.reload();
    await panel.view('keys').locator('.key-card').first().waitFor();

    await panel.until(`document.querySelector('#tab-keys').getAttribute('aria-selected') === 'true'`);
  });

  it('starts and stops the proxy and copies its endpoint', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);

    await panel.page.getByRole('button', { name: 'Copy http://127.0.0.1:11435/v1' }).click();
    await panel.page.getByText('Copied.').waitFor();
    await panel.page.locator('.proxy').getByRole('button', { name: 'Stop the Proxy' }).click();
    await panel.page.getByRole('button', { name: 'Start the Proxy' }).click();
    await panel.page.locator('.proxy').getByRole('button', { name: 'Stop the Proxy' }).waitFor();

    assert.deepEqual(panel.copied, ['http://127.0.0.1:11435/v1']);
  });
});

import assert from 'node:assert/strict';
import { busyGateway, usePanel } from './support/fixture';
import type { FakeGateway } from './support/fake-gateway';
import { makeKey, traffic } from './support/sample-data';
import { until } from './support/until';

/** Counts what changes in the page from now on, but for the times, which go on by themselves. */
const watchChanges = `(() => {
  window.changes = [];
  new MutationObserver((records) => {
    for (const { target, type } of records) {
      const element = target.nodeType === Node.TEXT_NODE ? target.parentElement : target;
      if (element?.closest('time') === null) window.changes.push(type + ' of ' + element.outerHTML.slice(0, 80));
    }
  }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
})()`;

function statisticsAsked(gateway: FakeGateway): number {
  return gateway.asked.filter(({ name }) => name === 'audit/statistics').length;
}

describe('live updates', function () {
  this.timeout(120_000);
  const browser = usePanel();

  it('leave the page alone where figures are the same as before', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.page.locator('.usage').waitFor();
    await panel.settled();
    const same = gateway.statistics({ from: 0, to: 3_600_000, bucketMs: 60_000, top: 20 });
    gateway.statistics = () => same;
    const before = statisticsAsked(gateway);
    // The tick after this one has seen what stays.
    await until(() => statisticsAsked(gateway) >= before + 2);
    await panel.settled();

    await panel.page.evaluate(watchChanges);
    await until(() => statisticsAsked(gateway) >= before + 4);
    await panel.settled();

    assert.deepEqual(await panel.page.evaluate('window.changes'), []);
  });

  it('ask for figures at most once a second however often the state changes', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.page.locator('.usage').waitFor();
    await panel.settled();
    const before = statisticsAsked(gateway);
    const started = Date.now();
    let pushes = 0;

    while (Date.now() < started + 3_000 || statisticsAsked(gateway) === before) {
      pushes += 1;
      gateway.share({ shares: [] });
      gateway.connect({ proxy: { phase: 'on', inFlight: pushes, requests: pushes } });
      await panel.page.waitForTimeout(50);
    }

    const turns = (statisticsAsked(gateway) - before) / 2;
    const seconds = (Date.now() - started) / 1000;
    assert.ok(turns <= seconds + 1, `${turns} turns in ${seconds} s, after ${pushes} changes`);
  });

  it('keep the focus in the table of users while its figures change', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    const name = panel.page.locator('.usage').getByRole('button', { name: 'tablet' });
    await name.focus();

    gateway.statistics = (query) => {
      const statistics = traffic(query);
      return { ...statistics, byKey: statistics.byKey.map((row) => ({ ...row, requests: row.requests + 1_000 })) };
    };
    await panel.page.locator('.usage').getByText('1,412').waitFor();

    assert.equal(await panel.page.evaluate('document.activeElement.textContent'), 'tablet');
  });

  it('keep the focus on the same button of the same key while keys come and go', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.show('keys');
    await panel.page.getByRole('button', { name: 'Rotate: tablet' }).focus();

    gateway.keys = [...gateway.keys, makeKey({ id: 'k00000000009', label: 'phone' })];
    gateway.connect({ security: { ...gateway.status.state!.security, usableKeys: 3 } });
    await panel.view('keys').locator('.key-name', { hasText: 'phone' }).waitFor();

    assert.equal(await panel.page.evaluate(`document.activeElement.getAttribute('aria-label')`), 'Rotate: tablet');
  });

  it('are not read out when only time goes on, nor event by event', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.page.locator('.exposure-line time').waitFor();
    const talkative = `[...document.querySelectorAll('[role=status] time, [aria-live] time')]
      .filter((time) => time.getAttribute('aria-live') !== 'off').length`;

    assert.equal(await panel.page.evaluate(talkative), 0);
    await panel.show('events');
    await panel.view('events').getByRole('row').first().waitFor();
    assert.equal(await panel.view('events').locator('.count').getAttribute('role'), null);
    assert.match(await panel.view('events').getByRole('status').first().innerText(), /^Events: 250/);
  });
});

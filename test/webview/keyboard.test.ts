import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { busyGateway, usePanel } from './support/fixture';
import type { PanelWindow } from './support/panel-browser';

const maxTabs = 40;

/** What has the focus, through shadow roots: its name as a screen reader has it. */
async function focusedName(page: Page): Promise<string> {
  return page.evaluate<string>(`(() => {
    let element = document.activeElement;
    const host = element;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const name = (item) => item?.getAttribute('aria-label') ?? item?.textContent ?? '';
    return (name(host) || name(element)).replace(/\\s+/g, ' ').trim();
  })()`);
}

/** Presses Tab until something of that name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let count = 0; count < maxTabs; count += 1) {
    if ((await focusedName(page)).startsWith(name)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`${name} cannot be reached with the tab key`);
}

async function openTab(panel: PanelWindow, steps: number): Promise<void> {
  await tabTo(panel.page, 'Overview');
  for (let step = 0; step < steps; step += 1) await panel.page.keyboard.press('ArrowRight');
}

describe('keyboard', function () {
  this.timeout(120_000);
  const browser = usePanel();

  it('unblocks an address from the overview and takes it back', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);

    await tabTo(panel.page, 'Unblock: 203.0.113.9');
    await panel.page.keyboard.press('Enter');
    await panel.page.getByText('203.0.113.9 is no longer blocked.').waitFor();
    const afterUnblock = gateway.blocks.some(({ range }) => range === '203.0.113.9');
    await tabTo(panel.page, 'Undo');
    await panel.page.keyboard.press('Enter');
    await panel.until(`document.querySelector('.tab-count').textContent === '3'`);
    await panel.settled();

    assert.equal(afterUnblock, false);
    assert.ok(gateway.blocks.some(({ range }) => range === '203.0.113.9'));
  });

  it('stops sharing and ends up on a button that is still there', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);

    await tabTo(panel.page, 'Stop Sharing');
    await panel.page.keyboard.press('Enter');
    await panel.page.getByText('Only this machine can reach the proxy now.').waitFor();
    await panel.settled();

    assert.equal(gateway.status.state?.sharing.exposure.scope, 'machine');
    assert.equal(await focusedName(panel.page), 'Stop the Proxy');
  });

  it('unblocks an address in the blocklist and keeps the focus in the list', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);

    await openTab(panel, 2);
    await panel.view('blocklist').getByRole('row').first().waitFor();
    await tabTo(panel.page, 'Search');
    await panel.page.keyboard.press('Tab');
    await panel.page.keyboard.press('ArrowRight');
    await panel.page.keyboard.press('ArrowRight');
    const name = await focusedName(panel.page);
    await panel.page.keyboard.press('Enter');
    await panel.page.getByText(/is no longer blocked/).waitFor();
    await panel.settled();

    assert.match(name, /^Unblock: /);
    assert.equal(gateway.blocks.length, 2);
    assert.equal(await panel.page.evaluate(`document.activeElement.closest('.vlist') !== null`), true);
  });

  it('creates a key, copies it, and does not show it again', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);

    await openTab(panel, 3);
    await panel.view('keys').locator('.key-card').first().waitFor();
    await tabTo(panel.page, 'Create Key…');
    await panel.page.keyboard.press('Enter');
    await panel.page.locator('dialog').waitFor();
    await panel.page.keyboard.type('laptop');
    await tabTo(panel.page, 'Create');
    await panel.page.keyboard.press('Enter');
    await panel.page.getByText('You see this key now and never again.').waitFor();
    await tabTo(panel.page, 'Copy Key');
    await panel.page.keyboard.press('Enter');
    await panel.page.getByText('The key is on the clipboard.').waitFor();
    await panel.page.keyboard.press('Escape');
    // The list behind the dialog has the key already.
    await panel.dialogsGone();
    await panel.view('keys').getByText('laptop').waitFor();

    const [secret] = panel.copied;
    assert.match(secret ?? '', /^flm-[0-9a-f]{12}-[\w-]{43}$/);
    assert.equal(
      await panel.page.evaluate(`document.documentElement.outerHTML.includes(${JSON.stringify(secret)})`),
      false,
    );
    assert.equal(await panel.page.evaluate(`JSON.stringify(sessionStorage).includes('flm-')`), false);
    assert.equal(await focusedName(panel.page), 'Create Key…');
  });

  it('walks the events with arrows, Home, End and page keys, one row in the tab order', async () => {
    const panel = await browser.open(busyGateway());
    await panel.show('events');
    const rows = panel.view('events').getByRole('row');
    await rows.first().waitFor();
    const index = (): Promise<string> => panel.page.evaluate(`document.activeElement.getAttribute('aria-rowindex')`);
    const seen: string[] = [];

    await rows.first().focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'PageDown', 'Home', 'End']) {
      await panel.page.keyboard.press(key);
      seen.push(await index());
    }

    assert.deepEqual(seen.slice(0, 3), ['2', '3', '2']);
    assert.ok(Number(seen[3]) > 5);
    assert.equal(seen[4], '1');
    assert.ok(Number(seen[5]) >= 250);
    assert.equal(await panel.view('events').locator('[role=row][tabindex="0"]').count(), 1);
  });

  it('opens an event with Enter and returns to its row with Escape', async () => {
    const panel = await browser.open(busyGateway());
    await panel.show('events');
    const row = panel.view('events').getByRole('row').nth(2);
    await row.focus();

    await panel.page.keyboard.press('Enter');
    await panel.page.getByRole('complementary', { name: 'Event' }).waitFor();
    await panel.page.keyboard.press('Escape');

    assert.equal(await panel.page.evaluate(`document.activeElement.getAttribute('aria-rowindex')`), '3');
  });
});

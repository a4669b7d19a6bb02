import assert from 'node:assert/strict';
import type { AddBlockParams } from '../../src/protocol/security-rpc';
import { busyGateway, usePanel } from './support/fixture';
import { makeBlock } from './support/sample-data';
import { until } from './support/until';

describe('blocklist', function () {
  this.timeout(120_000);
  const browser = usePanel();

  it('adds a range with a note and a length, and takes it back', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.show('blocklist');

    await panel.page.getByRole('button', { name: 'Block an Address' }).click();
    const dialog = panel.page.locator('dialog');
    await dialog.locator('vscode-text-field input').nth(0).fill('198.18.0.0/15');
    await dialog.locator('vscode-text-field input').nth(1).fill('bench traffic');
    await dialog.getByRole('button', { name: 'Block', exact: true }).click();
    await panel.page.getByText('198.18.0.0/15 is blocked.').waitFor();
    await panel.page.getByRole('row').filter({ hasText: '198.18' }).waitFor();
    const added = gateway.asked.find(({ name }) => name === 'blocks/add')?.params as AddBlockParams;
    await panel.page.getByRole('button', { name: 'Undo' }).click();
    await panel.page.getByRole('row').filter({ hasText: '198.18' }).waitFor({ state: 'detached' });

    assert.equal(added.note, 'bench traffic');
    assert.ok(Math.abs(added.expiresAt! - Date.now() - 86_400_000) < 60_000);
    assert.ok(!gateway.blocks.some(({ range }) => range === '198.18.0.0/15'));
  });

  it('says what is no address before anything is sent', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.show('blocklist');
    await panel.page.getByRole('button', { name: 'Block an Address' }).click();
    const dialog = panel.page.locator('dialog');

    for (const text of ['example.org', '203.0.113.256', '203.0.113.0/33', '2001:db8::/129', '010.0.0.1', '']) {
      await dialog.locator('vscode-text-field input').first().fill(text);
      await dialog.getByRole('button', { name: 'Block', exact: true }).click();
      await dialog.locator('.problem').getByText(`${text} is no address and no range`).waitFor();
    }
    await panel.settled();

    assert.ok(!gateway.asked.some(({ name }) => name === 'blocks/add'));
  });

  it('extends a block, or keeps it until lifted', async () => {
    const gateway = busyGateway();
    gateway.blocks = [makeBlock()];
    const panel = await browser.open(gateway);
    await panel.show('blocklist');

    await panel.page.getByRole('button', { name: 'Extend: 203.0.113.9' }).click();
    await panel.page.locator('dialog').getByRole('button', { name: 'Extend' }).click();
    await panel.page.getByText('203.0.113.9 stays blocked for 24 h.').waitFor();
    await panel.dialogsGone();
    // The row is made anew with its new end; a click in between would fall on the old one.
    await panel.settled();
    await panel.page.getByRole('button', { name: 'Extend: 203.0.113.9' }).click();
    await panel.page.locator('dialog vscode-dropdown').click();
    await panel.page.locator('dialog').getByRole('option', { name: 'Until lifted' }).click();
    await panel.page.locator('dialog').getByRole('button', { name: 'Extend' }).click();
    await panel.page.getByText('stays blocked until you lift it').waitFor();

    assert.equal(gateway.blocks[0]?.expiresAt, undefined);
  });

  it('lifts all temporary blocks after asking', async () => {
    const gateway = busyGateway();
    const panel = await browser.open(gateway);
    await panel.show('blocklist');
    await panel.view('blocklist').getByRole('row').first().waitFor();

    await panel.page.getByRole('button', { name: 'Lift Temporary Blocks' }).click();
    const dialog = panel.page.locator('dialog');
    await dialog.getByText('Blocks that would end by themselves: 2.').waitFor();
    await dialog.getByRole('button', { name: 'Lift Temporary Blocks' }).click();
    await panel.page.getByText('Blocks lifted: 2.').waitFor();

    assert.deepEqual(
      gateway.blocks.map(({ range }) => range),
      ['198.51.100.0/24'],
    );
  });

  it('offers to lift temporary blocks only once it knows whether there are any', async () => {
    const gateway = busyGateway();
    let answer = (): void => undefined;
    gateway.support(
      'blocks/list',
      () => new Promise((done) => (answer = () => done({ blocks: gateway.blocks, allowed: [] }))),
    );
    const panel = await browser.open(gateway);
    await panel.show('blocklist');
    const lift = panel.page.locator('vscode-button', { hasText: 'Lift Temporary Blocks' });
    await panel.view('blocklist').locator('.loading').waitFor();
    await until(() => gateway.asked.some(({ name }) => name === 'blocks/list'));
    const before = await lift.getAttribute('disabled');

    answer();
    await panel.view('blocklist').getByRole('row').first().waitFor();

    assert.equal(before, '');
    assert.equal(await lift.getAttribute('disabled'), null);
  });

  it('imports a file and names the lines it could not use', async () => {
    const panel = await browser.open(busyGateway());
    await panel.show('blocklist');

    await panel.page.getByRole('button', { name: 'Import' }).click();

    await panel.page.locator('dialog').getByText('no address').waitFor();
  });

  it('holds a list of 20,000 imported addresses', async () => {
    const gateway = busyGateway();
    gateway.blocks = Array.from({ length: 20_000 }, (_, index) =>
      makeBlock({ range: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, source: 'import', rule: 'import' }),
    );
    const panel = await browser.open(gateway);
    await panel.show('blocklist');
    await panel.page.getByRole('row').first().waitFor();

    assert.equal(
      await panel.page.getByRole('grid', { name: 'Blocked addresses' }).getAttribute('aria-rowcount'),
      '20000',
    );
    assert.ok((await panel.page.getByRole('row').count()) < 60);
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { panelTabs } from '../../src/protocol/panel-messages';
import { busyGateway, quietGateway, usePanel } from './support/fixture';
import type { PanelWindow } from './support/panel-browser';
import { themes, type ThemeName } from './support/themes';

const axeSource = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly target: unknown; readonly failureSummary?: string }[];
  }[];
}

/** What axe-core, all its rules, has against the page as it is now: one line per place. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(`window.axe === undefined && (() => { ${axeSource} })()`);
  const { violations: found } = await page.evaluate<AxeResults>('window.axe.run(document)');
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${JSON.stringify(node.target)} ${node.failureSummary ?? ''}`),
  );
}

async function assertAccessible(panel: PanelWindow, where: string): Promise<void> {
  assert.deepEqual(await violations(panel.page), [], where);
}

describe('accessibility (axe-core)', function () {
  this.timeout(120_000);
  const browser = usePanel();

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`finds nothing on any tab of a busy gateway, ${theme}`, async () => {
      const panel = await browser.open(busyGateway(), { theme });

      for (const tab of panelTabs) {
        await panel.show(tab);
        await panel.settled();
        await assertAccessible(panel, `${tab}, ${theme}`);
      }
      assert.deepEqual(panel.troubles, []);
    });

    it(`finds nothing in details and dialogs, ${theme}`, async () => {
      const panel = await browser.open(busyGateway(), { theme });

      await panel.page.getByRole('button', { name: 'Why: 203.0.113.9' }).click();
      await assertAccessible(panel, 'why');
      await panel.page.keyboard.press('Escape');
      await panel.dialogsGone();
      await panel.page.getByRole('button', { name: 'QR code of https' }).click();
      await assertAccessible(panel, 'QR code');
      await panel.page.keyboard.press('Escape');
      await panel.dialogsGone();
      await panel.page.getByRole('button', { name: 'Extend: colleague' }).click();
      await assertAccessible(panel, 'extend a share');
      await panel.page.keyboard.press('Escape');
      await panel.dialogsGone();
      await panel.show('events');
      await panel.view('events').locator('summary').click();
      await panel.settled();
      await panel.view('events').getByRole('row').first().click();
      await assertAccessible(panel, 'event detail');
      await panel.show('blocklist');
      await panel.page.getByRole('button', { name: 'Block an Address' }).click();
      await assertAccessible(panel, 'block an address');
      await panel.page.keyboard.press('Escape');
      await panel.dialogsGone();
      await panel.show('keys');
      await panel.page.getByRole('button', { name: 'Create Key' }).click();
      await panel.page.locator('dialog summary').click();
      await assertAccessible(panel, 'create key');
      await panel.page.keyboard.press('Escape');
      await panel.dialogsGone();
      await panel.show('policy');
      await panel.openPolicy();
      await assertAccessible(panel, 'policy, all groups');
    });
  }

  it('finds nothing while figures are on their way', async () => {
    const gateway = busyGateway();
    gateway.support('audit/statistics', () => new Promise(() => undefined));
    const panel = await browser.open(gateway);

    await assertAccessible(panel, 'overview, no figures');
  });

  it('finds nothing where there is nothing yet, nor while the gateway is away', async () => {
    const gateway = quietGateway();
    const panel = await browser.open(gateway);

    for (const tab of panelTabs) {
      await panel.show(tab);
      await panel.settled();
      await assertAccessible(panel, `${tab}, empty`);
    }
    gateway.setPhase('failed');
    await panel.page.getByText('The gateway cannot be reached').waitFor();
    await assertAccessible(panel, 'disconnected');
  });
});

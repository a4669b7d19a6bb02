import { setTimeout as delay } from 'node:timers/promises';
import type { FrameLocator } from 'playwright-core';
import { PackedEditor } from './packed-editor';
import { boxOf, picture, sidebarDownTo } from './picture';
import { attack, createKey, savePolicy } from './security-walk';
import { sendTraffic } from './sample-traffic';
import type { Workbench } from './workbench';

const shownTimeoutMs = 30_000;
const sidebarWidth = 420;
const narrowWidth = 300;
/** Colours of the page follow those of the window, and charts are drawn anew. */
const repaintMs = 1_500;
/** The overview asks for its figures every five seconds. */
const refreshMs = 6_000;
/** Other work on this machine would stand in the pictures as load of the gateway's machine: they wait for its end. */
const calm = { cpuPercent: 60, longestMs: 60_000, lookMs: 2_000 };

/** Themes as VS Code's picker calls them. */
const themes = { light: 'Light Modern', 'high-contrast': 'Dark High Contrast', dark: 'Dark Modern' } as const;

/** Writes sharing.png and panel-*.png: a real gateway after some traffic of two keys and two attackers. */
export async function takeSecurityScreenshots(
  addresses: readonly { readonly url: string }[],
  port: number,
): Promise<void> {
  const origin = `http://127.0.0.1:${port}`;
  const editor = await PackedEditor.start({
    'flm.engines.detect': false,
    'flm.engines.addresses': addresses,
    'flm.proxy.port': port,
  });
  try {
    const window = await editor.openWindow();
    await window.showContainer('FLM');
    await window.resizeSidebar(sidebarWidth);
    await savePolicy(window, {
      mode: 'enforce',
      trustedProxies: ['127.0.0.1'],
      // The workbench itself keeps a small machine busy, which is not what the pictures are about.
      resources: { engagePercent: 100, releasePercent: 99, holdSeconds: 600 },
    });
    await window.runCommand('View: Close All Editors');
    await window.row('llama.cpp').first().waitFor({ timeout: shownTimeoutMs });
    await window.statusBarItem('FLM').click();
    await window.statusBarItem(`:${port}`).waitFor({ timeout: shownTimeoutMs });
    const keys = [await createKey(window, 'tablet'), await createKey(window, 'team server')];
    await sendTraffic(origin, keys);
    for (const attacker of ['203.0.113.50', '198.51.100.7']) await attack(origin, attacker);
    await window.row('198.51.100.7').waitFor({ timeout: shownTimeoutMs });
    await window.runCommand('Notifications: Clear All Notifications');

    await sharingPicture(window);
    await panelPictures(window, () => sendTraffic(origin, keys));
    await narrowPicture(window);
    await japanesePicture(await editor.openWindow('ja'));
  } finally {
    await editor.stop();
  }
}

async function sharingPicture(window: Workbench): Promise<void> {
  // The use of the keys is asked for when the view comes to front.
  await window.showContainer('Explorer');
  await window.showContainer('FLM');
  await window.row('tablet').filter({ hasText: 'request' }).waitFor({ timeout: shownTimeoutMs });
  await paneHeader(window, 'Engines').click();
  await window.row('Ollama').first().waitFor({ state: 'hidden', timeout: shownTimeoutMs });
  await delay(repaintMs);
  await picture(window, 'sharing', await sidebarDownTo(window, window.row('').last()));
}

/** `sendMore`: the figures of the last minute would be gone after a wait for a calm machine. */
async function panelPictures(window: Workbench, sendMore: () => Promise<void>): Promise<void> {
  await window.runCommand('View: Toggle Primary Side Bar Visibility');
  await window.runCommand('FLM: Open Security Panel in Editor');
  const panel = window.webview();
  for (const tab of ['Events', 'Overview'] as const) {
    await panel.getByRole('tab', { name: tab }).click({ timeout: shownTimeoutMs });
    // The page knows no more than the last minutes.
    if (tab === 'Overview') await panel.getByRole('radio', { name: '1 hour' }).click();
    await tabFilled(panel, tab);
    if (tab === 'Overview') {
      await calmMachine(panel);
      await sendMore();
      await delay(refreshMs);
    }
    for (const [name, theme] of Object.entries(themes)) {
      await chooseTheme(window, theme);
      await picture(window, `panel-${tab.toLowerCase()}-${name}`, await editorArea(window));
    }
  }
  await window.runCommand('View: Close All Editors');
}

async function narrowPicture(window: Workbench): Promise<void> {
  await window.showContainer('FLM');
  await window.resizeSidebar(narrowWidth);
  await window.runCommand('FLM: Open Security Panel');
  await paneHeader(window, 'Sharing').click();
  await tabFilled(window.webview(), 'Overview');
  await delay(repaintMs);
  await picture(window, 'panel-narrow', await boxOf(window.page.locator('.part.sidebar')));
}

async function japanesePicture(window: Workbench): Promise<void> {
  await window.showContainer('FLM');
  // The panel of the sidebar, which the window before left open, would be a second one.
  await window.runCommand('View: Toggle Primary Side Bar Visibility');
  await window.page.locator('.part.sidebar').waitFor({ state: 'hidden', timeout: shownTimeoutMs });
  await window.page.locator('iframe.webview').waitFor({ state: 'detached', timeout: shownTimeoutMs });
  await window.runCommand('FLM: セキュリティ パネルをエディターで開く');
  await window.webview().locator('.attention-item').first().waitFor({ timeout: shownTimeoutMs });
  await delay(repaintMs);
  await picture(window, 'panel-overview-ja', await editorArea(window));
}

async function tabFilled(panel: FrameLocator, tab: 'Events' | 'Overview'): Promise<void> {
  const sign =
    tab === 'Events'
      ? panel.getByRole('row').filter({ hasText: '203.0.113.50' })
      : panel.locator('.overview').getByText('team server');
  await sign.first().waitFor({ timeout: shownTimeoutMs });
}

/** Until the processors are as idle as beside a person who reads; after a while the pictures show what is. */
async function calmMachine(panel: FrameLocator): Promise<void> {
  const value = panel.locator('.tile.cpu .tile-value');
  const end = Date.now() + calm.longestMs;
  const percent = async (): Promise<number> => Number.parseInt(await value.innerText(), 10);
  while (!((await percent()) < calm.cpuPercent)) {
    if (Date.now() > end) {
      console.log('  This machine is busy, and the pictures show it.');
      return;
    }
    await delay(calm.lookMs);
  }
}

async function chooseTheme(window: Workbench, theme: string): Promise<void> {
  await window.runCommand('Preferences: Color Theme');
  await window.quickPickRow('Light').first().waitFor({ timeout: shownTimeoutMs });
  // The list is long, and rows out of sight do not exist.
  await window.page.locator('.quick-input-widget input.input').fill(theme);
  await window.pick(new RegExp(`^${theme}`));
  await window.page.mouse.move(640, 790);
  await delay(repaintMs);
}

async function editorArea(window: Workbench): ReturnType<typeof boxOf> {
  return boxOf(window.page.locator('.part.editor'));
}

function paneHeader(window: Workbench, title: string) {
  return window.page.locator('.sidebar .pane-header').filter({ hasText: title });
}

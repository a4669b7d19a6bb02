import { networkInterfaces } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { PackedEditor } from './packed-editor';
import { around, boxOf, picture, sidebarDownTo } from './picture';
import type { Workbench } from './workbench';

const shownTimeoutMs = 30_000;
const sidebarWidth = 420;
/** Quick inputs and dialogs fade in and out. */
const fadeMs = 700;

/**
 * Writes share-*.png and panel-sharing*.png: the wizard from its first question to the key, and what it leaves behind.
 * Opens the proxy for a moment to one neighbour of this machine, encrypted and with a key nobody has.
 */
export async function takeSharingScreenshots(
  addresses: readonly { readonly url: string }[],
  port: number,
): Promise<void> {
  const neighbour = neighbourOfThisMachine();
  if (neighbour === undefined) throw new Error('This machine is in no network: nothing can be shared in a picture.');
  const editor = await PackedEditor.start({
    'flm.engines.detect': false,
    'flm.engines.addresses': addresses,
    'flm.proxy.port': port,
  });
  try {
    const window = await editor.openWindow();
    await window.showContainer('FLM');
    await window.resizeSidebar(sidebarWidth);
    await window.row('llama.cpp').first().waitFor({ timeout: shownTimeoutMs });
    await wizardPictures(window, neighbour);
    await rowsPicture(window);
    await panelPicture(window, 'FLM: Open Security Panel in Editor', 'panel-sharing');
    const japanese = await editor.openWindow('ja');
    await japanese.showContainer('FLM');
    await panelPicture(japanese, 'FLM: セキュリティ パネルをエディターで開く', 'panel-sharing-ja');
    await japanese.runCommand('FLM: 共有…');
    await wizardPicture(japanese, 'share-wizard-ja');
    await japanese.page.keyboard.press('Escape');
    await japanese.close();
    await window.runCommand('FLM: Stop Sharing Beyond This Machine');
    await window.row('Aiko').waitFor({ state: 'hidden', timeout: shownTimeoutMs });
  } finally {
    await editor.stop();
  }
}

async function wizardPictures(window: Workbench, neighbour: string): Promise<void> {
  await window.runCommand('FLM: Share…');
  await wizardPicture(window, 'share-wizard');
  await window.pick('One Address or Range');
  await window.answer('Address of the other machine', neighbour);
  await window.answer('Name of the share', 'Aiko');
  await window.typeTick('Which models?', 'llama3.2:3b');
  await window.acceptChoices('What for?');
  await window.pick('Modest');
  await window.pick('1 week');
  await window.pick('Encrypt with a Certificate');
  await window.dialog.waitFor({ timeout: shownTimeoutMs });
  await delay(fadeMs);
  await picture(window, 'share-consent', await around(window, [window.dialog]));
  await window.page.keyboard.press('Enter');
  await window.quickPickRow('Copy the Key').waitFor({ timeout: shownTimeoutMs });
  await wizardPicture(window, 'share-done');
  await window.pick('Done');
}

async function wizardPicture(window: Workbench, name: string): Promise<void> {
  const widget = window.page.locator('.quick-input-widget');
  await window.quickPickRow('').first().waitFor({ timeout: shownTimeoutMs });
  // The pointer would bring up tooltips.
  await window.page.mouse.move(900, 700);
  await delay(fadeMs);
  await picture(window, name, await around(window, [widget]));
}

async function rowsPicture(window: Workbench): Promise<void> {
  await window.row('Other machines can connect').waitFor({ timeout: shownTimeoutMs });
  await window.page.locator('.sidebar .pane-header').filter({ hasText: 'Engines' }).click();
  await window.row('Ollama').first().waitFor({ state: 'hidden', timeout: shownTimeoutMs });
  await delay(fadeMs);
  await picture(window, 'share-rows', await sidebarDownTo(window, window.row('').last()));
}

async function panelPicture(window: Workbench, command: string, name: string): Promise<void> {
  await window.runCommand(command);
  const section = window.webview().locator('.section.sharing');
  await section.locator('.share-card').waitFor({ timeout: shownTimeoutMs });
  if (await window.page.locator('.part.sidebar').isVisible()) {
    await window.runCommand('View: Toggle Primary Side Bar Visibility');
  }
  // To its last line, so that all of it is in the picture.
  await section.locator('.sharing-part').last().scrollIntoViewIfNeeded();
  await delay(fadeMs);
  await picture(window, name, await boxOf(window.page.locator('.part.editor')));
}

/** An address beside this machine's own first one in the same network of 256. */
function neighbourOfThisMachine(): string | undefined {
  const own = Object.values(networkInterfaces())
    .flatMap((infos) => infos ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  if (own === undefined) return undefined;
  const parts = own.address.split('.');
  return [...parts.slice(0, 3), parts[3] === '20' ? '21' : '20'].join('.');
}

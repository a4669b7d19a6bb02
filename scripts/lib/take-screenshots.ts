import { mkdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import { startLlamaServer } from '../../test/helpers/engines/llama-server';
import { startLmStudio } from '../../test/helpers/engines/lmstudio';
import { startOllama } from '../../test/helpers/engines/ollama';
import { startVllm } from '../../test/helpers/engines/vllm';
import { freePortFrom } from './free-port';
import { PackedEditor } from './packed-editor';
import { around, picture, sidebarDownTo } from './picture';
import { at } from './project.mjs';
import { takeSecurityScreenshots } from './security-screenshots';
import { takeSharingScreenshots } from './sharing-screenshots';
import type { Workbench } from './workbench';

const sidebarWidth = 420;
/** Tooltips fade in over 100 ms, longer on a busy machine. */
const hoverFadeMs = 500;
const maxHovers = 5;
const tooltipSelector = '.workbench-hover-container .monaco-hover';

/** Writes every picture of media/screenshots. Throws when one cannot be taken or is too large. */
export async function takeScreenshots(): Promise<void> {
  mkdirSync(at('media', 'screenshots'), { recursive: true });
  const port = await freePortFrom(11435);
  await withEditor({ 'flm.proxy.port': port }, async (window) => {
    const buttons = window.page.locator('.sidebar .welcome-view-content .monaco-button');
    await buttons
      .first()
      .waitFor({ timeout: 30_000 })
      .catch((error: unknown) => {
        throw new Error('There is no welcome text: stop the engines of this machine first.', { cause: error });
      });
    await picture(window, 'welcome', await sidebarDownTo(window, buttons.last()));
  });

  const simulators = await Promise.all([startOllama(), startVllm(), startLmStudio(), startLlamaServer()]);
  const addresses = simulators.map(({ url }) => ({ url }));
  try {
    const settings = {
      'flm.engines.detect': false,
      'flm.engines.addresses': addresses,
      'flm.proxy.port': port,
      'workbench.hover.delay': 300,
    };
    await withEditor(settings, async (window) => {
      for (const name of ['Ollama', 'vLLM', 'LM Studio', 'llama.cpp']) await window.row(name).first().waitFor();
      await picture(window, 'tree', await sidebarDownTo(window, window.row('').last()));

      await window.statusBarItem('FLM').click();
      const item = window.statusBarItem(`:${port}`);
      await item.waitFor();
      const tooltip = window.page.locator(tooltipSelector);
      await showTooltip(window, item, tooltip);
      await picture(window, 'status-bar', await around(window, [item, tooltip]));
    });
    await takeSecurityScreenshots(addresses, port);
    await takeSharingScreenshots(addresses, port);
  } finally {
    await Promise.all(simulators.map((simulator) => simulator.stop()));
  }
}

/** The click has closed the tooltip until the pointer comes anew, and what changes in the item closes it as well. */
async function showTooltip(window: Workbench, item: Locator, tooltip: Locator): Promise<void> {
  for (let tries = 1; !(await isWhole(window)); tries += 1) {
    if (tries > maxHovers) throw new Error(`The tooltip of the status bar does not stay in ${maxHovers} tries.`);
    await window.page.mouse.move(900, 300);
    await item.hover();
    await tooltip.waitFor();
    await delay(hoverFadeMs);
  }
}

/** There, and neither fading in nor out. */
async function isWhole(window: Workbench): Promise<boolean> {
  // Asked as text: a function that passes through the compiler needs helpers the page has not.
  return window.page.evaluate<boolean>(`(() => {
    let at = document.querySelector('${tooltipSelector}');
    if (at === null) return false;
    for (; at !== null; at = at.parentElement) if (getComputedStyle(at).opacity !== '1') return false;
    return true;
  })()`);
}

async function withEditor(
  settings: Readonly<Record<string, unknown>>,
  use: (window: Workbench) => Promise<void>,
): Promise<void> {
  const editor = await PackedEditor.start(settings);
  try {
    const window = await editor.openWindow();
    await window.showContainer('FLM');
    await window.resizeSidebar(sidebarWidth);
    await use(window);
  } finally {
    await editor.stop();
  }
}

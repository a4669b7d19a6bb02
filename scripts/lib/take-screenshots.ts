import { mkdirSync, statSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { startLlamaServer } from '../../test/helpers/engines/llama-server';
import { startLmStudio } from '../../test/helpers/engines/lmstudio';
import { startOllama } from '../../test/helpers/engines/ollama';
import { startVllm } from '../../test/helpers/engines/vllm';
import { freePortFrom } from './free-port';
import { PackedEditor } from './packed-editor';
import { at } from './project.mjs';
import type { Workbench } from './workbench';

const sizeLimitBytes = 200_000;
const sidebarWidth = 420;

/** Writes media/screenshots/{tree,status-bar,welcome}.png. Throws when a picture cannot be taken or is too large. */
export async function takeScreenshots(): Promise<void> {
  mkdirSync(at('media', 'screenshots'), { recursive: true });
  const port = await freePortFrom(11435);
  await withEditor({ 'flm.engines.detect': false, 'flm.proxy.port': port }, async (window) => {
    await window.page.locator('.sidebar .welcome-view-content').waitFor();
    await picture(window, 'welcome', [sidebar(window)]);
  });

  const simulators = await Promise.all([startOllama(), startVllm(), startLmStudio(), startLlamaServer()]);
  const addresses = simulators.map(({ url }) => ({ url }));
  try {
    const settings = { 'flm.engines.detect': false, 'flm.engines.addresses': addresses, 'flm.proxy.port': port };
    await withEditor(settings, async (window) => {
      for (const name of ['Ollama', 'vLLM', 'LM Studio', 'llama.cpp']) await window.row(name).first().waitFor();
      await picture(window, 'tree', [sidebar(window)]);

      await window.statusBarItem('FLM').click();
      const item = window.statusBarItem(`:${port}`);
      await item.waitFor();
      await item.hover();
      const tooltip = window.page
        .locator('.monaco-hover:visible')
        .filter({ hasText: 'FLM' })
        .or(window.page.locator('.monaco-hover:visible').filter({ hasText: String(port) }));
      await tooltip.first().waitFor();
      await picture(window, 'status-bar', [item, tooltip.first()]);
    });
  } finally {
    await Promise.all(simulators.map((simulator) => simulator.stop()));
  }
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

function sidebar(window: Workbench): Locator {
  return window.page.locator('.part.sidebar');
}

/** A picture of the area that holds all the given elements, no taller than what they show. */
async function picture(window: Workbench, name: string, elements: readonly Locator[]): Promise<void> {
  // The pointer would leave a hover colour somewhere; over a tooltip it has to stay.
  if (elements.length === 1) await window.page.mouse.move(900, 300);
  const boxes = await Promise.all(elements.map(async (element) => element.boundingBox()));
  const present = boxes.filter((box) => box !== null);
  const x = Math.max(0, Math.min(...present.map((box) => box.x)) - (elements.length > 1 ? 12 : 0));
  const y = Math.max(0, Math.min(...present.map((box) => box.y)) - (elements.length > 1 ? 12 : 0));
  const right = Math.max(...present.map((box) => box.x + box.width)) + (elements.length > 1 ? 12 : 0);
  const bottom = Math.max(...present.map((box) => box.y + box.height));
  const path = at('media', 'screenshots', `${name}.png`);
  await window.page.screenshot({ path, clip: { x, y, width: right - x, height: bottom - y } });
  const { size } = statSync(path);
  if (size > sizeLimitBytes) throw new Error(`${path} has ${size} bytes; the limit is ${sizeLimitBytes}.`);
  console.log(`  ${path} (${Math.round(size / 1024)} KiB)`);
}

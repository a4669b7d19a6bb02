import { mkdirSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
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
const margin = 16;
/** Tooltips fade in over 100 ms. */
const hoverFadeMs = 500;

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Writes media/screenshots/{tree,status-bar,welcome}.png. Throws when a picture cannot be taken or is too large. */
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
    const settings = { 'flm.engines.detect': false, 'flm.engines.addresses': addresses, 'flm.proxy.port': port };
    await withEditor(settings, async (window) => {
      for (const name of ['Ollama', 'vLLM', 'LM Studio', 'llama.cpp']) await window.row(name).first().waitFor();
      await picture(window, 'tree', await sidebarDownTo(window, window.row('').last()));

      await window.statusBarItem('FLM').click();
      const item = window.statusBarItem(`:${port}`);
      await item.waitFor();
      // The click has closed the tooltip until the pointer comes anew.
      await window.page.mouse.move(900, 300);
      await item.hover();
      const tooltip = window.page.locator('.workbench-hover-container .monaco-hover');
      await tooltip.waitFor();
      await delay(hoverFadeMs);
      await picture(window, 'status-bar', await around(window, [item, tooltip]));
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

/** The sidebar without the empty space below its last element. */
async function sidebarDownTo(window: Workbench, last: Locator): Promise<Area> {
  // The pointer would colour what is under it.
  await window.page.mouse.move(900, 300);
  const sidebar = await boxOf(window.page.locator('.part.sidebar'));
  const end = await boxOf(last);
  return { ...sidebar, height: end.y + end.height + margin - sidebar.y };
}

/** The area that holds all the given elements. */
async function around(window: Workbench, elements: readonly Locator[]): Promise<Area> {
  const boxes = await Promise.all(elements.map(boxOf));
  const { width = 0, height = 0 } = window.page.viewportSize() ?? {};
  const x = Math.max(0, Math.min(...boxes.map((box) => box.x)) - margin);
  const y = Math.max(0, Math.min(...boxes.map((box) => box.y)) - margin);
  const right = Math.min(width, Math.max(...boxes.map((box) => box.x + box.width)) + margin);
  const bottom = Math.min(height, Math.max(...boxes.map((box) => box.y + box.height)) + margin);
  return { x, y, width: right - x, height: bottom - y };
}

async function boxOf(element: Locator): Promise<Area> {
  const box = await element.boundingBox();
  if (box === null) throw new Error('An element of the picture is not visible.');
  return box;
}

async function picture(window: Workbench, name: string, clip: Area): Promise<void> {
  const path = at('media', 'screenshots', `${name}.png`);
  await window.page.screenshot({ path, clip });
  const { size } = statSync(path);
  if (size > sizeLimitBytes) throw new Error(`${path} has ${size} bytes; the limit is ${sizeLimitBytes}.`);
  console.log(`  ${path} (${Math.round(size / 1024)} KiB)`);
}

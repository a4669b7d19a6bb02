import { statSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { at } from './project.mjs';
import type { Workbench } from './workbench';

const sizeLimitBytes = 200_000;
const margin = 16;

/** A part of the window, in pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The sidebar without the empty space below its last element. */
export async function sidebarDownTo(window: Workbench, last: Locator): Promise<Area> {
  // The pointer would colour what is under it.
  await window.page.mouse.move(900, 300);
  const sidebar = await boxOf(window.page.locator('.part.sidebar'));
  const end = await boxOf(last);
  return { ...sidebar, height: end.y + end.height + margin - sidebar.y };
}

/** The area that holds all the given elements. */
export async function around(window: Workbench, elements: readonly Locator[]): Promise<Area> {
  const boxes = await Promise.all(elements.map(boxOf));
  const { width = 0, height = 0 } = window.page.viewportSize() ?? {};
  const x = Math.max(0, Math.min(...boxes.map((box) => box.x)) - margin);
  const y = Math.max(0, Math.min(...boxes.map((box) => box.y)) - margin);
  const right = Math.min(width, Math.max(...boxes.map((box) => box.x + box.width)) + margin);
  const bottom = Math.min(height, Math.max(...boxes.map((box) => box.y + box.height)) + margin);
  return { x, y, width: right - x, height: bottom - y };
}

/** Where an element is. Throws when it is not visible. */
export async function boxOf(element: Locator): Promise<Area> {
  const box = await element.boundingBox();
  if (box === null) throw new Error('An element of the picture is not visible.');
  return box;
}

/** Writes media/screenshots/<name>.png. Throws when it is too large. */
export async function picture(window: Workbench, name: string, clip: Area): Promise<void> {
  const path = at('media', 'screenshots', `${name}.png`);
  await window.page.screenshot({ path, clip });
  const { size } = statSync(path);
  if (size > sizeLimitBytes) throw new Error(`${path} has ${size} bytes; the limit is ${sizeLimitBytes}.`);
  console.log(`  ${path} (${Math.round(size / 1024)} KiB)`);
}

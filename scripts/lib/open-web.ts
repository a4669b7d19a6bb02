import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { findChromium, launchChromium } from './chromium';
import { run } from './child.mjs';
import { ensureCodeServer } from './code-server';
import { installExtension, startCodeServer } from './code-server-process';
import { cacheFolder } from './project.mjs';
import { hasDisplay } from './run-in-desktop';
import type { EditorSetup, OpenEditor } from './start-editor';
import { packVsix } from './vsix.mjs';
import { Workbench } from './workbench';

export interface WebOptions {
  readonly port: number;
  readonly opensBrowser: boolean;
}

/** Serves VS Code to a browser, with the packed extension installed. */
export async function openWeb(options: WebOptions, setup: EditorSetup): Promise<OpenEditor> {
  const install = await ensureCodeServer();
  const dataFolder = join(setup.dataFolder, 'web');
  console.log('› Packing and installing the extension');
  const { file } = await packVsix(join(cacheFolder, 'start.vsix'));
  await installExtension(install, dataFolder, file);

  const connectionToken = randomBytes(16).toString('hex');
  const server = await startCodeServer(install, {
    dataFolder,
    port: options.port,
    settings: setup.settings,
    connectionToken,
    env: setup.env,
  });
  const url = `${server.origin}/?tkn=${connectionToken}&folder=${encodeURIComponent(setup.workspace)}`;
  console.log(`› VS Code runs at ${url}`);
  const closeWindow = await openWindow(url, options.opensBrowser);
  return {
    // A browser tab can be closed and opened again: only Ctrl-C ends a server.
    closed: new Promise(() => undefined),
    close: async () => {
      await closeWindow();
      await server.hostsLeft(0).catch(() => undefined);
      await server.stop();
    },
  };
}

/**
 * Shows the page in the user's browser. Without a display there is none: then one window is kept open in a Chromium
 * nobody sees, because an extension runs only while a window is open.
 */
async function openWindow(url: string, opensBrowser: boolean): Promise<() => Promise<void>> {
  const nothing = (): Promise<void> => Promise.resolve();
  if (hasDisplay()) {
    if (opensBrowser && (await openInBrowser(url))) return nothing;
    console.log('  Open this address in a browser.');
    return nothing;
  }
  const chromium = findChromium();
  if (chromium === undefined) {
    console.log('  Open this address in a browser: FLM starts with the first window.');
    return nothing;
  }
  console.log('  There is no display here: one window is kept open in the background, so that FLM runs already.');
  const browser = await launchChromium(chromium);
  const workbench = await Workbench.open(await browser.newContext(), url);
  return async () => {
    // The page first: its end lets the extension deactivate, a killed browser leaves it waiting for a reconnection.
    await workbench.close();
    await browser.close();
  };
}

async function openInBrowser(url: string): Promise<boolean> {
  const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
    darwin: ['open', url],
    // `start` takes its first quoted argument for a title; & separates commands.
    win32: ['cmd', '/c', 'start', '""', url.replaceAll('&', '^&')],
  };
  const [command, ...args] = openers[process.platform] ?? ['xdg-open', url];
  const { code } = await run(command, args, { quiet: true, timeoutMs: 15_000 });
  return code === 0;
}

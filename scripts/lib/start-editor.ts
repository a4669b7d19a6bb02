import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePortFrom, requireFreePort } from './free-port';
import { findInstalledDesktop, openDesktop } from './open-desktop';
import { openWeb } from './open-web';
import { cacheFolder } from './project.mjs';
import { findDesktopHost, hasDisplay } from './run-in-desktop';
import { watchProxy } from './watch-proxy';

export interface StartOptions {
  readonly where: 'auto' | 'desktop' | 'web';
  readonly webPort: number | undefined;
  readonly proxyPort: number | undefined;
  readonly opensBrowser: boolean;
}

/** An editor that was opened for the user. */
export interface OpenEditor {
  /** Resolves when the user has closed it. */
  readonly closed: Promise<void>;
  readonly close: () => Promise<void>;
}

/** What every way to open an editor needs. */
export interface EditorSetup {
  /** Profile of its own: nothing of the user's VS Code is read or changed. Kept between starts; safe to delete. */
  readonly dataFolder: string;
  readonly workspace: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
}

const defaultWebPort = 3180;
const defaultProxyPort = 11435;

/** Opens the built extension in an editor, waits until its proxy answers, and resolves when it is closed (Ctrl-C too). */
export async function startEditor(options: StartOptions): Promise<void> {
  const stopped = stopSignal();
  const proxyPort = await choosePort(options.proxyPort, defaultProxyPort);
  const dataFolder = join(cacheFolder, 'start');
  const setup: EditorSetup = {
    dataFolder,
    workspace: join(dataFolder, 'workspace'),
    settings: {
      'flm.proxy.autoStart': true,
      'flm.proxy.port': proxyPort,
      'telemetry.telemetryLevel': 'off',
      'workbench.startupEditor': 'none',
      // The first look is at FLM, not at what else an editor offers in an empty folder inside a checkout.
      'workbench.secondarySideBar.defaultVisibility': 'hidden',
      'git.openRepositoryInParentFolders': 'never',
    },
    // The extension starts the labelled demo engine when it finds no engine.
    env: { FLM_START_DEMO: '1' },
  };
  mkdirSync(setup.workspace, { recursive: true });

  const editor = await open(options, setup);
  const watching = new AbortController();
  void watchProxy(proxyPort, watching.signal);
  console.log('  Ctrl-C stops everything.');
  await Promise.race([editor.closed, stopped]);
  watching.abort();
  console.log('› Stopping');
  await editor.close();
}

async function open(options: StartOptions, setup: EditorSetup): Promise<OpenEditor> {
  if (options.where !== 'web') {
    const desktop = await findDesktop();
    if (typeof desktop === 'string') return openDesktop(desktop, setup);
    if (options.where === 'desktop') {
      throw new Error(`No desktop VS Code: ${desktop.missing}. Install it, or name its program in FLM_VSCODE.`);
    }
    console.log(`› No desktop VS Code here (${desktop.missing}), so the editor opens in a browser`);
  }
  const port = await choosePort(options.webPort, defaultWebPort);
  return openWeb({ port, opensBrowser: options.opensBrowser }, setup);
}

async function findDesktop(): Promise<string | { readonly missing: string }> {
  if (!hasDisplay()) return { missing: 'no display' };
  const installed = findInstalledDesktop();
  if (installed !== undefined) return installed;
  console.log('› VS Code is not installed: trying to download it');
  const downloaded = await findDesktopHost();
  return 'executable' in downloaded ? downloaded.executable : downloaded;
}

/** A port that was asked for must be free; the default gives way. */
async function choosePort(wanted: number | undefined, usual: number): Promise<number> {
  if (wanted === undefined) return freePortFrom(usual);
  await requireFreePort(wanted);
  return wanted;
}

/** Resolves at the first Ctrl-C or termination; the second one ends us at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (isStopping) process.exit(1);
        isStopping = true;
        resolve();
      });
    }
  });
}

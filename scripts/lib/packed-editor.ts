import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserContext } from 'playwright-core';
import { ensureChromium, launchChromium } from './chromium';
import { ensureCodeServer } from './code-server';
import {
  installExtension,
  settingsTexts,
  startCodeServer,
  writeSettings,
  type CodeServer,
} from './code-server-process';
import { freePort } from './free-port';
import { cacheFolder } from './project.mjs';
import { packVsix } from './vsix.mjs';
import { Workbench } from './workbench';

const settingTimeoutMs = 30_000;

/** Settings under which a workbench shows nothing but what is looked at. */
const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  // A tooltip would lie between the pointer and the next row.
  'workbench.hover.delay': 10_000,
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.autoUpdate': false,
  // Else it offers to forward the ports of engines and proxy.
  'remote.autoForwardPorts': false,
  'extensions.ignoreRecommendations': true,
};

export interface WorkspaceOptions {
  /** Files of the opened folder by their path in it. Default: none. */
  readonly files?: Readonly<Record<string, string>>;
  /** The folder is as a stranger's: nobody said that it is trusted. Default: every folder is trusted. */
  readonly isUntrusted?: boolean;
}

/** A real workbench with the packed extension installed, in a throw-away profile. */
export class PackedEditor {
  readonly #server: CodeServer;
  readonly #browser: Browser;
  readonly #context: BrowserContext;
  readonly #folder: string;
  #settings: Readonly<Record<string, unknown>>;

  private constructor(
    server: CodeServer,
    browser: Browser,
    context: BrowserContext,
    folder: string,
    settings: Readonly<Record<string, unknown>>,
  ) {
    this.#server = server;
    this.#browser = browser;
    this.#context = context;
    this.#folder = folder;
    this.#settings = settings;
  }

  /** Packs what dist/ holds, installs it and serves it. Takes some ten seconds; the packed file is used again. */
  static async start(
    settings: Readonly<Record<string, unknown>>,
    { files = {}, isUntrusted = false }: WorkspaceOptions = {},
  ): Promise<PackedEditor> {
    const install = await ensureCodeServer();
    const folder = mkdtempSync(join(tmpdir(), 'flm-'));
    try {
      const vsix = await packedExtension();
      await installExtension(install, folder, vsix);
      writeFiles(join(folder, 'workspace'), files);
      const allSettings = {
        ...quietSettings,
        // The question whether to trust would stand before everything.
        ...(isUntrusted ? { 'security.workspace.trust.startupPrompt': 'never' } : {}),
        ...settings,
      };
      const server = await startCodeServer(install, {
        dataFolder: folder,
        port: await freePort(),
        settings: allSettings,
        asksForTrust: isUntrusted,
      });
      try {
        const browser = await launchChromium(await ensureChromium());
        const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 });
        return new PackedEditor(server, browser, context, folder, allSettings);
      } catch (error) {
        await server.stop();
        throw error;
      }
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Another window of the same user: an extension host of its own, the same global storage. `language`: what the
   * extension takes for the display language; the workbench itself stays English without a language pack.
   */
  async openWindow(language = 'en'): Promise<Workbench> {
    if (language !== 'en') {
      // Where a language pack would leave the name of its language.
      await this.#context.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(language)};`);
    }
    const workspace = encodeURIComponent(join(this.#folder, 'workspace'));
    return Workbench.open(this.#context, `${this.#server.origin}/?folder=${workspace}`);
  }

  /** What the windows share: lease, storage, certificates. */
  get globalStorage(): string {
    return join(this.#folder, 'data', 'User', 'globalStorage', 'flm.flm');
  }

  /** A file of this user's, for what a window saves. */
  fileNamed(name: string): string {
    return join(this.#folder, name);
  }

  /** Edits the settings files by hand while the windows are open; undefined takes a setting back. */
  editSettings(changes: Readonly<Record<string, unknown>>): void {
    this.#settings = { ...this.#settings, ...changes };
    writeSettings(this.#folder, this.#settings);
  }

  /** Resolves when a window has taken a setting out of a settings file; rejects after 30 s. */
  async settingTakenBack(name: string): Promise<void> {
    const deadline = Date.now() + settingTimeoutMs;
    while (settingsTexts(this.#folder).every((text) => text.includes(`"${name}"`))) {
      if (Date.now() > deadline) throw new Error(`${name} still stands in the settings.`);
      await delay(100);
    }
  }

  /** Resolves when the extension hosts of closed windows have ended, all but `count`; rejects after 60 s. */
  async windowsLeft(count: number): Promise<void> {
    await this.#server.hostsLeft(count);
  }

  async stop(): Promise<void> {
    for (const page of this.#context.pages()) await page.close();
    await this.#server.hostsLeft(0).catch(() => undefined);
    await this.#browser.close();
    await this.#server.stop();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

let packed: Promise<string> | undefined;

function packedExtension(): Promise<string> {
  packed ??= packVsix(join(cacheFolder, 'ui-tests.vsix')).then(({ file }) => file);
  return packed;
}

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { ensureChromium, launchChromium } from './chromium';
import { ensureCodeServer } from './code-server';
import { installExtension, startCodeServer, type CodeServer } from './code-server-process';
import { freePort } from './free-port';
import { cacheFolder } from './project.mjs';
import { packVsix } from './vsix.mjs';
import { Workbench } from './workbench';

/** Settings under which a workbench shows nothing but what is looked at. */
const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
};

/** A real workbench with the packed extension installed, in a throw-away profile. */
export class PackedEditor {
  readonly #server: CodeServer;
  readonly #browser: Browser;
  readonly #context: BrowserContext;
  readonly #folder: string;

  private constructor(server: CodeServer, browser: Browser, context: BrowserContext, folder: string) {
    this.#server = server;
    this.#browser = browser;
    this.#context = context;
    this.#folder = folder;
  }

  /** Packs what dist/ holds, installs it and serves it. Takes some ten seconds; the packed file is used again. */
  static async start(settings: Readonly<Record<string, unknown>>): Promise<PackedEditor> {
    const install = await ensureCodeServer();
    const folder = mkdtempSync(join(tmpdir(), 'flm-'));
    try {
      const vsix = await packedExtension();
      await installExtension(install, folder, vsix);
      mkdirSync(join(folder, 'workspace'));
      const server = await startCodeServer(install, {
        dataFolder: folder,
        port: await freePort(),
        settings: { ...quietSettings, ...settings },
      });
      try {
        const browser = await launchChromium(await ensureChromium());
        const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 });
        return new PackedEditor(server, browser, context, folder);
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

  /** Resolves when the extension hosts of closed windows have ended, all but `count`; rejects after 15 s. */
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

let packed: Promise<string> | undefined;

function packedExtension(): Promise<string> {
  packed ??= packVsix(join(cacheFolder, 'ui-tests.vsix')).then(({ file }) => file);
  return packed;
}

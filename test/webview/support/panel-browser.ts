import { createServer, type Server } from 'node:http';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ensureChromium, launchChromium } from '../../../scripts/lib/chromium';
import { fillTemplate } from '../../../src/core/reason';
import { silentLogger } from '../../../src/core/logger';
import type { Localizer } from '../../../src/editor/localizer';
import { panelPage } from '../../../src/editor/panel/panel-page';
import { PanelSession } from '../../../src/editor/panel/panel-session';
import type { PanelServices } from '../../../src/editor/panel/panel-services';
import { panelTexts } from '../../../src/editor/panel/panel-texts';
import type { PanelTabName, ToPanel } from '../../../src/protocol/panel-messages';
import type { FakeGateway } from './fake-gateway';
import { themeCss, themes, type ThemeName } from './themes';

const root = resolve(__dirname, '../../..');
const nonce = 'test-nonce';
/** The machine may be busy with other tests: it ends a hang, it judges no speed. */
const waitMs = 30_000;
const files: Readonly<Record<string, string>> = {
  '/webview.js': 'text/javascript',
  '/webview.css': 'text/css',
  '/codicon.ttf': 'font/ttf',
};

/**
 * What VS Code gives a webview, and the page's own count of what crosses. A string, because functions that pass through
 * the test's compiler need helpers the page has not.
 */
const vsCodeApi = `
  window.flmTraffic = { said: 0, heard: 0, unanswered: new Set() };
  window.addEventListener('message', ({ data }) => {
    flmTraffic.heard += 1;
    if (data.type === 'answer') flmTraffic.unanswered.delete(data.id);
  });
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => {
      flmTraffic.said += 1;
      if (message.type === 'request') flmTraffic.unanswered.add(message.id);
      void window.flmPost(JSON.stringify(message));
    },
    getState: () => JSON.parse(sessionStorage.getItem('state')),
    setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
  });
`;

const twoFrames = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';

/** What the page counted, as {@link vsCodeApi} does. */
interface Traffic {
  readonly said: number;
  readonly heard: number;
  readonly unanswered: number;
}

export interface PanelOptions {
  readonly theme?: ThemeName;
  readonly language?: 'en' | 'ja';
  readonly width?: number;
  readonly height?: number;
  readonly reducedMotion?: boolean;
}

/** A Chromium and a server for the page. One per test file: starting it costs seconds. */
export class PanelBrowser {
  readonly #browser: Browser;
  readonly #server: Server;
  readonly #origin: string;

  private constructor(browser: Browser, server: Server) {
    this.#browser = browser;
    this.#server = server;
    this.#origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  }

  static async start(): Promise<PanelBrowser> {
    const browser = await launchChromium(await ensureChromium());
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://panel');
      const type = files[url.pathname];
      if (type !== undefined) {
        response.writeHead(200, { 'content-type': type });
        response.end(readFileSync(join(root, 'dist', url.pathname)));
      } else if (url.pathname === '/theme.css') {
        response.writeHead(200, { 'content-type': 'text/css' });
        response.end(themeCss(url.searchParams.get('name') as ThemeName));
      } else if (url.pathname === '/') {
        const origin = `http://${String(request.headers.host)}`;
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
        response.end(pageHtml(origin, url.searchParams));
      } else {
        response.writeHead(404);
        response.end();
      }
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return new PanelBrowser(browser, server);
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  /** Opens the panel on a gateway: the real host side, the real page, and only VS Code in between is played. */
  async open(gateway: FakeGateway, options: PanelOptions = {}): Promise<PanelWindow> {
    const { theme = 'dark', language = 'en', width = 420, height = 900, reducedMotion = true } = options;
    const context = await this.#browser.newContext({
      viewport: { width, height },
      reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
      locale: language,
    });
    const panel = new PanelWindow(context, await context.newPage(), gateway, language);
    await panel.load(`${this.#origin}/?theme=${theme}&language=${language}`);
    return panel;
  }
}

/** An open panel, with its page and both ends of what it says. */
export class PanelWindow {
  readonly page: Page;
  /** What the page did not want to happen: errors, refused content. */
  readonly troubles: string[] = [];
  readonly copied: string[] = [];
  /** Commands the page started. */
  readonly commands: { readonly command: string; readonly share: string | undefined }[] = [];
  readonly written = new Map<string, string>();
  session: PanelSession;
  readonly #context: BrowserContext;
  readonly #gateway: FakeGateway;
  readonly #l10n: Localizer;
  /** Messages to the page and from it, since it was loaded. */
  #said = 0;
  #heard = 0;

  constructor(context: BrowserContext, page: Page, gateway: FakeGateway, language: 'en' | 'ja') {
    this.#context = context;
    this.page = page;
    this.#gateway = gateway;
    this.#l10n = localizer(language);
    page.setDefaultTimeout(waitMs);
    page.on('pageerror', (error) => this.troubles.push(error.message));
    page.on('console', (message) => {
      // The component library tries a style element once before it uses adopted style sheets.
      if (message.type() === 'error' && !message.text().includes('Applying inline style'))
        this.troubles.push(message.text());
    });
    this.session = this.#newSession();
  }

  async load(url: string): Promise<void> {
    await this.page.exposeBinding('flmPost', async (_, json: string) => {
      this.#heard += 1;
      await this.session.receive(JSON.parse(json));
    });
    await this.page.addInitScript(vsCodeApi);
    this.session.start();
    await this.page.goto(url);
    await this.page.locator('vscode-panel-tab').first().waitFor();
  }

  /** As VS Code reloads a view: another page, another session, the remembered state. */
  async reload(): Promise<void> {
    const url = this.page.url();
    this.session.dispose();
    // The old page is gone before the new session is there: it must not be answered what the old one asked.
    await this.page.goto('about:blank');
    this.#said = 0;
    this.#heard = 0;
    this.session = this.#newSession();
    this.session.start();
    await this.page.goto(url);
    await this.page.locator('vscode-panel-tab').first().waitFor();
  }

  tab(name: PanelTabName): ReturnType<Page['locator']> {
    return this.page.locator(`#tab-${name}`);
  }

  /** The content of a tab. */
  view(name: PanelTabName): ReturnType<Page['locator']> {
    return this.page.locator(`#view-${name}`);
  }

  async show(name: PanelTabName): Promise<void> {
    await this.tab(name).click();
    await this.view(name).locator(':scope > *').first().waitFor();
  }

  /** Opens what the policy has folded away, once it is there and its rehearsal is answered. */
  async openPolicy(): Promise<void> {
    await this.settled();
    const closed = this.view('policy').locator('details:not([open]) > summary');
    while ((await closed.count()) > 0) await closed.first().click();
    // A group is built in its `toggle` event, a task after it was opened.
    await this.until(
      `document.querySelectorAll('#view-policy .policy-group').length ===
        document.querySelectorAll('#view-policy .policy-group > .policy-fields').length`,
    );
  }

  /**
   * Until an expression holds in the page. Asked from outside: Playwright's own `waitForFunction` evaluates text inside
   * the page, which its security policy refuses.
   */
  async until(expression: string): Promise<void> {
    const deadline = Date.now() + waitMs;
    while (!(await this.page.evaluate<boolean>(`Boolean(${expression})`))) {
      if (Date.now() > deadline) throw new Error(`This did not become true within ${waitMs / 1000} s: ${expression}`);
      await this.page.waitForTimeout(20);
    }
  }

  /** Until no dialog is left. One that was closed goes only with its `close` event, a task later. */
  async dialogsGone(): Promise<void> {
    await this.until('document.querySelector("dialog") === null');
  }

  /**
   * Until the page has what it waits for, nothing is on its way in either direction, and the page, given two frames to
   * think about it, has said nothing more. What the page asks by the clock may come at any time after.
   */
  async settled(): Promise<void> {
    await this.until('document.querySelector("vscode-panel-view:not([hidden]) .loading") === null');
    const deadline = Date.now() + waitMs;
    let before: string | undefined;
    for (;;) {
      const { said, heard, unanswered } = await this.page.evaluate<Traffic>(
        '({ ...flmTraffic, unanswered: flmTraffic.unanswered.size })',
      );
      const isQuiet = unanswered === 0 && said === this.#heard && heard === this.#said;
      const now = `${said} said, ${heard} heard`;
      if (isQuiet && now === before) return;
      if (Date.now() > deadline)
        throw new Error(`Not quiet within ${waitMs / 1000} s: ${now}, ${unanswered} unanswered`);
      before = isQuiet ? now : undefined;
      await this.page.evaluate(twoFrames);
    }
  }

  async close(): Promise<void> {
    this.session.dispose();
    await this.#context.close();
  }

  #newSession(): PanelSession {
    const session: PanelSession = new PanelSession({
      gateway: this.#gateway,
      l10n: this.#l10n,
      log: silentLogger,
      services: this.#services(),
      post: (message) => void this.#post(message),
    });
    return session;
  }

  async #post(message: ToPanel): Promise<void> {
    const json = JSON.stringify(message);
    this.#said += 1;
    // One string crosses faster than a tree of values; the page may be going away.
    await this.page.evaluate((text) => window.postMessage(JSON.parse(text), '*'), json).catch(() => undefined);
  }

  #services(): PanelServices {
    return {
      copy: async (text) => void this.copied.push(text),
      askWhereToSave: async (name) => `/home/me/${name}`,
      askForText: async () => '203.0.113.1\n203.0.113.2\n',
      write: async (path, text) => void this.written.set(path, text),
      openInEditor: async () => undefined,
      run: async (command, share) => void this.commands.push({ command, share }),
      requireTrust: () => undefined,
    };
  }
}

function pageHtml(origin: string, parameters: URLSearchParams): string {
  const language = parameters.get('language') ?? 'en';
  const theme = parameters.get('theme') as ThemeName;
  const html = panelPage({
    cspSource: origin,
    nonce,
    scriptUri: `${origin}/webview.js`,
    styleUri: `${origin}/webview.css`,
    language,
    title: 'FLM',
    strings: panelTexts(localizer(language)),
  });
  return html
    .replace('<title>', `<link rel="stylesheet" href="${origin}/theme.css?name=${theme}"><title>`)
    .replace('<body>', `<body class="${themes[theme].bodyClass}">`);
}

function localizer(language: string): Localizer {
  const bundle =
    language === 'ja'
      ? (JSON.parse(readFileSync(join(root, 'media/l10n/bundle.l10n.ja.json'), 'utf8')) as Record<string, string>)
      : {};
  return {
    language,
    t: (message, ...args) => {
      const text = bundle[message] ?? message;
      return args.length === 0 ? text : fillTemplate(text, args);
    },
  };
}

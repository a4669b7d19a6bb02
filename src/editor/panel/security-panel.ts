import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../core/disposable';
import type { Logger } from '../../core/logger';
import { panelTabs, type PanelTabName } from '../../protocol/panel-messages';
import { securityViewId } from '../contributions';
import type { Localizer } from '../localizer';
import type { PanelGateway } from './panel-gateway';
import { panelPage } from './panel-page';
import { PanelSession } from './panel-session';
import { panelTexts } from './panel-texts';
import { windowPanelServices } from './window-panel-services';

/** Type of the editor tab, by which VS Code finds its owner after a reload. */
const tabType = 'flm.panel';

export interface SecurityPanelDeps {
  readonly gateway: PanelGateway;
  readonly l10n: Localizer;
  readonly log: Logger;
  readonly extensionUri: vscode.Uri;
}

/** What commands may do to the panel. */
export interface SecurityPanelControl {
  /** Shows the view in the sidebar, on a certain tab when one is named. */
  reveal(tab?: PanelTabName): Promise<void>;
  /** Opens the panel as an editor tab, or brings that to front. */
  openInEditor(tab?: PanelTabName): Promise<void>;
}

/** The security panel: a view in the FLM container, and the same page as an editor tab. */
export class SecurityPanel
  implements SecurityPanelControl, vscode.WebviewViewProvider, vscode.WebviewPanelSerializer, Disposable
{
  readonly #deps: SecurityPanelDeps;
  readonly #store = new DisposableStore();
  #viewSession: PanelSession | undefined;
  #wantedTab: PanelTabName | undefined;
  #tab: { readonly panel: vscode.WebviewPanel; readonly session: PanelSession } | undefined;

  constructor(deps: SecurityPanelDeps) {
    this.#deps = deps;
  }

  /** Offers view and tab to VS Code; pages are made when they are shown. */
  start(): void {
    this.#store.add(vscode.window.registerWebviewViewProvider(securityViewId, this));
    this.#store.add(vscode.window.registerWebviewPanelSerializer(tabType, this));
  }

  async reveal(tab?: PanelTabName): Promise<void> {
    if (tab !== undefined) {
      if (this.#viewSession === undefined) this.#wantedTab = tab;
      else this.#viewSession.show(tab);
    }
    await vscode.commands.executeCommand(`${securityViewId}.focus`);
  }

  openInEditor(tab?: PanelTabName): Promise<void> {
    if (this.#tab === undefined) {
      const title = this.#deps.l10n.t('FLM Security');
      const panel = vscode.window.createWebviewPanel(tabType, title, vscode.ViewColumn.Active, this.#options());
      this.#adopt(panel);
    } else this.#tab.panel.reveal();
    if (tab !== undefined) this.#tab?.session.show(tab);
    return Promise.resolve();
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    view.webview.options = this.#options();
    const session = this.#session(view.webview);
    this.#viewSession = session;
    if (this.#wantedTab !== undefined) session.show(this.#wantedTab);
    this.#wantedTab = undefined;
    view.onDidChangeVisibility(() => session.setVisible(view.visible));
    view.onDidDispose(() => {
      session.dispose();
      if (this.#viewSession === session) this.#viewSession = undefined;
    });
  }

  /** A tab of the window before its reload. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    panel.webview.options = this.#options();
    this.#adopt(panel);
    return Promise.resolve();
  }

  dispose(): void {
    this.#viewSession?.dispose();
    this.#tab?.panel.dispose();
    this.#store.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    const icon = (name: string) => vscode.Uri.joinPath(this.#deps.extensionUri, 'media', name);
    panel.iconPath = { light: icon('flm-light.svg'), dark: icon('flm-dark.svg') };
    const session = this.#session(panel.webview);
    const tab = { panel, session };
    this.#tab = tab;
    panel.onDidChangeViewState(() => session.setVisible(panel.visible));
    panel.onDidDispose(() => {
      session.dispose();
      if (this.#tab === tab) this.#tab = undefined;
    });
  }

  #session(webview: vscode.Webview): PanelSession {
    const { gateway, l10n, log, extensionUri } = this.#deps;
    const session = new PanelSession({
      gateway,
      services: windowPanelServices(l10n, () => this.openInEditor()),
      l10n,
      log,
      // A page that has gone answers false; it says `ready` when it is back.
      post: (message) => void webview.postMessage(message),
    });
    webview.onDidReceiveMessage((message: unknown) => session.receive(message));
    const uri = (file: string): string =>
      webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', file)).toString();
    webview.html = panelPage({
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('hex'),
      scriptUri: uri('webview.js'),
      styleUri: uri('webview.css'),
      language: l10n.language,
      title: l10n.t('FLM Security'),
      strings: panelTexts(l10n),
    });
    session.start();
    return session;
  }

  #options(): vscode.WebviewOptions {
    return {
      enableScripts: true,
      enableForms: false,
      localResourceRoots: [vscode.Uri.joinPath(this.#deps.extensionUri, 'dist')],
    };
  }
}

/** The tab a caller of a command asked for; undefined for anything else. */
export function tabArgument(argument: unknown): PanelTabName | undefined {
  return panelTabs.find((tab) => tab === argument);
}

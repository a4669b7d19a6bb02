import * as vscode from 'vscode';
import type { Clock, Timer } from '../core/clock';
import { DisposableStore, type Disposable } from '../core/disposable';
import type { Gateway } from './gateway-port';
import type { Localizer } from './localizer';
import type { UnseenBlocks } from './alerts/unseen-blocks';
import { statusBarLinks } from './status-bar-lines';
import { statusBarView, type StatusBarView } from './status-bar-view';

const backgrounds = {
  warning: new vscode.ThemeColor('statusBarItem.warningBackground'),
  error: new vscode.ThemeColor('statusBarItem.errorBackground'),
} as const;

/** "On for 5 min" in the tooltip grows older. */
const ageRefreshMs = 60_000;

/** The toggle in the status bar. */
export class StatusBar implements Disposable {
  readonly #gateway: Gateway;
  readonly #l10n: Localizer;
  readonly #clock: Clock;
  readonly #unseen: UnseenBlocks;
  readonly #store = new DisposableStore();
  #item: vscode.StatusBarItem | undefined;
  #starting = 0;
  #shown: StatusBarView | undefined;
  #timer: Timer | undefined;

  constructor(gateway: Gateway, l10n: Localizer, clock: Clock, unseen: UnseenBlocks) {
    this.#gateway = gateway;
    this.#l10n = l10n;
    this.#clock = clock;
    this.#unseen = unseen;
  }

  start(): void {
    this.#item = this.#store.add(vscode.window.createStatusBarItem('flm.proxy', vscode.StatusBarAlignment.Right, 100));
    this.#item.name = this.#l10n.t('FLM Proxy');
    this.#store.add(this.#gateway.onDidChangeStatus(() => this.update()));
    this.update();
    this.#item.show();
  }

  /** Shows "starting" until `work` has settled, even before there is a gateway to say so. */
  async whileStarting<T>(work: Promise<T>): Promise<T> {
    this.#starting += 1;
    this.update();
    try {
      return await work;
    } finally {
      this.#starting -= 1;
      this.update();
    }
  }

  dispose(): void {
    this.#timer?.cancel();
    this.#store.dispose();
  }

  /** Brings the item up to date. */
  update(): void {
    if (this.#item === undefined || this.#store.isDisposed) return;
    const { status } = this.#gateway;
    this.#show(
      this.#item,
      statusBarView(this.#l10n, status, this.#clock.now(), this.#starting > 0, this.#unseen.count),
    );
    this.#timer?.cancel();
    if (status.state?.proxy.phase === 'on') {
      this.#timer = this.#clock.setTimeout(() => this.update(), ageRefreshMs);
    }
  }

  /** Assigns only what changed: each assignment is a message to the window, and a new tooltip closes an open one. */
  #show(item: vscode.StatusBarItem, view: StatusBarView): void {
    const old = this.#shown;
    this.#shown = view;
    if (old?.text !== view.text) item.text = view.text;
    if (old?.tooltip !== view.tooltip) {
      const tooltip = new vscode.MarkdownString(view.tooltip);
      tooltip.isTrusted = { enabledCommands: [...statusBarLinks] };
      item.tooltip = tooltip;
    }
    if (old?.severity !== view.severity) {
      item.backgroundColor = view.severity === undefined ? undefined : backgrounds[view.severity];
    }
    if (old?.command !== view.command) item.command = view.command;
    if (old?.accessibilityLabel !== view.accessibilityLabel) {
      item.accessibilityInformation = { label: view.accessibilityLabel };
    }
  }
}

import * as vscode from 'vscode';
import type { Clock, Timer } from '../../core/clock';
import { DisposableStore, type Disposable } from '../../core/disposable';
import type { SharingSummary } from '../../protocol/sharing-rpc';
import type { Gateway } from '../gateway-port';
import type { Localizer } from '../localizer';
import type { NewsWindow } from './news-window';
import { sharingNotices, type SharingNotice } from './sharing-notices';

/** A change of settings and its confirmation follow each other: what is told has to last a moment. */
const settleMs = 3_000;
/** A certificate gets older without anything else changing. */
const lookMs = 60 * 60 * 1000;
/** Names of what was told; more than that is no life of a window. */
const maxTold = 200;

/**
 * Tells once what a person should know of exposure and certificate: in the window in front, or that was so last.
 * Ordinary notifications, so that VS Code's own "do not disturb" keeps them back.
 */
export class SharingToasts implements Disposable {
  readonly #gateway: Gateway;
  readonly #l10n: Localizer;
  readonly #clock: Clock;
  readonly #newsWindow: NewsWindow;
  readonly #told = new Set<string>();
  readonly #store = new DisposableStore();
  #seen: SharingSummary | undefined;
  #seenFront: string | undefined;
  #timer: Timer | undefined;
  #hourly: Timer | undefined;

  constructor(gateway: Gateway, newsWindow: NewsWindow, l10n: Localizer, clock: Clock) {
    this.#gateway = gateway;
    this.#newsWindow = newsWindow;
    this.#l10n = l10n;
    this.#clock = clock;
  }

  start(): void {
    this.#store.add(
      this.#gateway.onDidChangeStatus(({ state }) => {
        // Requests come and go many times a second
        if (state?.sharing === this.#seen && state?.frontWindow === this.#seenFront) return;
        this.#seen = state?.sharing;
        this.#seenFront = state?.frontWindow;
        this.#lookSoon();
      }),
    );
    this.#watch();
  }

  dispose(): void {
    this.#timer?.cancel();
    this.#hourly?.cancel();
    this.#store.dispose();
  }

  #watch(): void {
    this.#hourly = this.#clock.setTimeout(() => {
      this.#look();
      this.#watch();
    }, lookMs);
  }

  #lookSoon(): void {
    if (this.#store.isDisposed) return;
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimeout(() => this.#look(), settleMs);
  }

  #look(): void {
    const sharing = this.#gateway.status.state?.sharing;
    if (sharing === undefined || !this.#newsWindow.isInFront) return;
    for (const notice of sharingNotices(this.#l10n, sharing, this.#clock.now())) {
      if (this.#told.has(notice.name) || this.#told.size >= maxTold) continue;
      this.#told.add(notice.name);
      void this.#tellOnce(notice);
    }
  }

  async #tellOnce(notice: SharingNotice): Promise<void> {
    if (await this.#newsWindow.claim(notice.name)) await tell(notice);
  }
}

async function tell({ text, isWarning, actions }: SharingNotice): Promise<void> {
  const show = isWarning ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const answer = await show(text, ...actions.map(({ title }) => title));
  const action = actions.find(({ title }) => title === answer);
  if (action !== undefined) await vscode.commands.executeCommand(action.command);
}

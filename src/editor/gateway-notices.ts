import * as vscode from 'vscode';
import type { Disposable } from '../core/disposable';
import type { Reason } from '../core/reason';
import type { Gateway, GatewayPhase } from './gateway-port';
import { localizeReason, type Localizer } from './localizer';
import { messageText } from './safe-text';

/** Tells once when the gateway fails; a window that must be reloaded says so in its status bar. */
export class GatewayNotices implements Disposable {
  readonly #gateway: Gateway;
  readonly #l10n: Localizer;
  readonly #showLog: () => void;
  #subscription: Disposable | undefined;
  #lastPhase: GatewayPhase = 'idle';

  constructor(gateway: Gateway, l10n: Localizer, showLog: () => void) {
    this.#gateway = gateway;
    this.#l10n = l10n;
    this.#showLog = showLog;
  }

  start(): void {
    this.#subscription = this.#gateway.onDidChangeStatus(({ phase, reason }) => {
      const hasFailed = phase === 'failed' && this.#lastPhase !== 'failed';
      this.#lastPhase = phase;
      if (hasFailed && reason !== undefined) void this.#tell(reason);
    });
  }

  dispose(): void {
    this.#subscription?.dispose();
  }

  async #tell(reason: Reason): Promise<void> {
    const log = this.#l10n.t('Open Log');
    const text = localizeReason(this.#l10n, reason, messageText);
    if ((await vscode.window.showErrorMessage(text, log)) === log) this.#showLog();
  }
}

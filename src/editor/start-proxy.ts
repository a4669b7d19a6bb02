import * as vscode from 'vscode';
import type { ProxyState } from '../protocol/gateway-rpc';
import type { CommandServices } from './command-services';
import { localizeReason } from './localizer';
import { openSettings } from './open-settings';
import { withProgress } from './progress';
import { messageText } from './safe-text';

/** Starts (or restarts) the proxy and tells what the user should know of it: another port, a refusal, a failure. */
export async function startProxy(
  services: CommandServices,
  request: 'proxy/start' | 'proxy/restart' = 'proxy/start',
): Promise<ProxyState> {
  const { gateway, l10n, statusBar } = services;
  const work = statusBar.whileStarting(gateway.request(request, {}));
  const proxy = await withProgress(l10n.t('Starting the proxy'), work);
  // Not awaited: a message may stay open for as long as the user likes.
  if (proxy.notice !== undefined) void tell(services, proxy);
  return proxy;
}

async function tell(services: CommandServices, proxy: ProxyState): Promise<void> {
  const { l10n, showLog } = services;
  if (proxy.notice === undefined) return;
  const text = localizeReason(l10n, proxy.notice, messageText);
  const settings = l10n.t('Open Settings');
  const log = l10n.t('Open Log');
  const answer =
    proxy.phase === 'failed'
      ? await vscode.window.showErrorMessage(text, settings, log)
      : await vscode.window.showWarningMessage(text, settings);
  if (answer === settings) await openSettings(services, 'flm.proxy');
  if (answer === log) showLog();
}

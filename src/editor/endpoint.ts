import * as vscode from 'vscode';
import { FlmError } from '../core/errors';
import type { CommandServices } from './command-services';
import { startProxy } from './start-proxy';

/** The proxy's base URL for a client on this machine. Asks whether to start the proxy when it is off. */
export async function endpointForClients(services: CommandServices): Promise<string> {
  const { gateway, settings, l10n } = services;
  const proxy = gateway.status.state?.proxy;
  if (proxy?.phase === 'on' && proxy.endpoint !== undefined) return proxy.endpoint;
  const start = l10n.t('Start and Copy');
  const anyway = l10n.t('Copy Anyway');
  const answer = await vscode.window.showInformationMessage(
    l10n.t('The proxy is off, so nothing answers at its endpoint yet.'),
    start,
    anyway,
  );
  if (answer === anyway) return `http://127.0.0.1:${String(settings.get('proxy.port', 11435))}/v1`;
  if (answer !== start) throw new FlmError('cancelled', 'Not started');
  const state = await startProxy(services);
  if (state.endpoint === undefined) throw new FlmError('cancelled', 'The proxy did not start, and said why');
  return state.endpoint;
}

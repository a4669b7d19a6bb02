import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors';
import type { CreatedShare } from '../../../protocol/sharing-rpc';
import type { CommandServices } from '../../command-services';
import { confirm } from '../../copy';
import { dotenvSnippet, environmentNames, environmentSnippet } from '../../keys/key-snippets';
import { askSavePath, tellWritten } from '../../local-files';
import { localizeReason } from '../../localizer';
import { messageText } from '../../safe-text';
import {
  curlText,
  customEndpointFile,
  customEndpointJson,
  messageForOthers,
  needsCa,
  type Handover,
} from '../../shares/share-handover';
import { shareLabel } from '../../shares/share-facts';
import { shareQrPage } from '../../shares/share-qr';
import { modelToBegin, sharedToolModels } from '../../shares/shared-models';
import { shellFlavor } from '../../snippets';

interface HandoverItem extends vscode.QuickPickItem {
  /** Undefined: closes. */
  readonly run?: () => Promise<void>;
}

/**
 * The only view of the key of a share: stays until it is closed, so that more than one form of it can be copied. The
 * secret is held by this list, and by the page of its QR code while that is open; it is neither logged nor stored.
 */
export async function showCreatedShare(services: CommandServices, created: CreatedShare): Promise<void> {
  const { l10n } = services;
  const { share, key, warnings } = created;
  for (const warning of warnings) void vscode.window.showWarningMessage(localizeReason(l10n, warning, messageText));
  const handover = await handoverOf(services, created);
  if (handover === undefined) void vscode.window.showWarningMessage(noEndpoint(services));
  const list = vscode.window.createQuickPick<HandoverItem>();
  list.title = l10n.t('Share “{0}”: its key is shown only this once', messageText(shareLabel(share)));
  list.placeholder = l10n.t('Send the message over a private channel: whoever has the key can use the share.');
  list.items = [
    ...(handover === undefined ? [] : handoverItems(services, handover)),
    {
      label: `$(copy) ${l10n.t('Copy the Key')}`,
      detail: key.secret,
      run: copy(l10n.t('Copied'), key.secret),
    },
    { label: `$(check) ${l10n.t('Done')}`, detail: l10n.t('The secret cannot be shown again.') },
  ];
  list.ignoreFocusOut = true;
  list.onDidAccept(() => {
    const [item] = list.activeItems;
    if (item?.run === undefined) list.hide();
    else {
      item.run().catch((error: unknown) => services.log.debug('Not handed over', { error: messageOf(error) }));
    }
  });
  list.onDidHide(() => list.dispose());
  list.show();
}

function handoverItems(services: CommandServices, handover: Handover): HandoverItem[] {
  const { l10n, gateway } = services;
  const flavor = shellFlavor(vscode.env.shell, process.platform);
  const target = { endpoint: handover.endpoint.url, secret: handover.secret };
  const engines = gateway.status.state?.engines.engines ?? [];
  const copied = l10n.t('Copied');
  return [
    {
      label: `$(mail) ${l10n.t('Copy a Message for the Other Side')}`,
      detail: needsCa(handover)
        ? l10n.t('Address, key, models, and how to trust the certificate')
        : l10n.t('Address, key, models'),
      run: copy(l10n.t('Message copied'), messageForOthers(l10n, handover)),
    },
    {
      label: `$(terminal) ${l10n.t('Copy as Environment Variables')}`,
      description: environmentNames.join(', '),
      run: copy(copied, environmentSnippet(target, flavor)),
    },
    { label: `$(file) ${l10n.t('Copy as Lines of a .env File')}`, run: copy(copied, dotenvSnippet(target)) },
    { label: `$(save) ${l10n.t('Save as a .env File…')}`, run: () => saveEnvFile(services, dotenvSnippet(target)) },
    {
      label: `$(json) ${l10n.t('Copy as Custom Endpoint of VS Code')}`,
      description: customEndpointFile,
      run: copy(copied, customEndpointJson(handover, sharedToolModels(engines, handover.share.limits))),
    },
    {
      label: `$(code) ${l10n.t('Copy as Command Line (curl)')}`,
      description: messageText(handover.model),
      run: copy(copied, curlText(handover, flavor)),
    },
    {
      label: `$(device-mobile) ${l10n.t('Show as QR Code')}`,
      description: l10n.t('For a phone: opens behind this list'),
      run: () => showQr(services, handover),
    },
  ];
}

function copy(confirmation: string, text: string): () => Promise<void> {
  return async () => {
    await vscode.env.clipboard.writeText(text);
    confirm(confirmation);
  };
}

/** In a page of its own: a text document could be read by every extension. */
function showQr({ l10n }: CommandServices, handover: Handover): Promise<void> {
  const title = l10n.t('QR Code of “{0}”', shareLabel(handover.share));
  const column = { viewColumn: vscode.ViewColumn.Active, preserveFocus: true };
  const panel = vscode.window.createWebviewPanel('flm.shareQr', title, column, {});
  panel.webview.html = shareQrPage(l10n, handover);
  return Promise.resolve();
}

async function saveEnvFile(services: CommandServices, text: string): Promise<void> {
  const { l10n } = services;
  const title = l10n.t('Environment File');
  const uri = await askSavePath(services, { title, name: 'flm-share.env', filters: {} });
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  void tellWritten(l10n, l10n.t('Written to {0}. It holds the key.', messageText(uri.fsPath)), uri);
}

async function handoverOf(services: CommandServices, created: CreatedShare): Promise<Handover | undefined> {
  const { gateway } = services;
  const { share, key, endpoints } = created;
  const state = gateway.status.state;
  const [endpoint] = endpoints;
  if (endpoint === undefined || state === undefined) return undefined;
  const { tls } = state.sharing;
  const model = modelToBegin(state.engines.engines, share.limits);
  const handover: Handover = { share, endpoint, secret: key.secret, model, tls };
  if (!needsCa(handover)) return handover;
  // Without the certificate the message still says what is to be trusted.
  const ca = await gateway.request('tls/ca', {}).catch(() => undefined);
  return ca === undefined ? handover : { ...handover, caPem: ca.pem };
}

function noEndpoint({ l10n, gateway }: CommandServices): string {
  const notice = gateway.status.state?.sharing.exposure.notice;
  const why = notice === undefined ? '' : localizeReason(l10n, notice, messageText);
  return l10n.t('The share is made, but nobody can reach it yet. {0}', why).trim();
}

import * as vscode from 'vscode';
import type { CreatedKey } from '../../../core/api-key';
import { canonicalModelId } from '../../../core/model-id';
import { isUsable } from '../../../core/engine';
import type { CommandServices } from '../../command-services';
import { confirm } from '../../copy';
import { keyLabel } from '../../keys/key-facts';
import { dotenvSnippet, environmentNames, environmentSnippet } from '../../keys/key-snippets';
import { messageText } from '../../safe-text';
import { curlSnippet, shellFlavor } from '../../snippets';
import { canChat } from '../../tree/model-nodes';

interface CopyItem extends vscode.QuickPickItem {
  /** Undefined: closes. */
  readonly text?: string;
}

/**
 * The only view of a new secret: stays until it is closed, so that more than one form of it can be copied. The secret is
 * held by this list alone, and neither logged nor stored.
 */
export function showCreatedKey(services: CommandServices, { key, secret }: CreatedKey): void {
  const { l10n } = services;
  const endpoint = likelyEndpoint(services);
  const flavor = shellFlavor(vscode.env.shell, process.platform);
  const model = likelyModel(services, key.scope.models);
  const target = { endpoint, secret };
  const items: CopyItem[] = [
    { label: `$(copy) ${l10n.t('Copy the Key')}`, detail: secret, text: secret },
    ...(key.kind === 'decoy'
      ? []
      : [
          {
            label: `$(terminal) ${l10n.t('Copy as Environment Variables')}`,
            detail: environmentNames.join(', '),
            text: environmentSnippet(target, flavor),
          },
          { label: `$(file) ${l10n.t('Copy as Lines of a .env File')}`, text: dotenvSnippet(target) },
          {
            label: `$(code) ${l10n.t('Copy as Command Line (curl)')}`,
            detail: messageText(model),
            text: curlSnippet({ endpoint, model, task: 'chat', key: secret }, flavor),
          },
        ]),
    { label: `$(check) ${l10n.t('Done')}`, detail: l10n.t('The secret cannot be shown again.') },
  ];
  const list = vscode.window.createQuickPick<CopyItem>();
  list.title = l10n.t('Key “{0}”: copy it now, it is shown only this once', messageText(keyLabel(key)));
  list.placeholder =
    key.kind === 'decoy'
      ? l10n.t('Leave it where only a thief would look. It opens nothing and raises an alarm when used.')
      : l10n.t('Whoever has the key can use your models until it expires or you revoke it.');
  list.items = items;
  list.ignoreFocusOut = true;
  list.onDidAccept(() => {
    const [item] = list.activeItems;
    if (item?.text === undefined) list.hide();
    else
      void vscode.env.clipboard.writeText(item.text).then(() => {
        confirm(l10n.t('Copied'));
      });
  });
  list.onDidHide(() => list.dispose());
  list.show();
}

function likelyEndpoint({ gateway, settings }: CommandServices): string {
  return gateway.status.state?.proxy.endpoint ?? `http://127.0.0.1:${String(settings.get('proxy.port', 11435))}/v1`;
}

/** A model the key may use: the first it names, else one that is loaded, else a placeholder to be replaced. */
function likelyModel({ gateway }: CommandServices, allowed: readonly string[] = []): string {
  const named = allowed.find((pattern) => !pattern.includes('*'));
  if (named !== undefined) return named;
  const engines = (gateway.status.state?.engines.engines ?? []).filter((engine) => isUsable(engine.state));
  const all = engines.flatMap((engine) => engine.models.filter(canChat).map((model) => ({ engine, model })));
  const likely = all.find(({ model }) => model.isLoaded === true) ?? all[0];
  return likely === undefined ? 'MODEL' : canonicalModelId(likely.engine.id, likely.model.id);
}

import * as vscode from 'vscode';
import type { ConfiguredEngine } from '../../core/config-schema';
import { FlmError } from '../../core/errors';
import type { EngineProbeResult } from '../../protocol/gateway-rpc';
import type { CommandHandler, CommandServices } from '../command-services';
import { confirm } from '../copy';
import { isSameAddress, parseEngineAddress, type AddressProblem } from '../engine-address';
import { askEngineKey, storeEngineKey } from '../engine-key-input';
import { formatModels } from '../format';
import { localizeReason, type Localizer } from '../localizer';
import { withProgress } from '../progress';
import { messageText, plainText } from '../safe-text';

/** Asks for an address, looks at it, asks for a key if one is needed, and keeps it in this machine's settings. */
export const addEngine: CommandHandler = async (services) => {
  let typed = '';
  for (;;) {
    const url = await askAddress(services, typed);
    typed = url;
    const outcome = await inspect(services, url);
    if (outcome === 'edit') continue;
    await keep(services, outcome.url);
    confirm(outcome.confirmation);
    return;
  }
};

async function askAddress({ l10n, settings }: CommandServices, value: string): Promise<string> {
  const known = settings.get('engines.addresses', []);
  const input = await vscode.window.showInputBox({
    title: l10n.t('Add an Engine'),
    prompt: l10n.t('Address of an engine or of any OpenAI-compatible server'),
    placeHolder: 'http://127.0.0.1:8000',
    value,
    ignoreFocusOut: true,
    validateInput: (text) => {
      const address = parseEngineAddress(text);
      if (!address.ok) return problemText(l10n, address.problem);
      const isKnown = known.some((engine) => isSameAddress(engine.url, address.url));
      return isKnown ? l10n.t('This address is in the settings already.') : undefined;
    },
  });
  const address = parseEngineAddress(input ?? '');
  if (!address.ok) throw new FlmError('cancelled', 'No address given');
  return address.url;
}

/** Text typed so far is no mistake yet: an empty box shows no error. */
function problemText(l10n: Localizer, problem: AddressProblem): string | undefined {
  const texts: Record<AddressProblem, string | undefined> = {
    empty: undefined,
    invalid: l10n.t('This is not an address. Example: http://127.0.0.1:8000'),
    scheme: l10n.t('Only http:// and https:// addresses can be used.'),
    credentials: l10n.t('Leave user name and password out; FLM asks for an API key if one is needed.'),
    query: l10n.t('Leave out everything from “?” or “#” on.'),
  };
  return texts[problem];
}

type Outcome = 'edit' | { readonly url: string; readonly confirmation: string };

async function inspect(services: CommandServices, url: string): Promise<Outcome> {
  const { l10n } = services;
  let result = await probe(services, url);
  if (!result.ok && result.needsKey) {
    await storeEngineKey(services, url, await askEngineKey(l10n, url));
    result = await probe(services, url);
  }
  if (result.ok) {
    const label = plainText(result.label);
    return { url: result.baseUrl, confirmation: l10n.t('{0} added, {1}', label, formatModels(l10n, result.models)) };
  }
  const edit = l10n.t('Change the Address');
  const anyway = l10n.t('Add Anyway');
  const why = localizeReason(l10n, result.reason, messageText);
  const answer = await vscode.window.showWarningMessage(
    l10n.t('FLM cannot use {0} now. {1}', messageText(url), why),
    edit,
    anyway,
  );
  if (answer === edit) return 'edit';
  if (answer === anyway) return { url, confirmation: l10n.t('{0} added', plainText(url)) };
  throw new FlmError('cancelled', 'Not added');
}

function probe({ gateway, l10n }: CommandServices, url: string): Promise<EngineProbeResult> {
  return withProgress(l10n.t('Looking at {0}', plainText(url)), gateway.request('engines/probe', { url }));
}

async function keep({ settings }: CommandServices, url: string): Promise<void> {
  const addresses: readonly ConfiguredEngine[] = settings.get('engines.addresses', []);
  if (addresses.some((engine) => isSameAddress(engine.url, url))) return;
  await settings.update('engines.addresses', [...addresses, { url }]);
}

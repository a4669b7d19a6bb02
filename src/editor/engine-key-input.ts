import * as vscode from 'vscode';
import { FlmError } from '../core/errors';
import type { CommandServices } from './command-services';
import { engineKeyProblem, type KeyProblem } from './key-ring';
import type { Localizer } from './localizer';
import { plainText } from './safe-text';

/** Asks for the API key of an engine; the input is masked and never logged. Rejects with `cancelled` when dismissed. */
export async function askEngineKey(l10n: Localizer, baseUrl: string): Promise<string> {
  const key = await vscode.window.showInputBox({
    title: l10n.t('API Key for {0}', plainText(baseUrl)),
    prompt: l10n.t('Kept in the secret store of your system, sent to this engine only.'),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => {
      const problem = engineKeyProblem(text);
      return problem === undefined ? undefined : problemText(l10n, problem);
    },
  });
  if (key === undefined || engineKeyProblem(key) !== undefined) throw new FlmError('cancelled', 'No key given');
  return key.trim();
}

/** Keeps the key and gives it to the gateway. Undefined: forgets it in both places. */
export async function storeEngineKey(
  { engineKeys, gateway }: Pick<CommandServices, 'engineKeys' | 'gateway'>,
  baseUrl: string,
  key: string | undefined,
): Promise<void> {
  await engineKeys.set(baseUrl, key);
  await gateway.request('engines/setKey', key === undefined ? { baseUrl } : { baseUrl, key });
}

/** An empty box is no mistake yet. */
function problemText(l10n: Localizer, problem: KeyProblem): string | undefined {
  const texts: Record<KeyProblem, string | undefined> = {
    empty: undefined,
    characters: l10n.t('An API key has no spaces and only ASCII characters.'),
    length: l10n.t('This is too long for an API key.'),
  };
  return texts[problem];
}

import * as vscode from 'vscode';
import { FlmError } from '../../../core/errors';
import type { CommandHandler } from '../../command-services';
import { confirm } from '../../copy';
import { answered, confirmed } from '../../input/questions';
import type { Choice } from '../../input/step-input';
import { askForText, askSavePath, tellWritten } from '../../local-files';
import { policyUri } from '../../policy/policy-file-system';
import { readPolicyText } from '../../policy/policy-text';
import { messageText } from '../../safe-text';

const maxPolicyBytes = 1024 * 1024;
const fileName = 'flm-security-policy.json';

/** Opens the policy as a document; saving it puts it into effect. */
export const editPolicy: CommandHandler = async () => {
  await vscode.window.showTextDocument(policyUri, { preview: false });
};

type Mode = 'auto' | 'observe' | 'enforce' | 'off';

/** What FLM does with what it detects. */
export const setPolicyMode: CommandHandler = async ({ gateway, l10n, input, policy }) => {
  const { policy: current } = await gateway.request('policy/get', {});
  const mode = (current as { mode?: unknown }).mode;
  const choices: Choice<Mode>[] = [
    {
      label: l10n.t('Automatic'),
      detail: l10n.t('Records while only this machine can reach the gateway, refuses as soon as others can'),
      value: 'auto',
    },
    { label: l10n.t('Observe'), detail: l10n.t('Records what it would refuse, refuses nothing'), value: 'observe' },
    { label: l10n.t('Enforce'), detail: l10n.t('Refuses attacks and blocks attackers, always'), value: 'enforce' },
    { label: l10n.t('Off'), detail: l10n.t('Detects nothing; keys and your own blocks still count'), value: 'off' },
  ];
  const title = l10n.t('Security Mode');
  const marked = choices.map((choice) => ({
    ...choice,
    isPicked: choice.value === mode,
    ...(choice.value === mode && { description: l10n.t('now') }),
  }));
  const placeHolder = l10n.t('What should FLM do about attacks?');
  const chosen = answered(await input.pick({ title, placeHolder, choices: marked }));
  await policy.file.set({ ...(current as object), mode: chosen });
  policy.changed();
  confirm(l10n.t('Security mode: {0}', choices.find(({ value }) => value === chosen)?.label ?? chosen));
};

/** Every threshold back to its default. */
export const resetPolicy: CommandHandler = async ({ gateway, l10n, input, policy }) => {
  const { defaults } = await gateway.request('policy/get', {});
  await confirmed(
    input,
    l10n.t('Reset the security policy? All your changes to it are lost.'),
    l10n.t('Reset It'),
    l10n.t('Keep It'),
  );
  await policy.file.set(defaults);
  policy.changed();
  confirm(l10n.t('The security policy is the default one again'));
};

export const importPolicy: CommandHandler = async (services) => {
  const { l10n, policy } = services;
  const title = l10n.t('Import a Security Policy');
  const text = await askForText(services, { title, filters: { JSON: ['json'] } }, maxPolicyBytes);
  const document = readPolicyText(l10n, text);
  if (!document.ok) throw new FlmError('config_invalid', document.message);
  await policy.file.set(document.policy);
  policy.changed();
  confirm(l10n.t('Security policy imported'));
};

export const exportPolicy: CommandHandler = async (services) => {
  const { l10n, policy } = services;
  const title = l10n.t('Export the Security Policy');
  const uri = await askSavePath(services, { title, name: fileName, filters: { JSON: ['json'] } });
  const { text } = await policy.file.readPolicy();
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  void tellWritten(l10n, l10n.t('Security policy written to {0}.', messageText(uri.fsPath)), uri);
};

import type { Localizer } from '../localizer';
import type { ToolModel } from './config-edit';

/**
 * Cline keeps its configuration in VS Code's storage of its own, which no other extension may write. So this is a page that
 * says what to enter where (https://docs.cline.bot/provider-config/openai-compatible), without the key.
 */
export function clinePage(l10n: Localizer, endpoint: string, model: ToolModel): string {
  const steps = [
    l10n.t('Open Cline and click the gear in its title bar.'),
    `${l10n.t('API Provider')}: **OpenAI Compatible**`,
    `${l10n.t('Base URL')}: ${code(endpoint)}`,
    `${l10n.t('API Key')}: ${l10n.t('copy it from the list above this page; it is shown only now')}`,
    `${l10n.t('Model ID')}: ${code(model.id)}`,
    `${l10n.t('Model Configuration, Context Window Size')}: ${code(String(model.maxInputTokens + model.maxOutputTokens))}`,
  ];
  const advice = model.callsTools
    ? ''
    : `\n${l10n.t('Cline works by tool calls, which this model is not known to make.')}\n`;
  const numbered = steps.map((step, index) => `${String(index + 1)}. ${step}\n`).join('');
  return `# ${l10n.t('Cline with FLM')}\n\n${l10n.t('FLM cannot write the settings of Cline; enter these.')}\n\n${numbered}${advice}`;
}

/** CommonMark 0.31 §6.1: as many backticks around as there are not inside. Line breaks would end the list. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${text.replace(/\s+/g, ' ')} ${fence}`;
}

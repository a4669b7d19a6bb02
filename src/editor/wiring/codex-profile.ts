import { refuse, type ConfigEdit } from './config-edit';
import { layoutOf } from './text-lines';
import { mostCapable } from './tool-models';

const mark = '# Written by FLM: "Set Up a Tool"; run it again to refresh it. Use it with: codex --profile flm';

/**
 * A profile of Codex in a file of its own, `flm.config.toml` (https://developers.openai.com/codex/config-advanced): what
 * the user has for other models stays untouched, and the whole file is FLM's. Web search runs at OpenAI.
 */
export const editCodexProfile: ConfigEdit = (text, { endpoint, apiKey, models }) => {
  if (text !== undefined && text.trim() !== '' && !layoutOf(text).body.startsWith(mark)) {
    return refuse('unexpected', 'flm.config.toml');
  }
  const model = mostCapable(models);
  const lines = [
    mark,
    `model = ${quoted(model?.id ?? '')}`,
    'model_provider = "flm"',
    ...(model === undefined ? [] : [`model_context_window = ${String(model.maxInputTokens + model.maxOutputTokens)}`]),
    'web_search = "disabled"',
    '',
    '[model_providers.flm]',
    'name = "FLM"',
    `base_url = ${quoted(endpoint)}`,
    'wire_api = "responses"',
    `experimental_bearer_token = ${quoted(apiKey)}`,
  ];
  return { ok: true, text: lines.map((line) => `${line}\n`).join('') };
};

/** Basic strings of TOML 1.0 know all escapes of JSON. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}

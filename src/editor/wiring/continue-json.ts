import type { ConfigEdit } from './config-edit';
import { replaceInList } from './json-edit';

const prefix = 'FLM: ';

/** Continue's older `config.json`, which it still reads where there is no `config.yaml`. FLM's models have its prefix. */
export const editContinueJson: ConfigEdit = (text, setup) =>
  replaceInList(
    text === undefined || text.trim() === '' ? '{}' : text,
    ['models'],
    (entry) => isRecord(entry) && typeof entry.title === 'string' && entry.title.startsWith(prefix),
    setup.models.map((model) => ({
      title: `${prefix}${model.name}`,
      provider: 'openai',
      model: model.id,
      apiBase: setup.endpoint,
      apiKey: setup.apiKey,
      contextLength: model.maxInputTokens + model.maxOutputTokens,
    })),
  );

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

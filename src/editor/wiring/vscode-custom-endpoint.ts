import type { ConfigEdit } from './config-edit';
import { replaceInList } from './json-edit';

/** VS Code with the provider `customendpoint` (vscode#316915); before it there was `customoai`, never in a stable release. */
export const customEndpointVersion = { major: 1, minor: 122 } as const;

const groupName = 'FLM';
const vendor = 'customendpoint';

/**
 * VS Code's `chatLanguageModels.json`: a list of groups of models, each with a provider, a key and an API. Everything VS
 * Code itself needs it for is in FLM's own provider too; this is for those who want Copilot's agent host to call FLM
 * without the extension in between.
 */
export const editChatLanguageModels: ConfigEdit = (text, setup) =>
  replaceInList(
    text === undefined || text.trim() === '' ? '[]' : text,
    [],
    (entry) => isRecord(entry) && entry.name === groupName && entry.vendor === vendor,
    [
      {
        name: groupName,
        vendor,
        apiKey: setup.apiKey,
        apiType: 'chat-completions',
        models: setup.models.map((model) => ({
          id: model.id,
          name: model.name,
          url: `${setup.endpoint}/chat/completions`,
          toolCalling: model.callsTools,
          vision: model.seesImages,
          maxInputTokens: model.maxInputTokens,
          maxOutputTokens: model.maxOutputTokens,
        })),
      },
    ],
  );

/** `1.139.0`, `1.122.1-insider`. */
export function hasCustomEndpoint(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const { major: wantedMajor, minor: wantedMinor } = customEndpointVersion;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

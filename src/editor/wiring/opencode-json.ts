import type { ConfigEdit, ToolModel } from './config-edit';
import { setMembers } from './json-members';

/** opencode's `opencode.json` (https://opencode.ai/docs/providers): FLM is one provider more, with its models. */
export const editOpencodeJson: ConfigEdit = (text, { endpoint, apiKey, models }) =>
  setMembers(text ?? '{\n  "$schema": "https://opencode.ai/config.json"\n}\n', [
    {
      path: ['provider', 'flm'],
      value: {
        npm: '@ai-sdk/openai-compatible',
        name: 'FLM',
        options: { baseURL: endpoint, apiKey },
        models: Object.fromEntries(models.map((model) => [model.id, modelOf(model)])),
      },
    },
  ]);

function modelOf(model: ToolModel): object {
  return {
    name: model.name,
    tool_call: model.callsTools,
    attachment: model.seesImages,
    ...(model.seesImages && { modalities: { input: ['text', 'image'], output: ['text'] } }),
    limit: { context: model.maxInputTokens + model.maxOutputTokens, output: model.maxOutputTokens },
  };
}

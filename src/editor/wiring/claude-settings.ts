import type { ConfigEdit, ToolModel } from './config-edit';
import { setMembers } from './json-members';
import { mostCapable } from './tool-models';

/**
 * Claude Code's `settings.json`, or `settings.local.json` of one project: variables it sets for itself (`env`,
 * https://docs.claude.com/en/docs/claude-code/settings). It reads no `.env`. The base URL has no `/v1`, which it adds; all
 * its classes of models are set, or it would ask for models that nobody here has.
 */
export const editClaudeSettings: ConfigEdit = (text, setup) =>
  setMembers(
    text,
    Object.entries(variables(setup.endpoint, setup.apiKey, mostCapable(setup.models))).map(([name, value]) => ({
      path: ['env', name],
      value,
    })),
  );

function variables(endpoint: string, apiKey: string, model: ToolModel | undefined): Readonly<Record<string, string>> {
  const id = model?.id ?? '';
  return {
    ANTHROPIC_BASE_URL: endpoint.replace(/\/v1\/?$/, ''),
    ANTHROPIC_AUTH_TOKEN: apiKey,
    ANTHROPIC_MODEL: id,
    ANTHROPIC_DEFAULT_OPUS_MODEL: id,
    ANTHROPIC_DEFAULT_SONNET_MODEL: id,
    ANTHROPIC_DEFAULT_HAIKU_MODEL: id,
  };
}

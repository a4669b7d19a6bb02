import { join } from 'node:path';
import { editClaudeSettings } from './claude-settings';
import { editCodexProfile } from './codex-profile';
import type { ConfigEdit } from './config-edit';
import { editContinueJson } from './continue-json';
import { editContinueYaml } from './continue-yaml';
import { editEnvFile } from './env-file';
import { editOpencodeJson } from './opencode-json';
import { editChatLanguageModels } from './vscode-custom-endpoint';

/** The tools FLM sets up. Product names, not translated. */
export const toolNames = {
  continue: 'Continue',
  cline: 'Cline',
  vscode: 'VS Code',
  openai: 'OpenAI SDK',
  claudeCode: 'Claude Code',
  codex: 'Codex',
  opencode: 'opencode',
} as const;
export type ToolId = keyof typeof toolNames;

/** Of a stored id, which may be a later version's. */
export function toolName(id: string): string {
  return (toolNames as Readonly<Record<string, string>>)[id] ?? id;
}

export const toolIds = Object.keys(toolNames) as readonly ToolId[];

/** The file to write and how. */
export interface ToolFile {
  readonly path: string;
  readonly edit: ConfigEdit;
}

/** What is known about the machine, for finding the files of tools. */
export interface ToolPlaces {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly exists: (path: string) => Promise<boolean>;
}

/**
 * Continue's configuration: `config.yaml`, else the older `config.json` where only that is there. `CONTINUE_GLOBAL_DIR`
 * moves the folder.
 */
export async function continueFile({ home, environment, exists }: ToolPlaces): Promise<ToolFile> {
  const folder = environment.CONTINUE_GLOBAL_DIR ?? join(home, '.continue');
  const yaml = join(folder, 'config.yaml');
  const json = join(folder, 'config.json');
  if (!(await exists(yaml)) && (await exists(json))) return { path: json, edit: editContinueJson };
  return { path: yaml, edit: editContinueYaml };
}

/** Of VS Code's default profile: an extension cannot see which profile is in use. `userFolder` is VS Code's `User`. */
export function chatLanguageModelsFile(userFolder: string): ToolFile {
  return { path: join(userFolder, 'chatLanguageModels.json'), edit: editChatLanguageModels };
}

export function envFile(path: string): ToolFile {
  return { path, edit: editEnvFile };
}

/** Of one project, by its folder; without one, of the user. `CLAUDE_CONFIG_DIR` moves the latter's folder. */
export function claudeSettingsFile(
  project: string | undefined,
  { home, environment }: Pick<ToolPlaces, 'home' | 'environment'>,
): ToolFile {
  const path =
    project === undefined
      ? join(environment.CLAUDE_CONFIG_DIR ?? join(home, '.claude'), 'settings.json')
      : join(project, '.claude', 'settings.local.json');
  return { path, edit: editClaudeSettings };
}

/** `CODEX_HOME` moves Codex's folder. */
export function codexProfileFile({ home, environment }: Pick<ToolPlaces, 'home' | 'environment'>): ToolFile {
  const folder = environment.CODEX_HOME ?? join(home, '.codex');
  return { path: join(folder, 'flm.config.toml'), edit: editCodexProfile };
}

/** opencode's global configuration: `opencode.json`, or `opencode.jsonc` where only that is there. */
export async function opencodeFile({ home, environment, exists }: ToolPlaces): Promise<ToolFile> {
  const folder = join(environment.XDG_CONFIG_HOME ?? join(home, '.config'), 'opencode');
  const json = join(folder, 'opencode.json');
  const withComments = join(folder, 'opencode.jsonc');
  const path = !(await exists(json)) && (await exists(withComments)) ? withComments : json;
  return { path, edit: editOpencodeJson };
}

import { join } from 'node:path';
import type { ConfigEdit } from './config-edit';
import { editContinueJson } from './continue-json';
import { editContinueYaml } from './continue-yaml';
import { editAnthropicEnvFile, editEnvFile } from './env-file';
import { editChatLanguageModels } from './vscode-custom-endpoint';

/** The tools FLM sets up. Product names, not translated. */
export const toolNames = {
  continue: 'Continue',
  cline: 'Cline',
  vscode: 'VS Code',
  openai: 'OpenAI SDK',
  claudeCode: 'Claude Code',
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

export function anthropicEnvFile(path: string): ToolFile {
  return { path, edit: editAnthropicEnvFile };
}

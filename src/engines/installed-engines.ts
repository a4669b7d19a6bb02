import type { EngineKind } from '../core/engine';
import type { HostEnvironment } from './host-environment';
import { findOnPath, firstThatExists, joinPath } from './host-paths';
import { readLmStudioFiles } from './lmstudio-files';

/** An engine that is on this machine, running or not. */
export interface InstalledEngine {
  readonly kind: EngineKind;
  /** Program, app or folder that was found. */
  readonly path: string;
  /** For a terminal. Undefined when FLM knows none that would work. */
  readonly startCommand?: string;
}

interface InstallRule {
  readonly kind: EngineKind;
  /** Names looked for on PATH and in the usual folders of programs. */
  readonly programs: readonly string[];
  /** Further places, by system. */
  places(host: HostEnvironment): readonly string[];
  startCommand(found: string, host: HostEnvironment): string | undefined;
}

/** Folders that a GUI program's PATH often lacks: VS Code started from the dock does not read the shell's profile. */
function usualFolders(host: HostEnvironment): readonly string[] {
  const local = host.env('LOCALAPPDATA');
  switch (host.platform) {
    case 'win32':
      return local === undefined ? [] : [joinPath(host, local, 'Microsoft', 'WinGet', 'Links')];
    case 'darwin':
      return ['/opt/homebrew/bin', '/usr/local/bin', '/opt/local/bin', joinPath(host, host.home, '.local/bin')];
    default:
      return [
        '/usr/local/bin',
        '/usr/bin',
        '/bin',
        '/home/linuxbrew/.linuxbrew/bin',
        joinPath(host, host.home, '.local/bin'),
      ];
  }
}

/** Sources: Ollama's scripts/install.sh, docs/macos.mdx and docs/windows.mdx; llama.cpp's docs/install.md. */
const installRules: readonly InstallRule[] = [
  {
    kind: 'ollama',
    programs: ['ollama'],
    places: (host) => {
      const local = host.env('LOCALAPPDATA');
      if (host.platform === 'win32') {
        return local === undefined ? [] : [joinPath(host, local, 'Programs', 'Ollama', 'ollama.exe')];
      }
      return host.platform === 'darwin' ? ['/Applications/Ollama.app'] : [];
    },
    startCommand: (found) => (found.endsWith('.app') ? 'open -a Ollama' : `${quoted(found, 'ollama')} serve`),
  },
  {
    kind: 'vllm',
    programs: ['vllm'],
    // Native Windows has no vLLM; elsewhere it lives in a Python environment.
    places: (host) =>
      host.platform === 'win32'
        ? []
        : ['VIRTUAL_ENV', 'CONDA_PREFIX'].flatMap((name) => {
            const folder = host.env(name);
            return folder === undefined || folder === '' ? [] : [joinPath(host, folder, 'bin', 'vllm')];
          }),
    startCommand: (found) => `${quoted(found, 'vllm')} serve Qwen/Qwen3-0.6B`,
  },
  {
    kind: 'llamacpp',
    programs: ['llama-server'],
    places: () => [],
    // Without a model it starts as a router over the models in its cache.
    startCommand: (found) => quoted(found, 'llama-server'),
  },
];

/**
 * Engines whose programs or apps are on this machine. Asks for some dozens of file names and reads up to four small
 * files of LM Studio; starts nothing.
 */
export async function findInstalledEngines(host: HostEnvironment): Promise<readonly InstalledEngine[]> {
  const found = await Promise.all([...installRules.map((rule) => findByRule(host, rule)), findLmStudio(host)]);
  return found.filter((engine) => engine !== undefined);
}

async function findByRule(host: HostEnvironment, rule: InstallRule): Promise<InstalledEngine | undefined> {
  const suffix = host.platform === 'win32' ? '.exe' : '';
  const usual = usualFolders(host).flatMap((folder) =>
    rule.programs.map((name) => joinPath(host, folder, name + suffix)),
  );
  const onPath = await Promise.all(rule.programs.map((name) => findOnPath(host, name)));
  const path =
    onPath.find((candidate) => candidate !== undefined) ??
    (await firstThatExists(host, [...usual, ...rule.places(host)]));
  return path === undefined ? undefined : installed(rule.kind, path, rule.startCommand(path, host));
}

async function findLmStudio(host: HostEnvironment): Promise<InstalledEngine | undefined> {
  const files = await readLmStudioFiles(host);
  const local = host.env('LOCALAPPDATA');
  const apps: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    win32: local === undefined ? [] : [joinPath(host, local, 'Programs', 'LM Studio', 'LM Studio.exe')],
    darwin: ['/Applications/LM Studio.app', joinPath(host, host.home, 'Applications', 'LM Studio.app')],
  };
  const cli = (await findOnPath(host, 'lms')) ?? files.cliPath;
  const path = files.installPath ?? (await firstThatExists(host, apps[host.platform] ?? [])) ?? cli;
  if (path === undefined) return undefined;
  const open = host.platform === 'darwin' && path.endsWith('.app') ? 'open -a "LM Studio"' : undefined;
  return installed('lmstudio', path, cli === undefined ? open : `${quoted(cli, 'lms')} server start`);
}

function installed(kind: EngineKind, path: string, startCommand: string | undefined): InstalledEngine {
  return startCommand === undefined ? { kind, path } : { kind, path, startCommand };
}

/** A path as one word of a terminal's command line; a path without spaces stays as it is. */
function quoted(path: string, program: string): string {
  if (path === '') return program;
  return /^[\w.:/\\+-]+$/.test(path) ? path : `"${path.replace(/"/g, '')}"`;
}

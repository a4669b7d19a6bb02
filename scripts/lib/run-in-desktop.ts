import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { downloadAndUnzipVSCode, SilentReporter } from '@vscode/test-electron';
import { run as runProcess } from './child.mjs';
import type { HostTests } from './host-tests';
import { cacheFolder, root } from './project.mjs';

/** A desktop VS Code that tests may use, and what to put before its command line. */
export interface DesktopHost {
  readonly executable: string;
  /** `xvfb-run` where there is no display. */
  readonly wrapper: readonly string[];
}

/**
 * Finds or downloads a desktop VS Code: `FLM_VSCODE`, else what `@vscode/test-electron` has cached or can download.
 * Answers why there is none otherwise (offline, or no display): that is no error, code-server is there for it.
 */
export async function findDesktopHost(): Promise<DesktopHost | { readonly missing: string }> {
  const wrapper = displayWrapper();
  if (wrapper === undefined) return { missing: 'no display, and no xvfb-run' };
  const named = process.env.FLM_VSCODE;
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new Error(`FLM_VSCODE names ${named}, which does not exist.`);
    return { executable: named, wrapper };
  }
  try {
    const options = { version: 'stable', cachePath: cacheFolder, reporter: new SilentReporter(), timeout: 15_000 };
    return { executable: await downloadAndUnzipVSCode(options), wrapper };
  } catch (error) {
    return { missing: `VS Code cannot be downloaded (${(error as Error).message.split('\n')[0] ?? ''})` };
  }
}

/** Runs the host tests in a desktop VS Code with its own throw-away profile. Answers its exit code. */
export async function runInDesktop(host: DesktopHost, tests: HostTests): Promise<number> {
  const { run, testIndex, settings, timeoutMs } = tests;
  const dataFolder = join(run.folder, 'data');
  const workspace = join(run.folder, 'workspace');
  mkdirSync(join(dataFolder, 'User'), { recursive: true });
  mkdirSync(workspace);
  writeFileSync(join(dataFolder, 'User', 'settings.json'), JSON.stringify(settings));
  const args = [
    workspace,
    `--extensionDevelopmentPath=${root}`,
    `--extensionTestsPath=${testIndex}`,
    `--user-data-dir=${dataFolder}`,
    `--extensions-dir=${join(run.folder, 'extensions')}`,
    ...['--disable-workspace-trust', '--disable-updates', '--disable-gpu', '--skip-welcome', '--skip-release-notes'],
    ...['--disable-telemetry', '--no-sandbox', '--no-cached-data', '--new-window'],
  ];
  const [command = host.executable, ...rest] = [...host.wrapper, host.executable, ...args];
  const { code, timedOut } = await runProcess(command, rest, {
    env: { ...desktopEnvironment(), ...run.environment },
    timeoutMs,
  });
  if (timedOut) throw new Error(`The host tests did not end within ${timeoutMs / 1000} s.`);
  return code ?? 1;
}

/** The environment without what a VS Code terminal sets, which would make the new VS Code act as Node or join the old. */
export function desktopEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_)/.test(name));
  return Object.fromEntries(inherited);
}

/** Undefined: nothing can be shown here, not even to nobody. */
function displayWrapper(): readonly string[] | undefined {
  if (process.platform !== 'linux' || hasDisplay()) return [];
  const xvfb = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'xvfb-run'));
  const found = xvfb.find((path) => existsSync(path));
  return found === undefined ? undefined : [found, '--auto-servernum'];
}

export function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}

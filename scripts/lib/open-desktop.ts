import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { end, start } from './child.mjs';
import { root } from './project.mjs';
import { desktopEnvironment } from './run-in-desktop';
import type { EditorSetup, OpenEditor } from './start-editor';

/** Where VS Code's program (not its `code` script) usually is; insiders and VSCodium will do. */
const usualPaths: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: [
    '/usr/share/code/code',
    '/usr/share/code-insiders/code-insiders',
    '/opt/visual-studio-code/code',
    '/snap/code/current/usr/share/code/code',
    '/usr/share/codium/codium',
  ],
  darwin: ['/Applications', join(homedir(), 'Applications')].flatMap((folder) =>
    ['Visual Studio Code', 'Visual Studio Code - Insiders', 'VSCodium'].flatMap((app) =>
      programsOf(join(folder, `${app}.app`)),
    ),
  ),
  win32: ['LOCALAPPDATA', 'PROGRAMFILES', 'PROGRAMFILES(X86)'].flatMap((variable) => {
    const base = process.env[variable];
    if (base === undefined) return [];
    const folder = variable === 'LOCALAPPDATA' ? join(base, 'Programs') : base;
    return [
      join(folder, 'Microsoft VS Code', 'Code.exe'),
      join(folder, 'Microsoft VS Code Insiders', 'Code - Insiders.exe'),
      join(folder, 'VSCodium', 'VSCodium.exe'),
    ];
  }),
};

/** The program of an installed VS Code: `FLM_VSCODE`, else beside the `code` on PATH, else usual paths. */
export function findInstalledDesktop(): string | undefined {
  const named = process.env.FLM_VSCODE;
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new Error(`FLM_VSCODE names ${named}, which does not exist.`);
    return named;
  }
  return [...programsBesideScript(), ...(usualPaths[process.platform] ?? [])].find((path) => existsSync(path));
}

/** Opens the checkout as an extension under development. */
export function openDesktop(executable: string, setup: EditorSetup): OpenEditor {
  console.log(`› Opening VS Code (${executable})`);
  const userFolder = join(setup.dataFolder, 'desktop', 'User');
  mkdirSync(userFolder, { recursive: true });
  writeFileSync(join(userFolder, 'settings.json'), `${JSON.stringify(setup.settings, null, 2)}\n`);
  const args = [
    setup.workspace,
    `--extensionDevelopmentPath=${root}`,
    `--user-data-dir=${dirname(userFolder)}`,
    `--extensions-dir=${join(setup.dataFolder, 'desktop-extensions')}`,
    ...['--new-window', '--disable-workspace-trust', '--skip-welcome', '--skip-release-notes', '--disable-updates'],
    // Chromium's sandbox refuses to run as root.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
  const child = start(executable, args, { env: { ...desktopEnvironment(), ...setup.env }, stdio: 'ignore' });
  return {
    closed: new Promise((resolve, reject) => {
      child.once('exit', () => {
        resolve();
      });
      child.once('error', reject);
    }),
    close: () => end(child),
  };
}

/**
 * `code` on PATH is a script beside the program. A remote window's `code` talks to another machine and WSL's to
 * Windows: neither has a program beside it, so neither is taken.
 */
function programsBesideScript(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const scripts = folders.flatMap((folder) =>
    ['code', 'code.cmd', 'code-insiders', 'codium'].map((name) => join(folder, name)),
  );
  const script = scripts.find((path) => existsSync(path));
  if (script === undefined) return [];
  const real = realpathSync(script);
  if (process.platform === 'darwin') return programsOf(join(dirname(real), '..', '..', '..', '..'));
  if (process.platform === 'win32') return [join(dirname(real), '..', 'Code.exe')];
  return real.startsWith('/mnt/')
    ? []
    : ['code', 'code-insiders', 'codium'].map((name) => join(dirname(real), '..', name));
}

/** The program in the macOS app is called Electron in older versions and after the product in newer ones. */
function programsOf(app: string): string[] {
  return ['Electron', 'Code', 'Code - Insiders', 'VSCodium'].map((name) => join(app, 'Contents', 'MacOS', name));
}

import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { end, run, start } from './child.mjs';
import type { CodeServerInstall } from './code-server';
import { requireFreePort } from './free-port';

/** Both end a hang on a busy machine; they judge no speed. */
const startTimeoutMs = 120_000;
const hostEndTimeoutMs = 60_000;
const reconnectionGraceSeconds = 5;

export interface CodeServerOptions {
  /** Holds everything the server writes: settings, extensions, logs. */
  readonly dataFolder: string;
  readonly port: number;
  /** User settings of every window. Undefined: leave what is there. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Asked of every browser. Undefined: none, for tests. */
  readonly connectionToken?: string;
  /** Obeys the test payload in the URL, and shows no notifications. */
  readonly smokeTestDriver?: boolean;
  /** Folders are not trusted until somebody says so. Default: all are. */
  readonly asksForTrust?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** A running code-server on 127.0.0.1. */
export interface CodeServer {
  readonly origin: string;
  /** What it printed so far. */
  readonly output: () => string;
  /** Extension hosts alive now. */
  readonly hosts: () => number;
  /** Resolves when no more than `count` extension hosts are left; rejects after 60 s. Close the pages first. */
  readonly hostsLeft: (count: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts the server and resolves when it answers. Refuses a port that is in use: what runs there would be tested instead. */
export async function startCodeServer(install: CodeServerInstall, options: CodeServerOptions): Promise<CodeServer> {
  await requireFreePort(options.port);
  if (options.settings !== undefined) writeSettings(options.dataFolder, options.settings);
  const child = start(install.node, serverArguments(install, options), {
    env: { ...serverEnvironment(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collectOutput(child);
  const origin = `http://127.0.0.1:${options.port}`;
  const server: CodeServer = {
    origin,
    output,
    hosts: () =>
      count(output(), /Launched Extension Host Process/g) - count(output(), /Extension Host Process exited/g),
    hostsLeft: async (count) => {
      await until(
        () => server.hosts() <= count,
        hostEndTimeoutMs,
        'The extension host did not end after its window closed.',
      );
    },
    stop: () => end(child),
  };
  try {
    await until(() => answers(origin, child, output), startTimeoutMs, `code-server does not answer at ${origin}.`);
    return server;
  } catch (error) {
    await server.stop();
    throw new Error(`${(error as Error).message}\n${output().slice(-3000)}`, { cause: error });
  }
}

/** Installs a packed extension into a data folder, for the server that is started with it afterwards. */
export async function installExtension(install: CodeServerInstall, dataFolder: string, vsix: string): Promise<void> {
  const args = [install.serverMain, ...folderArguments(dataFolder), '--accept-server-license-terms'];
  const { code, output } = await run(install.node, [...args, '--install-extension', vsix, '--force'], {
    env: serverEnvironment(),
    quiet: true,
    timeoutMs: startTimeoutMs,
  });
  if (code !== 0 || !/successfully installed/.test(output)) {
    throw new Error(`${vsix} could not be installed (exit code ${code}):\n${output.slice(-3000)}`);
  }
}

function serverArguments(install: CodeServerInstall, options: CodeServerOptions): string[] {
  return [
    install.serverMain,
    ...['--host', '127.0.0.1', '--port', String(options.port)],
    ...(options.connectionToken === undefined
      ? ['--without-connection-token']
      : ['--connection-token', options.connectionToken]),
    '--accept-server-license-terms',
    ...(options.asksForTrust === true ? [] : ['--disable-workspace-trust']),
    ...['--telemetry-level', 'off'],
    ...['--reconnection-grace-time', String(reconnectionGraceSeconds)],
    ...(options.smokeTestDriver === true ? ['--enable-smoke-test-driver'] : []),
    ...folderArguments(options.dataFolder),
  ];
}

function folderArguments(dataFolder: string): string[] {
  return [
    ...['--server-data-dir', dataFolder],
    ...['--user-data-dir', join(dataFolder, 'data')],
    ...['--extensions-dir', join(dataFolder, 'extensions')],
  ];
}

/** As user and as machine settings: a remote window takes machine-scoped ones from the latter only. */
export function writeSettings(dataFolder: string, settings: Readonly<Record<string, unknown>>): void {
  for (const file of settingsFiles(dataFolder)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(settings, null, 2)}\n`);
  }
}

/** What stands in both now. */
export function settingsTexts(dataFolder: string): readonly string[] {
  return settingsFiles(dataFolder).map((file) => readFileSync(file, 'utf8'));
}

function settingsFiles(dataFolder: string): readonly string[] {
  return ['User', 'Machine'].map((owner) => join(dataFolder, 'data', owner, 'settings.json'));
}

/** Variables of a VS Code terminal would make the server talk to that VS Code. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_RUN_AS_NODE)/.test(name));
  return { ...Object.fromEntries(inherited), EXTENSIONS_GALLERY: '{"serviceUrl":""}' };
}

function collectOutput(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  }
  return () => text;
}

async function answers(origin: string, child: ChildProcess, output: () => string): Promise<boolean> {
  if (child.exitCode !== null) throw new Error(`code-server ended with exit code ${child.exitCode}.\n${output()}`);
  try {
    const response = await fetch(`${origin}/version`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Polls a condition; what it throws ends the wait. */
async function until(condition: () => boolean | Promise<boolean>, timeoutMs: number, message: string): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(message);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

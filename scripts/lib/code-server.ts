import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { cacheFolder } from './project.mjs';

/** 4.139.1 is VS Code 1.139.1. Raised together with the selectors of scripts/lib/workbench.ts. */
export const codeServerVersion = '4.139.1';
/** The Node.js that this code-server declares; it comes from npm as well. */
const nodeVersion = '24.21.0';
const nodeMajor = nodeVersion.split('.')[0];
const installTimeoutMs = 15 * 60_000;

export interface CodeServerInstall {
  /** The Node.js to run it with. */
  readonly node: string;
  readonly serverMain: string;
}

/**
 * The installed code-server, or undefined.
 *
 * @param folder where `installCodeServer` put it
 */
export function findCodeServer(folder: string = codeServerFolder()): CodeServerInstall | undefined {
  const vscode = vscodeFolder(folder);
  const serverMain = join(vscode, 'out', 'server-main.js');
  const isComplete = [serverMain, join(vscode, 'node_modules'), join(vscode, 'extensions', 'node_modules')].every(
    existsSync,
  );
  return isComplete ? { node: nodeBinary(folder), serverMain } : undefined;
}

/** The installed code-server; installs it from npm first when needed (half a minute, 800 MB). Throws when it cannot. */
export async function ensureCodeServer(folder: string = codeServerFolder()): Promise<CodeServerInstall> {
  const found = findCodeServer(folder);
  if (found !== undefined) return found;
  if (!['linux', 'darwin'].includes(process.platform)) {
    throw new Error(`code-server does not run on ${process.platform}; install desktop VS Code instead.`);
  }
  console.log(`› Installing code-server ${codeServerVersion} into ${folder} (once; about 800 MB)`);
  await installCodeServer(folder);
  const installed = findCodeServer(folder);
  if (installed === undefined) throw new Error(`code-server in ${folder} is not complete after its installation.`);
  return installed;
}

function codeServerFolder(): string {
  return join(cacheFolder, `code-server-${codeServerVersion}`);
}

/**
 * Its own post-install compiles native modules (kerberos) that nothing here needs and that fail without their system
 * libraries; so scripts are off, and the two inner installs it would have done are done here.
 */
async function installCodeServer(folder: string): Promise<void> {
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  writeFileSync(join(partial, 'package.json'), '{ "private": true }\n');

  const packages = [`code-server@${codeServerVersion}`];
  if (!isOwnNodeUsable()) packages.push(`${nodePackage()}@${nodeVersion}`);
  await install(partial, ['--no-save', ...packages]);
  const node = nodeBinary(partial);
  await install(vscodeFolder(partial), ['--omit=dev'], node);
  await install(join(vscodeFolder(partial), 'extensions'), ['--omit=dev'], node);

  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
}

async function install(cwd: string, args: readonly string[], node?: string): Promise<void> {
  const { code, output } = await npm(
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=5', ...args],
    { cwd, quiet: true, timeoutMs: installTimeoutMs, ...(node === undefined ? {} : { node }) },
  );
  if (code !== 0) throw new Error(`npm install in ${cwd} failed (exit code ${code}):\n${output.slice(-3000)}`);
}

function vscodeFolder(folder: string): string {
  return join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
}

function isOwnNodeUsable(): boolean {
  return process.versions.node.split('.')[0] === nodeMajor;
}

function nodePackage(): string {
  return `node-${process.platform}-${process.arch}`;
}

function nodeBinary(folder: string): string {
  const own = join(folder, 'node_modules', nodePackage(), 'bin', 'node');
  return existsSync(own) ? own : process.execPath;
}

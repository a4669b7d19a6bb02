// Calls npm, the one that started us where there is one.
import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from './child.mjs';
import { cacheFolder } from './project.mjs';

/** Runs npm to its end. `node` overrides the Node.js that npm and its scripts run on. */
export function npm(args, { node = process.execPath, env = process.env, ...options } = {}) {
  const environment = {
    ...withoutScriptVariables(env),
    ...writableCache(),
    PATH: `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${env.PATH ?? ''}`,
  };
  const cli = npmCli();
  return cli === undefined
    ? run('npm', args, { ...options, env: environment, shell: process.platform === 'win32' })
    : run(node, [cli, ...args], { ...options, env: environment });
}

function npmCli() {
  const besideNode = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  const onWindows = join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  return [process.env.npm_execpath, besideNode, onWindows].find(
    (path) => path !== undefined && /npm-cli\.c?js$/.test(path) && existsSync(path),
  );
}

/** What `npm run` sets for its own child would make a nested npm read the wrong project. */
function withoutScriptVariables(env) {
  const passed = Object.entries(env).filter(
    ([name]) => !/^npm_(package|lifecycle|command|config_local_prefix)/.test(name) && name !== 'INIT_CWD',
  );
  return Object.fromEntries(passed);
}

/** A home folder that cannot be written to (some CI users) must not stop an install. */
function writableCache() {
  if (process.env.npm_config_cache !== undefined) return {};
  try {
    accessSync(homedir(), constants.W_OK);
    return {};
  } catch {
    return { npm_config_cache: join(cacheFolder, 'npm-cache') };
  }
}

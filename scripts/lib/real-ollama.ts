import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { at } from './project.mjs';
import { installPackages, packageFolder, type NoEngine } from './real-engine';

/** A real Ollama, and the weights that models are made of. */
export interface RealOllama {
  readonly binary: string;
  readonly version: string;
  readonly weights: string;
}

const version = '0.33.0';
const module = 'github.com/ollama/ollama';
const folder = at('.cache', 'engines', `ollama-${version}`);
/** About 3 minutes of one core and 100 MB of modules; much longer beside other work. */
const buildTimeoutMs = 25 * 60_000;

/**
 * Builds Ollama from its Go module, once, into `.cache/engines`. The module has no llama-server, which a release ships
 * beside it: scripts/engines/ollama_runner.py takes its place, in the folder where Ollama looks for it.
 */
export async function findRealOllama(): Promise<RealOllama | NoEngine> {
  if (process.platform === 'win32') return { reason: 'its runner is a shell script here, which Windows cannot start' };
  const installed = await installPackages();
  if ('reason' in installed) return installed;
  const binary = join(folder, 'bin', 'ollama');
  if (!existsSync(binary)) {
    const reason = await build();
    if (reason !== undefined) return { reason };
  }
  writeRunner(installed.python);
  return { binary, version, weights: installed.weights };
}

async function build(): Promise<string | undefined> {
  const go = await run('go', ['version'], { timeoutMs: 20_000, quiet: true });
  if (go.code !== 0) return 'no Go to build it with';
  console.log(`› Building Ollama ${version} into .cache/engines (3 minutes of one core, once)`);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const flags = `-X=${module}/version.Version=${version}`;
  const { code, timedOut, output } = await run('go', ['install', '-ldflags', flags, `${module}@v${version}`], {
    timeoutMs: buildTimeoutMs,
    quiet: true,
    env: { ...process.env, GOBIN: join(folder, 'bin') },
  });
  if (code === 0) return undefined;
  return timedOut ? 'its build took too long' : `its build failed: ${output.trim().split('\n').at(-1) ?? ''}`;
}

/** Ollama on Linux looks in `../lib/ollama`, on macOS beside itself too. */
function writeRunner(python: string): void {
  const library = join(folder, 'lib', 'ollama');
  mkdirSync(library, { recursive: true });
  const runner = at('scripts', 'engines', 'ollama_runner.py');
  const scripts = {
    'llama-server': `#!/bin/sh\nexec '${python}' '${runner}' '${packageFolder}' "$@"\n`,
    // `ollama create` has every GGUF copied by it: --allow-requantize IN OUT COPY
    'llama-quantize': '#!/bin/sh\n[ "$4" = COPY ] || exit 1\nexec cp "$2" "$3"\n',
  };
  for (const [name, text] of Object.entries(scripts)) {
    const file = join(library, name);
    writeFileSync(file, text);
    chmodSync(file, 0o755);
  }
}

import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { at, root } from './project.mjs';

/** Compiles test/host into out/host and answers the path of the index. */
export async function buildHostTests(): Promise<string> {
  const names = readdirSync(at('test', 'host')).filter((name) => name === 'index.ts' || name.endsWith('.test.ts'));
  const outdir = at('out', 'host');
  rmSync(outdir, { recursive: true, force: true });
  await compile(
    names.map((name) => at('test', 'host', name)),
    outdir,
  );
  return at('out', 'host', 'index.cjs');
}

/** Compiles one module that exports `run()` and answers its path. */
export async function buildHostModule(entry: string): Promise<string> {
  const outdir = at('out', 'host-bench');
  await compile([entry], outdir);
  return join(outdir, `${basename(entry, '.ts')}.cjs`);
}

/** Bundles everything but `vscode`, so that it runs in any host, whatever its Node.js resolves. */
async function compile(entryPoints: string[], outdir: string): Promise<void> {
  await build({
    entryPoints,
    outdir,
    outExtension: { '.js': '.cjs' },
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    keepNames: true,
    sourcemap: 'inline',
    sourcesContent: false,
    external: ['vscode'],
    logLevel: 'warning',
    // Both are for mocha's parallel mode, which is not used.
    logOverride: { 'require-resolve-not-external': 'silent' },
    // mocha's ESM entry re-exports its CommonJS one; the latter bundles without a copy of both.
    alias: { mocha: at('node_modules', 'mocha', 'lib', 'mocha.cjs') },
  });
}

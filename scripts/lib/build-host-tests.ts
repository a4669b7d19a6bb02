import { readdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { at, root } from './project.mjs';

/**
 * Compiles test/host into out/host and answers the path of the index. Everything but `vscode` is bundled, so that the
 * tests run in any host, whatever its Node.js resolves.
 */
export async function buildHostTests(): Promise<string> {
  const names = readdirSync(at('test', 'host')).filter((name) => name === 'index.ts' || name.endsWith('.test.ts'));
  const outdir = at('out', 'host');
  rmSync(outdir, { recursive: true, force: true });
  await build({
    entryPoints: names.map((name) => at('test', 'host', name)),
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
  return at('out', 'host', 'index.cjs');
}

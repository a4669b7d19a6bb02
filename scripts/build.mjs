// Builds everything that ships into dist/. `--watch` keeps building, `--production` minifies and drops source maps.
import { context, build } from 'esbuild';
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { splitCommonjs } from './lib/split-commonjs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

const node = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minify: production,
  keepNames: true,
  sourcemap: production ? false : 'linked',
  sourcesContent: false,
  logLevel: 'warning',
  legalComments: 'none',
  // ESM builds first where a package has both: they shake better (vscode-jsonrpc and ipaddr.js have no such build).
  mainFields: ['module', 'main'],
  absWorkingDir: root,
};

const emptyModule = join(root, 'scripts/lib/empty-module.cjs');
/**
 * acme-client also brings an older API on node-forge and sends through axios. FLM uses neither (src/tls/acme/transport.ts):
 * without the one and with the smallest axios, 400 kB stay out of the bundle.
 */
const slimAcmeClient = {
  name: 'slim-acme-client',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\/crypto\/forge$/ }, () => ({ path: emptyModule }));
    onResolve({ filter: /^axios$/ }, () => ({ path: join(root, 'node_modules/axios/dist/browser/axios.cjs') }));
  },
};

/** One row per bundle. A row whose entry does not exist yet is skipped, so that a checkout in the making still builds. */
const bundles = [
  { ...node, entryPoints: { extension: 'src/extension.ts' }, external: ['vscode'], plugins: [splitCommonjs] },
  // Names of functions cost a call for every closure made: 8 % of a request (src/proxy/SPEED.md).
  { ...node, entryPoints: { gateway: 'src/gateway/main.ts' }, external: ['./tls.js'], keepNames: false },
  { ...node, entryPoints: { tls: 'src/tls/main.ts' }, plugins: [slimAcmeClient] },
  { ...node, entryPoints: { 'storage-worker': 'src/storage/storage-worker.ts' }, keepNames: false },
  {
    ...node,
    entryPoints: { webview: 'webview/main.ts' },
    platform: 'browser',
    format: 'iife',
    // The Chromium of VS Code 1.104.
    target: 'chrome138',
    mainFields: ['browser', 'module', 'main'],
    keepNames: false,
  },
  {
    ...node,
    entryPoints: { webview: 'webview/panel.css' },
    platform: 'browser',
    target: 'chrome138',
    // The icon font keeps its name: the page may load nothing else.
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
  },
  { ...node, entryPoints: { 'demo-engine': 'test/helpers/engines/demo-engine.ts' } },
].map((options) => ({ ...options, outdir: 'dist' }));

const assets = [['node_modules/sql.js/dist/sql-wasm.wasm', 'dist/sql-wasm.wasm']];

mkdirSync(join(root, 'dist'), { recursive: true });
if (production) rmSync(join(root, 'dist'), { recursive: true, force: true });
mkdirSync(join(root, 'dist'), { recursive: true });
for (const [from, to] of assets) copyFileSync(join(root, from), join(root, to));

const present = bundles.filter((options) =>
  Object.values(options.entryPoints).every((file) => existsSync(join(root, file))),
);
if (watch) {
  for (const options of present) await (await context({ ...options, logLevel: 'info' })).watch();
} else {
  await Promise.all(present.map((options) => build(options)));
}

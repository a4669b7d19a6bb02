import { build } from 'esbuild';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../../..');

/** The gateway and what the tests run beside it, bundled as they ship, in a folder of their own. */
export interface BuiltGateway {
  readonly folder: string;
  readonly gatewayFile: string;
  /** A window as a process: see window-process.ts. */
  readonly windowFile: string;
}

let built: Promise<BuiltGateway> | undefined;

/** Builds once for all tests of a run; removed when the process ends. */
export function builtGateway(): Promise<BuiltGateway> {
  built ??= bundle();
  return built;
}

async function bundle(): Promise<BuiltGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'flm-built-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await build({
    entryPoints: {
      gateway: join(root, 'src/gateway/main.ts'),
      tls: join(root, 'src/tls/main.ts'),
      'storage-worker': join(root, 'src/storage/storage-worker.ts'),
      'window-process': join(__dirname, 'window-process.ts'),
      'demo-engine': join(root, 'test/helpers/engines/demo-engine.ts'),
    },
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['./tls.js'],
    mainFields: ['module', 'main'],
    logLevel: 'error',
    absWorkingDir: root,
  });
  copyFileSync(join(root, 'node_modules/sql.js/dist/sql-wasm.wasm'), join(folder, 'sql-wasm.wasm'));
  return {
    folder,
    gatewayFile: join(folder, 'gateway.js'),
    windowFile: join(folder, 'window-process.js'),
  };
}

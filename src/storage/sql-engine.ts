import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import initSqlJs from 'sql.js';
import type { SqlJsStatic } from 'sql.js';

export type SqlEngine = SqlJsStatic;

const wasmName = 'sql-wasm.wasm';
let engine: Promise<SqlJsStatic> | undefined;

/** SQLite as WebAssembly, loaded once per thread: about 30 ms. Rejects when the .wasm file is missing or broken. */
export function loadSqlEngine(): Promise<SqlJsStatic> {
  engine ??= readWasm().then((wasmBinary) => initSqlJs({ wasmBinary: new Uint8Array(wasmBinary).buffer }));
  engine.catch(() => (engine = undefined)); // The next try may find the file.
  return engine;
}

/** Beside the bundle when shipped, in node_modules when run from source. Never fetched. */
async function readWasm(): Promise<Uint8Array> {
  try {
    return await readFile(join(__dirname, wasmName));
  } catch (error) {
    const fromSource = createRequire(__filename);
    try {
      return await readFile(fromSource.resolve(`sql.js/dist/${wasmName}`));
    } catch {
      throw error;
    }
  }
}

// `node scripts/conformance.mjs`: tries every official client with every kind of engine and writes what it saw to
// src/proxy/CONFORMANCE.md. Ends with 1 when a cell fails.
import { spawnSync } from 'node:child_process';
import { ensureInstalled } from './lib/ensure-installed.mjs';
import { at } from './lib/project.mjs';

await ensureInstalled();
const mocha = at('node_modules', 'mocha', 'bin', 'mocha.js');
const test = 'test/integration/conformance/conformance.test.ts';
const { status } = spawnSync(process.execPath, [mocha, '--reporter', 'dot', test], {
  cwd: at(),
  env: { ...process.env, FLM_WRITE_CONFORMANCE: '1' },
  stdio: 'inherit',
});
process.exit(status ?? 1);

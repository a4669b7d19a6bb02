// `npm run test:engines [-- --direct]`: streams, embeds and aborts against a real llama-server with real weights, through
// the gateway (`--direct`: without it). `npm run test:engines -- ollama` does so against a real Ollama, which it builds
// first (minutes of work). Ends with `N passed, N failed`; without an engine it says so and succeeds.
import { existsSync } from 'node:fs';
import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/ensure-installed.mjs';
import { at } from './lib/project.mjs';
import { load } from './lib/typescript.mjs';

const direct = process.argv.includes('--direct');
if (process.argv.includes('--verbose')) process.env.FLM_TEST_VERBOSE = '1';

try {
  await ensureInstalled();
  const { passed, failed, failures } = await (process.argv.includes('ollama') ? againstOllama() : againstLlamaServer());
  for (const { title, message } of failures) console.error(`\n${title}\n${message}\n`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

async function againstLlamaServer() {
  const { findRealEngine } = await load('./real-engine.ts');
  const engine = await findRealEngine();
  if ('reason' in engine) skip(engine.reason);
  if (!direct) await buildGateway();
  console.log(`› ${engine.modelName}, ${(engine.modelBytes / 1e6).toFixed(1)} MB, served by ${engine.origin}`);
  const { testAgainst } = await load('./real-engine-run.ts');
  return testAgainst(engine, { direct });
}

async function againstOllama() {
  const { findRealOllama } = await load('./real-ollama.ts');
  const ollama = await findRealOllama();
  if ('reason' in ollama) skip(ollama.reason);
  await buildGateway();
  console.log(`› Ollama ${ollama.version}`);
  const { testOllama } = await load('./real-ollama-run.ts');
  return testOllama(ollama);
}

function skip(reason) {
  console.log(`Skipped, no real engine: ${reason}.`);
  process.exit(0);
}

async function buildGateway() {
  await build();
  if (!existsSync(at('dist', 'gateway.js'))) throw new Error('The build made no dist/gateway.js.');
}

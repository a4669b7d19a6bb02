import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { end } from './child.mjs';
import { answers, launcher, startGateway, type Running } from './engine-run';
import { freePort } from './free-port';
import { runMocha } from './mocha-suite';
import type { RealEngine } from './real-engine';
import type { TestResult } from './result-reporter';

const loadTimeoutMs = 3 * 60_000;
const suiteTimeoutMs = 6 * 60_000;

/**
 * Runs the tests of a real llama-server against two of them: one that chats, one that embeds, and unless `direct` the
 * gateway in front of them. Everything started is ended, whatever happens.
 */
export async function testAgainst(engine: RealEngine, options: { readonly direct: boolean }): Promise<TestResult> {
  const folder = mkdtempSync(join(tmpdir(), 'flm-engines-'));
  const running: Running[] = [];
  const launch = launcher(running);
  try {
    const chat = { port: await freePort(), embeddings: false };
    const embed = { port: await freePort(), embeddings: true };
    for (const server of [chat, embed]) {
      const url = `http://127.0.0.1:${server.port}/health`;
      await answers(launch(...engine.command(server.port, server)), url, loadTimeoutMs);
    }
    const urls = { chat: `http://127.0.0.1:${chat.port}`, embed: `http://127.0.0.1:${embed.port}` };
    const addresses = [
      { url: urls.chat, kind: 'llamacpp', name: 'chat' },
      { url: urls.embed, kind: 'llamacpp', name: 'embed' },
    ];
    const endpoint = options.direct ? undefined : await startGateway(launch, folder, addresses);
    Object.assign(process.env, {
      FLM_TEST_CHAT_URL: urls.chat,
      FLM_TEST_EMBED_URL: urls.embed,
      FLM_TEST_MODEL_NAME: engine.modelName,
      ...(endpoint === undefined ? {} : { FLM_TEST_ENDPOINT: endpoint }),
    });
    return await runMocha(['test/engines/llama-server.test.ts'], suiteTimeoutMs);
  } finally {
    await Promise.all(running.map(({ child }) => end(child)));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';
import { end, start } from './child.mjs';
import { freePort } from './free-port';
import { runMocha } from './mocha-suite';
import { at } from './project.mjs';
import type { RealEngine } from './real-engine';
import type { TestResult } from './result-reporter';

const loadTimeoutMs = 3 * 60_000;
const gatewayTimeoutMs = 30_000;
const suiteTimeoutMs = 6 * 60_000;
const logLength = 4000;

interface Running {
  readonly child: ChildProcess;
  /** The last of what it printed. */
  readonly log: () => string;
}

/**
 * Runs test/engines against real servers: one that chats, one that embeds, and unless `direct` the gateway in front of
 * them. Everything started is ended, whatever happens.
 */
export async function testAgainst(engine: RealEngine, options: { readonly direct: boolean }): Promise<TestResult> {
  const folder = mkdtempSync(join(tmpdir(), 'flm-engines-'));
  const running: Running[] = [];
  const launch = (program: string, args: readonly string[]): Running => {
    const one = watch(start(program, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
    running.push(one);
    return one;
  };
  try {
    const chat = { port: await freePort(), embeddings: false };
    const embed = { port: await freePort(), embeddings: true };
    for (const server of [chat, embed]) {
      await healthy(launch(...engine.command(server.port, server)), server.port);
    }
    const urls = { chat: `http://127.0.0.1:${chat.port}`, embed: `http://127.0.0.1:${embed.port}` };
    const endpoint = options.direct ? undefined : await startGateway(launch, folder, urls);
    Object.assign(process.env, {
      FLM_TEST_CHAT_URL: urls.chat,
      FLM_TEST_EMBED_URL: urls.embed,
      FLM_TEST_MODEL_NAME: engine.modelName,
      ...(endpoint === undefined ? {} : { FLM_TEST_ENDPOINT: endpoint }),
    });
    return await runMocha('test/engines/**/*.test.ts', suiteTimeoutMs);
  } finally {
    await Promise.all(running.map(({ child }) => end(child)));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function watch(child: ChildProcess): Running {
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-logLength)));
  }
  child.once('error', (error) => (log += error.message));
  return { child, log: () => log };
}

function hasEnded({ child }: Running): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

async function healthy(server: Running, port: number): Promise<void> {
  const deadline = Date.now() + loadTimeoutMs;
  while (Date.now() < deadline) {
    if (hasEnded(server)) throw new Error(`The engine ended while it was starting:\n${server.log()}`);
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(2000) }).catch(
      () => undefined,
    );
    if (answer?.ok === true) return;
    await delay(200);
  }
  throw new Error(`The engine did not load its model within ${loadTimeoutMs / 1000} s:\n${server.log()}`);
}

/** Starts dist/gateway.js with both servers configured and answers with its endpoint. */
async function startGateway(
  launch: (program: string, args: readonly string[]) => Running,
  folder: string,
  urls: { readonly chat: string; readonly embed: string },
): Promise<string> {
  const config = join(folder, 'config.json');
  const addresses = [
    { url: urls.chat, kind: 'llamacpp', name: 'chat' },
    { url: urls.embed, kind: 'llamacpp', name: 'embed' },
  ];
  writeFileSync(config, JSON.stringify({ 'engines.detect': false, 'engines.addresses': addresses }));
  const port = String(await freePort());
  const args = [at('dist', 'gateway.js'), '--config', config, '--data-dir', join(folder, 'data'), '--port', port];
  const gateway = launch(process.execPath, args);
  const deadline = Date.now() + gatewayTimeoutMs;
  while (Date.now() < deadline) {
    const endpoint = endpointIn(gateway.log());
    if (endpoint !== undefined) return endpoint;
    if (hasEnded(gateway)) throw new Error(`The gateway ended while it was starting:\n${gateway.log()}`);
    await delay(50);
  }
  throw new Error(`The gateway did not serve within ${gatewayTimeoutMs / 1000} s:\n${gateway.log()}`);
}

function endpointIn(log: string): string | undefined {
  for (const line of log.split('\n')) {
    if (!line.startsWith('{')) continue;
    try {
      const { endpoint } = JSON.parse(line) as { endpoint?: unknown };
      if (typeof endpoint === 'string') return endpoint;
    } catch {
      // A line that has not arrived whole yet, or a log line.
    }
  }
  return undefined;
}

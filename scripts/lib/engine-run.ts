import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';
import { start } from './child.mjs';
import { freePort } from './free-port';
import { at } from './project.mjs';

const gatewayTimeoutMs = 30_000;
const logLength = 4000;

/** A server that was started for the tests. */
export interface Running {
  readonly child: ChildProcess;
  /** The last of what it printed. */
  readonly log: () => string;
}

export type Launch = (program: string, args: readonly string[], env?: NodeJS.ProcessEnv) => Running;

/** Starts programs and remembers them in `running`, for the one who has to end them. */
export function launcher(running: Running[]): Launch {
  return (program, args, env) => {
    const one = watch(start(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(env && { env }) }));
    running.push(one);
    return one;
  };
}

/** Resolves once `url` answers with success; throws when the server ends before that, or after `timeoutMs`. */
export async function answers(server: Running, url: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (hasEnded(server)) throw new Error(`The engine ended while it was starting:\n${server.log()}`);
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    if (answer?.ok === true) return;
    await delay(200);
  }
  throw new Error(`The engine was not ready within ${timeoutMs / 1000} s:\n${server.log()}`);
}

/** Starts dist/gateway.js with these engines alone and answers with its endpoint. */
export async function startGateway(launch: Launch, folder: string, addresses: readonly object[]): Promise<string> {
  const config = join(folder, 'config.json');
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

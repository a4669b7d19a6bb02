import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import OpenAI from 'openai';
import { commands, ConfigurationTarget, extensions, workspace, type Extension } from 'vscode';
import type { SettingKey } from '../../src/core/config-schema';
import type { Engine } from '../../src/core/engine';
import type { FlmApi } from '../../src/compose';
import type { CommandId } from '../../src/editor/contributions';
import type { GatewayState } from '../../src/protocol/gateway-rpc';
import { startLlamaServer } from '../helpers/engines/llama-server';
import { startLmStudio } from '../helpers/engines/lmstudio';
import { startOllama } from '../helpers/engines/ollama';
import { startVllm } from '../helpers/engines/vllm';

/** Wide enough for a busy machine: it ends a hang, it judges no speed. */
const waitTimeoutMs = 30_000;

export function extension(): Extension<FlmApi> {
  const found = extensions.getExtension<FlmApi>('flm.flm');
  assert.ok(found, 'the extension is not installed');
  return found;
}

export async function api(): Promise<FlmApi> {
  return extension().activate();
}

/** The gateway's state as soon as it satisfies the condition; rejects after 30 s and says what it was then. */
export async function stateWhere(what: string, condition: (state: GatewayState) => boolean): Promise<GatewayState> {
  const flm = await api();
  const deadline = Date.now() + waitTimeoutMs;
  for (;;) {
    const { state } = flm;
    if (state !== undefined && condition(state)) return state;
    if (Date.now() > deadline) throw new Error(`${what}: not within 30 s. ${JSON.stringify(state)}`);
    await delay(20);
  }
}

/** Runs a command of FLM by its id. */
export async function execute(command: CommandId, ...args: readonly unknown[]): Promise<void> {
  await commands.executeCommand(command, ...args);
}

/** Starts the proxy and answers its endpoint. */
export async function startProxy(): Promise<string> {
  await execute('flm.proxy.start');
  const { proxy } = await stateWhere('the proxy is on', (state) => state.proxy.phase === 'on');
  assert.ok(proxy.endpoint);
  return proxy.endpoint;
}

export async function stopProxy(): Promise<void> {
  await execute('flm.proxy.stop');
  await stateWhere('the proxy is off', (state) => state.proxy.phase === 'off');
}

/** Writes a setting as a user would; undefined takes it back to what the test run began with. */
export async function configure(key: SettingKey, value: unknown): Promise<void> {
  await workspace.getConfiguration('flm').update(key, value, ConfigurationTarget.Global);
}

/** The engines once they are the given ones, all of them healthy. */
export async function enginesAt(urls: readonly string[]): Promise<readonly Engine[]> {
  const { engines } = await stateWhere(`healthy engines at ${urls.join(', ')}`, (state) => {
    const { engines } = state.engines;
    return engines.length === urls.length && urls.every((url) => engines.some((engine) => isHealthyAt(engine, url)));
  });
  return engines.engines;
}

function isHealthyAt(engine: Engine, url: string): boolean {
  return engine.baseUrl === url && engine.state === 'healthy' && engine.models.length > 0;
}

/** The official client, as a user of the endpoint would set it up. Never retries: a first failure is one. */
export function client(baseURL: string): OpenAI {
  return new OpenAI({ baseURL, apiKey: 'not-needed', maxRetries: 0, timeout: 20_000 });
}

/** One simulator of each kind, by kind. */
export const starters = {
  ollama: () => startOllama(),
  llamacpp: () => startLlamaServer(),
  vllm: () => startVllm(),
  lmstudio: () => startLmStudio(),
} as const;

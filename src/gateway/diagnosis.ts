import type { ApiKey } from '../core/api-key';
import type { Catalog, CatalogEntry } from '../core/catalog';
import { isUsable } from '../core/engine';
import { reasonText } from '../core/reason';
import { gatewayHeader } from '../core/upstream';
import type { DiagnosisStep, GatewayState } from '../protocol/gateway-rpc';
import { step } from './diagnosis-step';
import type { HttpAnswer, HttpCall } from './http-call';
import { sharingSteps } from './sharing-diagnosis';

const healthTimeoutMs = 5_000;
/** Long enough for one token of a loaded model on a busy machine. */
const chatTimeoutMs = 30_000;
const maxErrorLength = 200;

export interface DiagnosisDeps {
  readonly state: () => GatewayState;
  readonly catalog: Catalog;
  readonly call: HttpCall;
  readonly keys: () => readonly ApiKey[] | Promise<readonly ApiKey[]>;
  /** Epoch ms. */
  readonly now: () => number;
}

/**
 * Follows a request from engine to client and says for each step whether it works. Sends one real request through our
 * own endpoint: one token, to a model that is loaded already, so that nothing is loaded because somebody asked. What
 * is wrong with keys, exposure or storage does not keep that request from being sent.
 * Takes at most 35 s; never rejects because of what it finds.
 */
export async function diagnose(deps: DiagnosisDeps): Promise<readonly DiagnosisStep[]> {
  const state = deps.state();
  const path = [
    step('gateway', true, 'gateway.ok', state.pid, new Date(state.startedAt).toISOString()),
    enginesStep(state),
    modelsStep(state, deps.catalog),
    await proxyStep(state, deps.call),
  ];
  const sharing = sharingSteps(state, await deps.keys(), deps.now());
  return [...path, ...sharing, await clientStep(deps, path)];
}

function enginesStep({ engines: { engines } }: GatewayState): DiagnosisStep {
  const running = engines.filter((engine) => engine.state !== 'installed');
  const usable = running.filter((engine) => isUsable(engine.state));
  const first = running[0];
  if (first === undefined) return step('engines', false, 'engines.none');
  if (usable.length === 0) return step('engines', false, 'engines.noneUsable', first.name, reasonText(first.reason));
  const names = usable.map((engine) => engine.name).join(', ');
  return step('engines', true, 'engines.ok', usable.length, running.length, names);
}

function modelsStep({ engines: { engines } }: GatewayState, catalog: Catalog): DiagnosisStep {
  const entries = catalog.list();
  if (entries.length > 0) return step('models', true, 'models.ok', entries.length, entries.filter(canChat).length);
  const usable = engines.find((engine) => isUsable(engine.state));
  if (usable !== undefined) return step('models', false, 'models.none', usable.name);
  return step('models', false, 'models.ok', 0, 0);
}

async function proxyStep({ proxy }: GatewayState, call: HttpCall): Promise<DiagnosisStep> {
  const { endpoint } = proxy;
  if (proxy.phase !== 'on' || endpoint === undefined) return notOn(proxy);
  const answer = await call({ url: endpoint.replace(/\/v1$/, '/health'), timeoutMs: healthTimeoutMs });
  if (!answer.ok) return step('proxy', false, 'proxy.unreachable', endpoint, answer.problem);
  if (answer.headers[gatewayHeader] === undefined) return step('proxy', false, 'proxy.notOurs', endpoint);
  return step('proxy', true, 'proxy.ok', endpoint, Math.round(answer.durationMs));
}

/** Somebody who asks why nothing answers has to hear why it could not be started. */
function notOn({ notice }: GatewayState['proxy']): DiagnosisStep {
  if (notice === undefined) return step('proxy', false, 'proxy.off');
  return { step: 'proxy', ok: false, finding: { code: 'proxy.failed', args: [], reason: notice } };
}

async function clientStep(deps: DiagnosisDeps, earlier: readonly DiagnosisStep[]): Promise<DiagnosisStep> {
  const { endpoint } = deps.state().proxy;
  if (endpoint === undefined || earlier.some(({ ok }) => !ok)) return step('client', false, 'client.skipped');
  const entry = testModel(deps.catalog.list());
  if (entry === undefined) return step('client', true, 'client.noModel');
  const answer = await deps.call({
    url: `${endpoint}/chat/completions`,
    body: { model: entry.id, messages: [{ role: 'user', content: 'Hi' }], max_tokens: 1, stream: false },
    timeoutMs: chatTimeoutMs,
  });
  if (!answer.ok) return step('client', false, 'client.noAnswer', entry.id, answer.problem);
  if (answer.status === 200) return step('client', true, 'client.ok', entry.id, Math.round(answer.durationMs));
  return step('client', false, 'client.failed', entry.id, answer.status, errorText(answer));
}

/** A chat model that answers without being loaded first: known to be loaded, else one whose engine does not tell. */
function testModel(entries: readonly CatalogEntry[]): CatalogEntry | undefined {
  const ready = entries.filter(({ engine, model }) => {
    const isReady = engine.state === 'healthy' || engine.state === 'degraded';
    return isReady && model.isLoaded !== false && model.isLoading !== true && model.isCloud !== true;
  });
  const chats = ready.filter(canChat);
  return chats.find(({ model }) => model.isLoaded === true) ?? chats[0];
}

function canChat({ model }: CatalogEntry): boolean {
  return model.capabilities.includes('chat');
}

function errorText(answer: HttpAnswer & { ok: true }): string {
  try {
    const { error } = JSON.parse(answer.text) as { error?: { message?: unknown } };
    if (typeof error?.message === 'string') return error.message.slice(0, maxErrorLength);
  } catch {
    // Not ours to judge: the raw text says as much as there is.
  }
  return answer.text.slice(0, maxErrorLength);
}

import type { Engine } from '../../../src/core/engine';
import type { Model } from '../../../src/core/model';
import { fillTemplate, reason } from '../../../src/core/reason';
import type { GatewayStatus } from '../../../src/editor/gateway-port';
import type { Localizer } from '../../../src/editor/localizer';
import type { TreeOptions } from '../../../src/editor/tree/tree-options';
import type { GatewayState, ProxyState } from '../../../src/protocol/gateway-rpc';
import type { SecuritySummary } from '../../../src/protocol/security-rpc';
import { quietSharing } from '../../helpers/quiet-sharing';

/** Speaks English: templates with their arguments filled in, as VS Code does without a translation. */
export const english: Localizer = {
  language: 'en',
  t: (message, ...args) => fillTemplate(message, args),
};

export const now = Date.UTC(2026, 10, 22, 12, 0, 0);

export function makeModel(model: Partial<Model> = {}): Model {
  return { id: 'llama3.2:3b', capabilities: ['chat'], ...model };
}

export function makeEngine(engine: Partial<Engine> = {}): Engine {
  return {
    id: 'ollama',
    kind: 'ollama',
    name: 'Ollama',
    baseUrl: 'http://127.0.0.1:11434',
    source: 'default-port',
    state: 'healthy',
    reason: reason('engine.healthy', 12),
    since: now - 60_000,
    checkedAt: now,
    latencyMs: 12,
    version: '0.32.15',
    failures: 0,
    models: [makeModel()],
    isStale: false,
    isRemote: false,
    ...engine,
  };
}

export function makeOptions(options: Partial<TreeOptions> = {}): TreeOptions {
  return { now, filter: '', hidden: [], showsHidden: false, defaultModel: '', shown: new Map(), ...options };
}

export function makeState(state: Partial<GatewayState> = {}, engines: readonly Engine[] = []): GatewayState {
  return {
    proxy: { phase: 'off', inFlight: 0, requests: 0 },
    engines: { revision: 1, engines, isScanning: false, scannedAt: now },
    configProblems: [],
    security: makeSecurity(),
    sharing: quietSharing,
    pid: 1,
    startedAt: now,
    ...state,
  };
}

export function makeSecurity(security: Partial<SecuritySummary> = {}): SecuritySummary {
  return {
    mode: 'observe',
    blocks: [],
    usableKeys: 0,
    load: { throttle: 0 },
    storage: { kind: 'ok' },
    ...security,
  };
}

export function connected(state: Partial<GatewayState> = {}, engines: readonly Engine[] = []): GatewayStatus {
  return { phase: 'connected', state: makeState(state, engines) };
}

export function makeProxy(proxy: Partial<ProxyState> = {}): ProxyState {
  return {
    phase: 'on',
    host: '127.0.0.1',
    port: 11435,
    endpoint: 'http://127.0.0.1:11435/v1',
    inFlight: 0,
    requests: 0,
    startedAt: now - 300_000,
    ...proxy,
  };
}

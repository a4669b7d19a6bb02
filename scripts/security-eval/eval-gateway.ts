import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Authenticator } from '../../src/core/authenticator';
import type { BlockStore } from '../../src/core/block';
import type { CatalogEntry } from '../../src/core/catalog';
import type { Clock } from '../../src/core/clock';
import { parseConfig } from '../../src/core/config';
import { silentLogger } from '../../src/core/logger';
import { parsePolicy } from '../../src/core/policy';
import { reason } from '../../src/core/reason';
import type { Gate, RequestFacts } from '../../src/core/request';
import { createProxy } from '../../src/proxy/proxy-server';
import type { Detection } from '../../src/security/gate/detections';
import { SecurityServices } from '../../src/security/security-services';

/** Address a request comes from, with what was seen since the list was last taken. */
export interface EvalGateway {
  readonly port: number;
  readonly blockedAddresses: ReadonlySet<string>;
  readonly warnedAddresses: ReadonlySet<string>;
  /** Everything detected since the last call. */
  takeDetections(): readonly Detection[];
  /**
   * Cost of `gate.admit` for every request so far, µs: each is put before a second gate three times, and the fastest
   * counts, so that what else runs on the machine does not.
   */
  measureCosts(): readonly number[];
  stop(): Promise<void>;
}

/**
 * A gateway as it runs: proxy, security services enforcing with default thresholds, an engine that answers at once.
 * Addresses come from X-Forwarded-For, 127.0.0.1 being a trusted proxy.
 *
 * @param scale how much faster its clock runs than the wall's: sessions are replayed that much faster
 */
export async function startEvalGateway(
  scale: number,
  validKeys: ReadonlySet<string>,
  corsOrigins: readonly string[],
): Promise<EvalGateway> {
  const engine = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end('{"id":"x","object":"chat.completion","choices":[]}');
    });
  });
  await new Promise<void>((resolve) => void engine.listen(0, '127.0.0.1', resolve));
  const entry = nullEntry(`http://127.0.0.1:${(engine.address() as AddressInfo).port}`);
  const parsed = parsePolicy({ mode: 'enforce', services: { resources: 'off' }, trustedProxies: ['127.0.0.1'] });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));

  const clock = scaledClock(scale);
  const { policy } = parsed;
  const build = (): SecurityServices =>
    new SecurityServices({
      policy,
      isLoopbackOnly: false,
      authenticator: knownKeys(validKeys),
      blocks: memoryStore,
      audit: { record: () => undefined, recordAccess: () => undefined },
      load: { read: (at) => Promise.resolve({ at, cpu: 0, memory: 0, eventLoopDelayMs: 0 }), dispose: () => undefined },
      clock,
      logger: silentLogger,
    });
  const services = build();
  services.start();
  const blocked = new Set<string>();
  const warned = new Set<string>();
  let detections: Detection[] = [];
  const asked: RequestFacts[] = [];
  services.gate.onDidDetect((detection) => {
    detections.push(detection);
    if (detection.block !== undefined) blocked.add(detection.address);
    if (detection.isWarning) warned.add(detection.address);
  });
  services.blocklist.onDidChange(({ added }) => {
    if (added !== undefined) blocked.add(added.range);
  });
  const proxy = createProxy({
    config: parseConfig({ 'proxy.allowedHosts': ['localhost'], 'proxy.corsOrigins': [...corsOrigins] }).config,
    catalog: { list: () => [entry], resolve: () => ({ ok: true, candidates: [entry] }) },
    gate: noting(services.gate, asked),
    keys: { get: () => undefined },
    health: { report: () => undefined },
    clock,
    logger: silentLogger,
    version: 'evaluation',
    clientAddress: services.clientAddress,
  });
  const { port } = await proxy.listen(0);
  return {
    port,
    blockedAddresses: blocked,
    warnedAddresses: warned,
    takeDetections: () => {
      const taken = detections;
      detections = [];
      return taken;
    },
    measureCosts: () => costsOf(asked, build().gate),
    stop: async () => {
      await proxy.stop();
      services.dispose();
      engine.closeAllConnections();
      engine.close();
    },
  };
}

function noting(gate: Gate, asked: RequestFacts[]): Gate {
  return {
    admit: (facts) => {
      asked.push(facts);
      return gate.admit(facts);
    },
    acquire: (facts, signal) => gate.acquire(facts, signal),
    report: (event) => gate.report(event),
    settled: (record) => gate.settled(record),
  };
}

function costsOf(asked: readonly RequestFacts[], gate: Gate): readonly number[] {
  return asked.map((facts) => {
    let best = Infinity;
    for (let round = 0; round < 3; round++) {
      const startedAt = performance.now();
      gate.admit(facts);
      best = Math.min(best, performance.now() - startedAt);
    }
    return best * 1000;
  });
}

/** Keys of the honest sessions are valid; everything else is a wrong key, and no key is none. */
function knownKeys(valid: ReadonlySet<string>): Authenticator {
  return {
    verify: ({ headers }) => {
      const credential = String(headers['authorization'] ?? headers['x-api-key'] ?? '');
      if (credential === '') return { ok: false, code: 'key_missing', message: 'An API key is needed.' };
      if (!valid.has(credential))
        return { ok: false, code: 'key_invalid', message: 'The API key is wrong.', attempt: credential };
      return { ok: true, identity: { type: 'key', keyId: credential.slice(0, 12), label: 'evaluation' } };
    },
  };
}

function scaledClock(scale: number): Clock {
  const startedAt = Date.now();
  const origin = performance.now();
  const passed = (): number => (performance.now() - origin) * scale;
  return {
    now: () => startedAt + passed(),
    monotonic: passed,
    setTimeout: (callback, delayMs) => {
      const handle = setTimeout(callback, delayMs / scale);
      handle.unref();
      return { cancel: () => clearTimeout(handle) };
    },
  };
}

const memoryStore: BlockStore = {
  loadBlocks: () => [],
  loadAllowed: () => [],
  putBlock: () => Promise.resolve(),
  removeBlock: () => Promise.resolve(),
  putAllowed: () => Promise.resolve(),
  removeAllowed: () => Promise.resolve(),
};

function nullEntry(baseUrl: string): CatalogEntry {
  const model = { id: 'any', capabilities: ['chat'] } as const;
  return {
    id: 'null/any',
    model,
    engine: {
      id: 'null',
      kind: 'openai',
      name: 'null',
      baseUrl,
      source: 'configured',
      state: 'healthy',
      reason: reason('engine.healthy', 1),
      since: 0,
      failures: 0,
      models: [model],
      isStale: false,
      isRemote: false,
    },
  };
}

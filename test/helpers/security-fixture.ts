import { systemClock, type Clock } from '../../src/core/clock';
import type { AuditEvent, AuditLog } from '../../src/core/audit';
import type { Authenticator, AuthResult, DayMeter, TokenMeter } from '../../src/core/authenticator';
import type { AllowEntry, Block, BlockStore } from '../../src/core/block';
import { silentLogger } from '../../src/core/logger';
import { parsePolicy } from '../../src/core/policy';
import type { SecurityPolicy } from '../../src/core/policy-schema';
import type { AccessRecord, RequestFacts } from '../../src/core/request';
import { routeOf } from '../../src/proxy/route-table';
import type { LoadSource } from '../../src/security/load/resource-sampler';
import { SecurityServices } from '../../src/security/security-services';
import type { Detection } from '../../src/security/gate/detections';

/** A request as the proxy would describe it. */
export interface MadeRequest {
  readonly method?: string;
  readonly target?: string;
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly isDirectLocal?: boolean;
}

let nextId = 0;

/** Facts of a request; by default an honest client on another machine asking for the model list. */
export function makeFacts({
  method = 'GET',
  target = '/v1/models',
  from = '203.0.113.7',
  headers = {},
  isDirectLocal,
}: MadeRequest = {}): RequestFacts {
  const all = { host: '192.0.2.1:11435', 'user-agent': 'OpenAI/JS 6.49.0', accept: 'application/json', ...headers };
  return {
    id: `req_${String(nextId++).padStart(24, '0')}`,
    receivedAt: 0,
    method,
    target,
    headers: all,
    rawHeaders: Object.entries(all).flat(),
    socketAddress: from,
    clientAddress: from,
    isDirectLocal: isDirectLocal ?? /^(?:127\.|::1$)/.test(from),
    route: routeOf(target),
    isTls: false,
  };
}

/** A policy with changes; throws when it is refused. */
export function makePolicy(changes: Readonly<Record<string, unknown>> = {}): SecurityPolicy {
  const parsed = parsePolicy({ mode: 'enforce', ...changes });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

/** Knows keys `good-…`; `decoy-…` are decoys; everything else is wrong. Local callers need none. */
export const fixtureAuthenticator: Authenticator = {
  verify: ({ headers, isDirectLocal }): AuthResult => {
    const text = String(headers['authorization'] ?? '').replace(/^Bearer /, '');
    if (text === '') {
      return isDirectLocal
        ? { ok: true, identity: { type: 'local' } }
        : { ok: false, code: 'key_missing', message: 'An API key is needed.' };
    }
    if (text.startsWith('good-')) return { ok: true, identity: { type: 'key', keyId: text, label: text }, scope: {} };
    const isDecoy = text.startsWith('decoy-');
    return { ok: false, code: 'key_invalid', message: 'The API key is wrong.', attempt: `hash of ${text}`, isDecoy };
  },
};

/** A store in memory that notes what is written. */
export class MemoryBlockStore implements BlockStore {
  readonly blocks = new Map<string, Block>();
  readonly entries = new Map<string, AllowEntry>();

  loadBlocks(): readonly Block[] {
    return [...this.blocks.values()];
  }
  loadAllowed(): readonly AllowEntry[] {
    return [...this.entries.values()];
  }
  putBlock(block: Block): Promise<void> {
    this.blocks.set(block.range, block);
    return Promise.resolve();
  }
  removeBlock(range: string): Promise<void> {
    this.blocks.delete(range);
    return Promise.resolve();
  }
  putAllowed(entry: AllowEntry): Promise<void> {
    this.entries.set(entry.range, entry);
    return Promise.resolve();
  }
  removeAllowed(range: string): Promise<void> {
    this.entries.delete(range);
    return Promise.resolve();
  }
}

export interface SecurityFixture {
  readonly services: SecurityServices;
  readonly gate: SecurityServices['gate'];
  readonly store: MemoryBlockStore;
  readonly events: AuditEvent[];
  readonly accesses: AccessRecord[];
  readonly detections: Detection[];
}

export interface FixtureOptions {
  readonly clock?: Clock;
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly isLoopbackOnly?: boolean;
  readonly authenticator?: Authenticator;
  readonly tokens?: TokenMeter;
  readonly requests?: DayMeter;
  readonly store?: MemoryBlockStore;
  readonly ownAddresses?: readonly string[];
  /** Default: a machine at rest. */
  readonly load?: LoadSource;
}

const atRest: LoadSource = {
  read: (at) => Promise.resolve({ at, cpu: 0, memory: 0, eventLoopDelayMs: 0 }),
  dispose: () => undefined,
};

/** The security services over memory, enforcing with the default thresholds. */
export function makeSecurity(options: FixtureOptions = {}): SecurityFixture {
  const events: AuditEvent[] = [];
  const accesses: AccessRecord[] = [];
  const detections: Detection[] = [];
  const audit: AuditLog = {
    record: (event) => void events.push(event),
    recordAccess: (record) => void accesses.push(record),
  };
  const store = options.store ?? new MemoryBlockStore();
  const services = new SecurityServices({
    policy: makePolicy(options.policy),
    isLoopbackOnly: options.isLoopbackOnly ?? false,
    authenticator: options.authenticator ?? fixtureAuthenticator,
    blocks: store,
    audit,
    ...(options.tokens === undefined ? {} : { tokens: options.tokens }),
    ...(options.requests === undefined ? {} : { requests: options.requests }),
    load: options.load ?? atRest,
    clock: options.clock ?? systemClock,
    logger: silentLogger,
    listOwnAddresses: () => options.ownAddresses ?? ['192.0.2.1', 'fe80::1'],
  });
  services.gate.onDidDetect((detection) => void detections.push(detection));
  services.start();
  return { services, gate: services.gate, store, events, accesses, detections };
}

import { randomBytes } from 'node:crypto';
import type { ApiKey } from '../../../src/core/api-key';
import type { AuditEvent, AuditRow } from '../../../src/core/audit';
import type { AuditPage, AuditQuery, Statistics, StatisticsQuery } from '../../../src/core/audit-query';
import type { AllowEntry, Block } from '../../../src/core/block';
import { Emitter } from '../../../src/core/emitter';
import { FlmError } from '../../../src/core/errors';
import { parseRange } from '../../../src/core/ip-range';
import { defaultPolicy, parsePolicy } from '../../../src/core/policy';
import type { GatewayStatus } from '../../../src/editor/gateway-port';
import type { PanelGateway } from '../../../src/editor/panel/panel-gateway';
import type { Rehearsal } from '../../../src/core/rehearsal';
import type { GatewayState } from '../../../src/protocol/gateway-rpc';
import type { CreateKeyParams } from '../../../src/protocol/security-rpc';
import type { SharingSummary } from '../../../src/protocol/sharing-rpc';

/** Answers of one request. */
type Handler = (params: never) => unknown;

/** A gateway in memory that behaves as the real one does towards the panel. */
export class FakeGateway implements PanelGateway {
  readonly #changed = new Emitter<GatewayStatus>();
  readonly onDidChangeStatus = this.#changed.event;
  readonly #events = new Emitter<AuditEvent>();
  readonly onDidSecurityEvent = this.#events.event;
  keys: ApiKey[] = [];
  blocks: Block[] = [];
  allowed: AllowEntry[] = [];
  /** Newest first. */
  rows: AuditRow[] = [];
  statistics: (query: StatisticsQuery) => Statistics = noTraffic;
  policy: unknown = defaultPolicy;
  /** Requests that fail with this message. */
  readonly failing = new Map<string, string>();
  /** Requests that arrived, by name. */
  readonly asked: { readonly name: string; readonly params: unknown }[] = [];
  #status: GatewayStatus = { phase: 'idle' };
  readonly #state: GatewayState;
  readonly #lifted = new Map<string, Block>();

  constructor(state: GatewayState) {
    this.#state = state;
  }

  get status(): GatewayStatus {
    return this.#status;
  }

  start(): void {
    if (this.#status.phase === 'idle') this.connect();
  }

  connect(change: Partial<GatewayState> = {}): void {
    this.#set({ phase: 'connected', state: this.#withBlocks({ ...(this.#status.state ?? this.#state), ...change }) });
  }

  setPhase(phase: GatewayStatus['phase'], more: Partial<GatewayStatus> = {}): void {
    this.#set({ ...this.#status, ...more, phase });
  }

  emit(event: AuditEvent): void {
    this.#events.fire(event);
  }

  async request(name: string, params: unknown): Promise<never> {
    this.asked.push({ name, params });
    const handler = (this.#handlers as Readonly<Record<string, Handler | undefined>>)[name];
    if (handler === undefined) throw new FlmError('not_found', `There is no request ${name}.`);
    const failure = this.failing.get(name);
    if (failure !== undefined) throw new FlmError('internal_error', failure);
    return (await Promise.resolve(handler(params as never))) as never;
  }

  readonly #handlers = {
    'proxy/start': () => this.#proxy({ phase: 'on', endpoint: 'http://127.0.0.1:11435/v1' }),
    'proxy/stop': () => {
      this.connect({ proxy: { phase: 'off', inFlight: 0, requests: this.#status.state!.proxy.requests } });
      return this.#status.state!.proxy;
    },
    'keys/list': () => this.keys,
    'keys/create': (params: CreateKeyParams) => {
      const key: ApiKey = {
        id: randomBytes(6).toString('hex'),
        label: params.label,
        kind: params.kind ?? 'normal',
        scope: params.scope ?? {},
        createdAt: Date.now(),
        ...(params.expiresAt === undefined ? {} : { expiresAt: params.expiresAt }),
      };
      this.keys = [...this.keys, key];
      return { key, secret: `flm-${key.id}-${randomBytes(32).toString('base64url')}` };
    },
    'keys/change': ({ id, ...change }: { id: string } & Partial<ApiKey>) => this.#changeKey(id, change),
    'keys/revoke': ({ id }: { id: string }) => this.#changeKey(id, { revokedAt: Date.now() }),
    'keys/rotate': ({ id, graceMinutes }: { id: string; graceMinutes: number }) => ({
      key: this.#changeKey(id, { graceUntil: Date.now() + graceMinutes * 60_000 }),
      secret: `flm-${id}-${randomBytes(32).toString('base64url')}`,
    }),
    'audit/query': (query: AuditQuery) => searchRows(this.rows, query),
    'audit/statistics': (query: StatisticsQuery) => this.statistics(query),
    'audit/export': ({ path }: { path: string }) => ({ path, rows: this.rows.length, bytes: 1 }),
    'blocks/list': () => ({ blocks: this.blocks, allowed: this.allowed }),
    'blocks/add': (params: { range: string; expiresAt?: number; reason?: string; note?: string }) => {
      const range = parseRange(params.range);
      if (range === undefined) throw new FlmError('invalid_request', 'That is no range.');
      const block: Block = {
        source: 'manual',
        rule: 'manual',
        reason: '',
        createdAt: Date.now(),
        strikes: 1,
        ...params,
        range: range.text,
      };
      this.#setBlocks([...this.blocks.filter((other) => other.range !== block.range), block]);
      return block;
    },
    'blocks/change': ({ range, expiresAt }: { range: string; expiresAt: number | null }) => {
      const old = this.blocks.find((block) => block.range === range);
      if (old === undefined) throw new FlmError('not_found', 'That is not blocked.');
      const changed = withEnd(old, expiresAt);
      this.#setBlocks(this.blocks.map((block) => (block === old ? changed : block)));
      return changed;
    },
    'blocks/restore': ({ range }: { range: string }) => {
      const lifted = this.#lifted.get(range);
      if (lifted === undefined) throw new FlmError('not_found', 'That was not blocked lately.');
      this.#setBlocks([...this.blocks, lifted]);
      return lifted;
    },
    'blocks/remove': ({ range }: { range: string }) => {
      for (const block of this.blocks) if (block.range === range) this.#lifted.set(range, block);
      const before = this.blocks.length;
      this.#setBlocks(this.blocks.filter((block) => block.range !== range));
      return this.blocks.length < before;
    },
    'blocks/clearTemporary': () => {
      const kept = this.blocks.filter((block) => block.expiresAt === undefined);
      const lifted = this.blocks.length - kept.length;
      this.#setBlocks(kept);
      return lifted;
    },
    'blocks/import': () => ({
      added: 2,
      kept: 1,
      refused: [{ line: 3, text: '<b>x</b>', why: 'no address' }],
      refusedTotal: 1,
    }),
    'blocks/export': () => ({ text: this.blocks.map((block) => block.range).join('\n') }),
    'allow/add': (params: { range: string; note?: string }) => {
      const entry: AllowEntry = { createdAt: Date.now(), ...params };
      this.allowed = [...this.allowed, entry];
      this.#setBlocks(this.blocks.filter((block) => block.range !== params.range));
      return entry;
    },
    'allow/remove': ({ range }: { range: string }) => {
      this.allowed = this.allowed.filter((entry) => entry.range !== range);
      return true;
    },
    'policy/rehearse': () => quietRehearsal(),
    'policy/cancelRehearsal': () => null,
    'exposure/close': () => {
      this.share({ exposure: { scope: 'machine', addresses: [], because: [] }, shares: [] });
      return this.#sharing.exposure;
    },
    'tls/renew': () => this.#sharing.tls,
    'shares/end': ({ id }: { id: string }) => {
      this.share({ shares: this.#sharing.shares.filter((share) => share.id !== id) });
      return { id };
    },
    'shares/change': ({ id, expiresAt }: { id: string; expiresAt: number | null }) => {
      const shares = this.#sharing.shares.map((share) => (share.id === id ? withEnd(share, expiresAt) : share));
      this.share({ shares });
      return { id };
    },
    'shares/rotate': ({ id }: { id: string }) => {
      const key = this.keys[0]!;
      const secret = `flm-${key.id}-${randomBytes(32).toString('base64url')}`;
      return { share: { id }, key: { key, secret }, endpoints: this.#sharing.endpoints, warnings: [] };
    },
    'checkup/run': () => {
      const report = { at: Date.now(), findings: [], skipped: [], isCancelled: false };
      this.share({ checkup: report });
      return report;
    },
    'checkup/cancel': () => null,
    'policy/get': () => ({ policy: this.policy, defaults: defaultPolicy }),
    'policy/set': ({ policy }: { policy: unknown }) => {
      const result = parsePolicy(policy);
      if (result.ok) this.policy = result.policy;
      return result;
    },
  };

  /** Sharing changes. */
  share(change: Partial<SharingSummary>): void {
    this.connect({ sharing: { ...this.#sharing, ...change } });
  }

  get #sharing(): SharingSummary {
    return (this.#status.state ?? this.#state).sharing;
  }

  /** Adds what the gateway supports besides. */
  support(name: string, handler: (params: never) => unknown): void {
    (this.#handlers as Record<string, Handler>)[name] = handler;
  }

  /** An older gateway that does not know a request. */
  withdraw(name: string): void {
    Reflect.deleteProperty(this.#handlers, name);
  }

  #proxy(change: Partial<GatewayState['proxy']>): GatewayState['proxy'] {
    this.connect({ proxy: { ...this.#status.state!.proxy, ...change } });
    return this.#status.state!.proxy;
  }

  #changeKey(id: string, change: Partial<ApiKey>): ApiKey {
    const key = this.keys.find((candidate) => candidate.id === id);
    if (key === undefined) throw new FlmError('not_found', 'There is no such key.');
    const changed = { ...key, ...change };
    this.keys = this.keys.map((other) => (other.id === id ? changed : other));
    return changed;
  }

  #setBlocks(blocks: Block[]): void {
    this.blocks = blocks;
    if (this.#status.phase === 'connected') this.connect();
  }

  #withBlocks(state: GatewayState): GatewayState {
    return { ...state, security: { ...state.security, blocks: this.blocks } };
  }

  #set(status: GatewayStatus): void {
    this.#status = status;
    this.#changed.fire(status);
  }
}

function searchRows(rows: readonly AuditRow[], query: AuditQuery): AuditPage {
  const { after, limit = 100, kinds, severities, address, keyId, from = 0, to = Infinity } = query;
  const text = query.text?.toLowerCase();
  const found: AuditRow[] = [];
  for (const row of rows) {
    if (after !== undefined && row.seq >= after.seq) continue;
    if (row.at < from || row.at >= to) continue;
    if (kinds !== undefined && !kinds.includes(row.kind)) continue;
    if (severities !== undefined && !severities.includes(row.severity)) continue;
    if (address !== undefined && row.address !== address) continue;
    if (keyId !== undefined && row.keyId !== keyId) continue;
    if (text !== undefined && !JSON.stringify(row).toLowerCase().includes(text)) continue;
    if (found.length === limit) {
      const last = found.at(-1)!;
      return { rows: found, next: { at: last.at, seq: last.seq } };
    }
    found.push(row);
  }
  return { rows: found };
}

/** Null: no end. */
function withEnd<T extends { readonly expiresAt?: number }>(value: T, expiresAt: number | null): T {
  const changed: T & { expiresAt?: number } = { ...value };
  if (expiresAt === null) delete changed.expiresAt;
  else changed.expiresAt = expiresAt;
  return changed;
}

function quietRehearsal(): Rehearsal {
  const now = Date.now();
  return {
    wouldBlock: [],
    wouldBlockTotal: 0,
    wouldBlockNew: 0,
    wouldThrottle: 0,
    wouldThrottleOwn: 0,
    spared: [],
    sparedTotal: 0,
    rows: 0,
    from: now,
    to: now,
    limits: [],
  };
}

export function noTraffic({ from, to, bucketMs }: StatisticsQuery): Statistics {
  const buckets = Array.from({ length: Math.round((to - from) / bucketMs) }, (_, index) => ({
    at: from + index * bucketMs,
    requests: 0,
    refused: 0,
    failed: 0,
    tokensIn: 0,
    tokensOut: 0,
    alerts: 0,
  }));
  return { bucketMs, buckets, byKey: [], byModel: [], byAddress: [] };
}

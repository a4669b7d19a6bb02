import type { KeyScope } from '../../core/api-key';
import type { AuditLog, AuditRow } from '../../core/audit';
import type { AccessRow } from '../../core/audit-query';
import type { AllowEntry, Block, BlockStore } from '../../core/block';
import type { Clock } from '../../core/clock';
import { addressKey } from '../../core/ip-range';
import { silentLogger } from '../../core/logger';
import { effectiveMode } from '../../core/policy';
import type { SecurityMode, SecurityPolicy, SecurityService } from '../../core/policy-schema';
import { Blocklist } from '../blocks/blocklist';
import { BoundedMap } from '../bounded-map';
import { forgiveRanges } from '../scores/forgive';
import type { Guard, GuardContext, Sign, Verdict } from '../guards/guard';
import { AnomalyGuard } from '../guards/anomaly-guard';
import { HoneypotGuard } from '../guards/honeypot-guard';
import { RateLimitGuard } from '../guards/rate-limit-guard';
import { OwnAddresses, type Protection } from '../blocks/protected-addresses';
import { readPath } from '../gate/request-path';
import { Scorekeeper, type Suspect } from '../scores/scorekeeper';
import { createTrackedAddresses, maxTrackedAddresses, TrackedAddress, trackedTtlMs } from '../scores/tracked-address';
import { recordedAuth, recordedFailures, type RecordedFailure } from './recorded-caller';
import { cameFromThisMachine, factsOf, failuresOf, hasMetTheGate } from './recorded-request';
import { recordedAnomaly, recordedIntrusion } from './recorded-signs';
import type { RecordedStep } from './record-windows';

/** What the replay takes from the present, because it is not in the records. */
export interface ReplaySurroundings {
  readonly ownAddresses: readonly string[];
  readonly allowed: readonly AllowEntry[];
  /** Blocks in force before the first record. */
  readonly blocks: readonly Block[];
  readonly scopeOf: (keyId: string) => KeyScope | undefined;
}

/** What became of one step. */
export interface ReplayOutcome {
  readonly blocks: readonly Block[];
  /** It would have been answered with 429. */
  readonly isThrottled: boolean;
  /** It came from this machine or with a valid key. */
  readonly isOwn: boolean;
}

const unharmed: ReplayOutcome = { blocks: [], isThrottled: false, isOwn: false };
const silentAudit: AuditLog = { record: () => undefined, recordAccess: () => undefined };

/** Time as the records have it: nothing happens in between. */
class RecordedTime implements Clock {
  at = 0;
  now(): number {
    return this.at;
  }
  monotonic(): number {
    return this.at;
  }
  setTimeout(): { cancel(): void } {
    return { cancel: () => undefined };
  }
}

/**
 * The security services under another policy, fed with records in place of requests: the same guards, scores, ladder
 * and blocklist as the gate's, in the gate's order. What inspects a request's content is replaced by what was found at
 * the time. Pure: touches nothing outside itself; memory is bounded as the gate's is.
 */
export class ReplayedWorld {
  readonly #policy: SecurityPolicy;
  readonly #surroundings: ReplaySurroundings;
  readonly #time = new RecordedTime();
  readonly #modes: Readonly<Record<SecurityService, SecurityMode>>;
  readonly #blocklist: Blocklist;
  readonly #scores: Scorekeeper;
  readonly #honeypot = new HoneypotGuard();
  readonly #anomaly = new AnomalyGuard();
  readonly #disabled: ReadonlySet<string>;
  #rates: RateLimitGuard;
  #tracked: BoundedMap<string, TrackedAddress>;
  /** Last key and last wrong key of an address. */
  readonly #last: BoundedMap<string, { keyId?: string; attempt?: string }>;

  constructor(policy: SecurityPolicy, surroundings: ReplaySurroundings) {
    this.#policy = policy;
    this.#surroundings = surroundings;
    // As if it were shared: that is what thresholds are for.
    const mode = (service: SecurityService): SecurityMode => effectiveMode(policy, false, service);
    this.#modes = {
      blocklist: mode('blocklist'),
      intrusion: mode('intrusion'),
      anomaly: mode('anomaly'),
      rateLimits: mode('rateLimits'),
      resources: mode('resources'),
      honeypots: mode('honeypots'),
    };
    this.#blocklist = new Blocklist({
      store: storeOf(surroundings),
      audit: silentAudit,
      own: new OwnAddresses(
        () => surroundings.ownAddresses,
        () => 0,
      ),
      clock: this.#time,
      logger: silentLogger,
    });
    this.#blocklist.start();
    this.#blocklist.setPolicyAllowlist(policy.allowlist);
    this.#blocklist.setTrustedProxies(policy.trustedProxies);
    this.#scores = new Scorekeeper(this.#blocklist, policy);
    this.#honeypot.configure(policy);
    this.#disabled = new Set(policy.intrusion.disabledRules);
    this.#rates = new RateLimitGuard(this.#time);
    this.#tracked = createTrackedAddresses(this.#time);
    this.#last = new BoundedMap({ maxEntries: maxTrackedAddresses, ttlMs: trackedTtlMs }, this.#time);
  }

  /** Steps have to come in the order of time. */
  play(step: RecordedStep): ReplayOutcome {
    this.#time.at = step.at;
    if (step.access !== undefined) return this.#request(step.access, step.rows);
    const blocks = step.rows.flatMap((row) => this.#row(row));
    return blocks.length === 0 ? unharmed : { ...unharmed, blocks };
  }

  #request(record: AccessRow, rows: readonly AuditRow[]): ReplayOutcome {
    if (!hasMetTheGate(record)) return unharmed;
    const { address } = record;
    const key = addressKey(address);
    const isLocal = cameFromThisMachine(record);
    const protection = this.#protectionOf(address, isLocal);
    const last = this.#last.get(key);
    const auth = recordedAuth(record, isLocal, last?.keyId, this.#surroundings.scopeOf);
    const failures = failuresOf(record, rows, last?.attempt);
    const hasKey = auth.ok && auth.identity.type === 'key';
    const block =
      protection === undefined && this.#modes.blocklist === 'enforce' ? this.#blocklist.find(address) : undefined;
    const hasCredential = hasKey || failures.length > 0 || (!auth.ok && auth.code !== 'key_missing');
    if (block !== undefined && (block.source !== 'auto' || !hasCredential)) return unharmed;

    const now = this.#time.at;
    const tracked = this.#tracked.getOrCreate(key, () => new TrackedAddress());
    const context: GuardContext = {
      facts: factsOf(record, isLocal),
      policy: this.#policy,
      key,
      tracked,
      protection,
      now,
      path: readPath(record.path),
      request: { spent: 0 },
      auth,
    };
    const blocks: Block[] = [];
    if (hasKey) {
      tracked.trustedAt = now;
      tracked.failures.reset();
      this.#remember(key, { keyId: auth.identity.keyId });
    }
    for (const failure of failures) blocks.push(...this.#countFailure(context, failure));
    if (block !== undefined && !hasKey) return { ...unharmed, blocks };
    if (protection !== 'trusted-proxy') {
      tracked.second.add(now);
      tracked.minute.add(now);
    }
    const isThrottled = this.#runGuards(context, rows, blocks);
    for (const failure of failures) if (failure.isDecoy) blocks.push(...this.#scoreDecoy(context, failure));
    for (const row of rows) if (!row.kind.startsWith('auth.')) blocks.push(...this.#row(row));
    return { blocks, isThrottled, isOwn: auth.ok };
  }

  /** Answers whether the request would have been throttled. */
  #runGuards(context: GuardContext, rows: readonly AuditRow[], blocks: Block[]): boolean {
    const hasKey = context.auth?.ok === true && context.auth.identity.type === 'key';
    let isRefused = context.auth?.ok !== true;
    let isStopped = false;
    let isThrottled = false;
    const guards: readonly (readonly [
      guard: Pick<Guard, 'service' | 'looksOnAfterRefusal'>,
      look: () => Verdict | undefined,
    ])[] = [
      [this.#honeypot, () => this.#honeypot.check(context)],
      [{ service: 'intrusion', looksOnAfterRefusal: true }, () => this.#intrusion(context, rows)],
      [this.#anomaly, () => this.#anomaly.check(context)],
      [this.#rates, () => (isRefused ? undefined : this.#rates.check(context))],
    ];
    for (const [{ service, looksOnAfterRefusal }, look] of guards) {
      const mode = this.#modes[service];
      if (mode === 'off' || isStopped) continue;
      const verdict = look();
      if (verdict?.signs !== undefined && verdict.signs.length > 0) {
        const made = this.#score(context, verdict.signs, mode);
        blocks.push(...made);
        if (made.length > 0 && !hasKey) {
          isRefused = true;
          isStopped = true;
        }
      }
      if (verdict?.refusal === undefined) continue;
      if (mode === 'observe' && verdict.holdsInObserve !== true) continue;
      isThrottled ||= !isRefused && verdict.refusal.code === 'rate_limited';
      isRefused = true;
      isStopped ||= !looksOnAfterRefusal;
    }
    return isThrottled;
  }

  #intrusion(context: GuardContext, rows: readonly AuditRow[]): Verdict | undefined {
    const signs = rows.flatMap((row) => recordedIntrusion(row, context.path, this.#disabled) ?? []);
    if (signs.length === 0) return undefined;
    const { policy, auth, protection } = context;
    const points = Math.min(
      policy.scoring.perRequest,
      signs.reduce((sum, sign) => sum + (sign.points ?? 0), 0),
    );
    const isOwn = protection !== undefined && protection !== 'trusted-proxy';
    if (isOwn || auth?.ok === true || points < policy.intrusion.refuseAt) return { signs };
    return { signs, refusal: { rule: signs[0]?.rule ?? '', code: 'request_blocked', message: '' } };
  }

  #countFailure({ tracked, key, now, protection }: Suspect, { attempt }: RecordedFailure): readonly Block[] {
    this.#remember(key, { attempt });
    if (protection === 'trusted-proxy') return [];
    const step = tracked.failures.record(attempt, now, this.#policy.authFailures);
    if (step === undefined || protection !== undefined || this.#modes.blocklist !== 'enforce') return [];
    const reason = `${tracked.failures.counted} wrong API keys`;
    const duration = step.minutes === null ? undefined : step.minutes * 60_000;
    return listOf(this.#blocklist.blockAddress(key, { rule: 'auth-guessing', reason }, duration));
  }

  #scoreDecoy(context: GuardContext, { keyId }: RecordedFailure): readonly Block[] {
    const mode = this.#modes.honeypots;
    if (mode === 'off') return [];
    const sign: Sign = {
      rule: 'honeypot.key',
      category: 'honeypot',
      severity: 'critical',
      points: this.#policy.honeypots.points,
      distinct: `key ${keyId ?? ''}`,
    };
    return this.#score(context, [sign], mode);
  }

  /** What was recorded beside requests, and what people did meanwhile. */
  #row(row: AuditRow): readonly Block[] {
    switch (row.kind) {
      case 'gateway.started':
        // Scores and windows live in memory; blocks are stored.
        this.#tracked = createTrackedAddresses(this.#time);
        this.#rates = new RateLimitGuard(this.#time);
        return [];
      case 'block.added':
      case 'block.changed':
        this.#byPeople(row);
        return [];
      case 'block.removed':
        if (row.address !== undefined) this.#lift(row.address);
        return [];
      case 'auth.failure':
      case 'auth.decoy':
        return this.#lateFailure(row);
      default:
        return this.#beside(row);
    }
  }

  #byPeople({ address, details, observedOnly }: AuditRow): void {
    if (address === undefined || details?.source !== 'manual' || observedOnly === true) return;
    const expiresAt = details.expiresAt;
    const block = { range: address, rule: 'manual', reason: '' };
    this.#blocklist
      .add(typeof expiresAt === 'number' ? { ...block, expiresAt } : block)
      // It was possible then and is not now: protected, or on the allowlist.
      .catch(() => undefined);
  }

  #lift(range: string): void {
    void this.#blocklist.remove(range);
    forgiveRanges(this.#tracked, [range]);
  }

  /** A wrong key whose request stands in another window of records. */
  #lateFailure(row: AuditRow): readonly Block[] {
    if (row.address === undefined || row.requestId === undefined) return [];
    const key = addressKey(row.address);
    const tracked = this.#tracked.getOrCreate(key, () => new TrackedAddress());
    const protection = this.#protectionOf(row.address, false);
    const context = { tracked, key, now: this.#time.at, protection };
    return recordedFailures([row]).flatMap((failure) => this.#countFailure(context, failure));
  }

  #beside(row: AuditRow): readonly Block[] {
    const mode = this.#modes.anomaly;
    if (row.address === undefined || mode === 'off') return [];
    const sign = recordedAnomaly(row, this.#policy);
    if (sign === undefined) return [];
    const key = addressKey(row.address);
    const protection = this.#protectionOf(row.address, false);
    if (protection === 'trusted-proxy') return [];
    const tracked = this.#tracked.getOrCreate(key, () => new TrackedAddress());
    return this.#score({ key, tracked, protection, now: this.#time.at }, [sign], mode);
  }

  #score(suspect: Suspect, signs: readonly Sign[], mode: SecurityMode): readonly Block[] {
    if (suspect.protection === 'trusted-proxy') return [];
    const mayBlock = mode === 'enforce' && this.#modes.blocklist === 'enforce';
    return listOf(this.#scores.apply(suspect, signs, mayBlock).block);
  }

  #remember(key: string, change: { keyId?: string; attempt?: string }): void {
    this.#last.set(key, { ...this.#last.get(key), ...change });
  }

  #protectionOf(address: string, isLocal: boolean): Protection | undefined {
    if (!isLocal && this.#blocklist.isTrustedProxy(address)) return 'trusted-proxy';
    return this.#blocklist.protectionOf(address);
  }
}

function listOf(block: Block | undefined): readonly Block[] {
  return block === undefined ? [] : [block];
}

/** Begins with what was there and keeps nothing. */
function storeOf({ blocks, allowed }: ReplaySurroundings): BlockStore {
  const done = (): Promise<void> => Promise.resolve();
  return {
    loadBlocks: () => blocks,
    loadAllowed: () => allowed,
    putBlock: done,
    removeBlock: done,
    putAllowed: done,
    removeAllowed: done,
  };
}

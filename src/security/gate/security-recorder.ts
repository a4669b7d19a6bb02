import type { AuditEvent, AuditKind, AuditLog, Severity } from '../../core/audit';
import type { Block } from '../../core/block';
import type { Clock } from '../../core/clock';
import { Emitter } from '../../core/emitter';
import { addressKey } from '../../core/ip-range';
import type { Refusal, RequestFacts } from '../../core/request';
import { printable } from '../../core/printable';
import { blockEvent } from '../blocks/block-rows';
import { BoundedMap } from '../bounded-map';
import type { Sign } from '../guards/guard';
import { SlidingWindow } from '../limits/sliding-window';

/** Characters of evidence kept where nothing says otherwise. */
const maxEvidence = 200;
/** How long the same thing about the same address is not told again. */
const QUIET_MS = 60_000;
const SUCCESS_QUIET_MS = 600_000;
const ROWS_WINDOW_MS = 600_000;
/**
 * Rows about one address, or one /64, in ten minutes, beyond which only what raises its score is written: whoever sends
 * something new each time must not push everything else out of the log.
 */
export const maxRowsPerAddress = 200;
/** Of a wrong key's salted hash, enough to tell keys apart. */
const attemptLength = 24;

/** Kind of audit row for a sign's category. */
const kinds: Readonly<Record<string, AuditKind>> = {
  honeypot: 'detection.honeypot',
  malformed: 'detection.malformed',
};

/** Refusals that only ask to come back later. */
const throttles: Readonly<Partial<Record<Refusal['code'], AuditKind>>> = {
  rate_limited: 'throttle.rate',
  tokens_exhausted: 'throttle.rate',
  too_many_concurrent: 'throttle.rate',
};

/**
 * Writes what the gate decides into the audit log, once: an attacker who repeats himself, or a client that polls, must
 * not push everything else out of it. Every single request is in the access log anyway.
 */
export class SecurityRecorder {
  readonly #audit: AuditLog;
  readonly #clock: Clock;
  readonly #told: BoundedMap<string, number>;
  readonly #rows: BoundedMap<string, SlidingWindow>;
  readonly #alerts = new Emitter<AuditEvent>();

  constructor(audit: AuditLog, clock: Clock) {
    this.#audit = audit;
    this.#clock = clock;
    this.#told = new BoundedMap({ maxEntries: 10_000, ttlMs: SUCCESS_QUIET_MS }, clock);
    this.#rows = new BoundedMap({ maxEntries: 10_000, ttlMs: 2 * ROWS_WINDOW_MS }, clock);
  }

  /** What a person may want to be interrupted for. */
  readonly onDidAlert = this.#alerts.event;

  /** @param hasCounted the signs raised the score: then they are written however often they were told before */
  signs(
    facts: Pick<RequestFacts, 'id' | 'clientAddress' | 'route'> | { readonly clientAddress: string },
    signs: readonly Sign[],
    isObserved: boolean,
    hasCounted = false,
  ): void {
    for (const sign of signs) {
      const isNews = this.#isNews(`${facts.clientAddress} ${sign.rule} ${sign.distinct}`, QUIET_MS);
      if (!hasCounted && !(isNews && this.#hasRoom(facts.clientAddress))) continue;
      this.#audit.record({
        ...this.#base(kindOf(sign), sign.severity),
        ...about(facts),
        rule: sign.rule,
        ...(sign.evidence === undefined ? {} : { evidence: printable(sign.evidence, 500) }),
        ...(isObserved ? { observedOnly: true } : {}),
        details: { points: sign.points ?? 0 },
      });
    }
  }

  /** Throttling by load, rate, tokens or concurrency; other refusals have rows of their own. */
  refusal(facts: RequestFacts, refusal: Refusal, isObserved: boolean, keyId?: string): void {
    const kind = refusal.rule === 'resources' ? 'throttle.resource' : throttles[refusal.code];
    const who = `${facts.clientAddress} ${keyId ?? ''}`;
    if (kind === undefined || !this.#isNews(`${who} ${refusal.rule}`, QUIET_MS)) return;
    this.#audit.record({
      ...this.#base(kind, 'low'),
      ...about(facts),
      rule: refusal.rule,
      errorCode: refusal.code,
      ...(keyId === undefined ? {} : { keyId }),
      ...(refusal.evidence === undefined ? {} : { evidence: printable(refusal.evidence, maxEvidence) }),
      ...(isObserved ? { observedOnly: true } : {}),
    });
  }

  authSuccess(facts: RequestFacts, keyId: string): void {
    if (!this.#isNews(`ok ${facts.clientAddress} ${keyId}`, SUCCESS_QUIET_MS)) return;
    this.#audit.record({ ...this.#base('auth.success', 'info'), ...about(facts), keyId });
  }

  authFailure(
    facts: RequestFacts,
    code: Refusal['code'],
    attempt: string | undefined,
    keyId: string | undefined,
    isDecoy: boolean,
  ): void {
    if (!this.#isNews(`no ${facts.clientAddress} ${code} ${attempt ?? keyId ?? ''}`, QUIET_MS)) return;
    if (!isDecoy && !this.#hasRoom(facts.clientAddress)) return;
    const event: AuditEvent = {
      ...this.#base(isDecoy ? 'auth.decoy' : 'auth.failure', isDecoy ? 'critical' : 'low'),
      ...about(facts),
      errorCode: code,
      ...(keyId === undefined ? {} : { keyId }),
      // Salted and short: says whether two were the same, and nothing about the key.
      ...(attempt === undefined ? {} : { details: { attempt: attempt.slice(0, attemptLength) } }),
    };
    this.#audit.record(event);
    if (isDecoy) this.#alerts.fire(event);
  }

  tunnel(facts: RequestFacts): void {
    if (!this.#isNews('tunnel', SUCCESS_QUIET_MS)) return;
    this.#alert({
      ...this.#base('detection.tunnel', 'medium'),
      ...about(facts),
      rule: 'tunnel',
      evidence:
        'Requests reach the gateway through a proxy or tunnel on this machine; add it to trustedProxies to see who asks.',
    });
  }

  warning(address: string, total: number): void {
    this.#alert({
      ...this.#base('detection.intrusion', 'medium'),
      address,
      rule: 'score.warning',
      evidence: `score ${Math.round(total)}`,
      details: { score: Math.round(total) },
    });
  }

  observedBlock(address: string, rule: string, reason: string, minutes: number | null): void {
    this.#audit.record({
      ...this.#base('block.added', 'medium'),
      address,
      rule,
      evidence: printable(reason, 500),
      observedOnly: true,
      details: { minutes },
    });
  }

  /** An address was blocked: windows are told of what the blocklist has written into the log. */
  blocked(block: Block): void {
    this.#alerts.fire(blockEvent('block.added', block, block.createdAt));
  }

  throttle(kind: 'throttle.resource' | 'throttle.released', level: number, cause: string): void {
    this.#alert({ ...this.#base(kind, level >= 3 ? 'high' : 'low'), rule: 'resources', details: { level, cause } });
  }

  failure(rule: string, error: string, facts?: RequestFacts): void {
    if (!this.#isNews(`failure ${rule}`, QUIET_MS)) return;
    this.#audit.record({
      ...this.#base('detection.anomaly', 'medium'),
      ...(facts === undefined ? {} : about(facts)),
      rule: `${rule}.failed`,
      evidence: printable(error, maxEvidence),
    });
  }

  /** Everything about an address may be told again. */
  forget(): void {
    this.#told.clear();
    this.#rows.clear();
  }

  #alert(event: AuditEvent): void {
    this.#audit.record(event);
    this.#alerts.fire(event);
  }

  #base(kind: AuditKind, severity: Severity): { kind: AuditKind; severity: Severity; at: number } {
    return { kind, severity, at: this.#clock.now() };
  }

  /** Whether one more row about an address may be written. Says once that further ones are not. */
  #hasRoom(address: string): boolean {
    const rows = this.#rows.getOrCreate(addressKey(address), () => new SlidingWindow(ROWS_WINDOW_MS));
    if (rows.add(this.#clock.monotonic()) <= maxRowsPerAddress) return true;
    if (this.#isNews(`rows ${addressKey(address)}`, ROWS_WINDOW_MS)) {
      this.#audit.record({
        ...this.#base('detection.anomaly', 'medium'),
        address,
        rule: 'anomaly.many-rows',
        evidence: `more than ${maxRowsPerAddress} rows in ten minutes: further ones are left out`,
      });
    }
    return false;
  }

  #isNews(what: string, quietMs: number): boolean {
    const key = what.slice(0, 160);
    const now = this.#clock.monotonic();
    const last = this.#told.get(key);
    if (last !== undefined && now - last < quietMs) return false;
    this.#told.set(key, now);
    return true;
  }
}

function about(facts: {
  readonly clientAddress: string;
  readonly id?: string;
  readonly route?: string | undefined;
}): Pick<AuditEvent, 'address' | 'requestId' | 'route'> {
  return {
    address: facts.clientAddress,
    ...(facts.id === undefined ? {} : { requestId: facts.id }),
    ...(facts.route === undefined ? {} : { route: facts.route }),
  };
}

function kindOf({ category }: Sign): AuditKind {
  return category.startsWith('anomaly') ? 'detection.anomaly' : (kinds[category] ?? 'detection.intrusion');
}

import type { AuditLog } from '../../core/audit';
import type { Authenticator, AuthResult, DayMeter } from '../../core/authenticator';
import type { KeyScope } from '../../core/api-key';
import type { Block } from '../../core/block';
import { forwardingHeader } from '../../core/forwarding-header';
import type { Clock } from '../../core/clock';
import { Emitter } from '../../core/emitter';
import { messageOf } from '../../core/errors';
import { addressKey } from '../../core/ip-range';
import type { Logger } from '../../core/logger';
import { effectiveMode } from '../../core/policy';
import type { SecurityMode, SecurityPolicy, SecurityService } from '../../core/policy-schema';
import { securityServices } from '../../core/policy-schema';
import { reason as sentence } from '../../core/reason';
import type {
  AccessRecord,
  Admission,
  ConnectionEvent,
  Gate,
  Identity,
  Refusal,
  RequestFacts,
  RoutingFacts,
  Slot,
} from '../../core/request';
import type { Blocklist } from '../blocks/blocklist';
import { DayLimits } from '../limits/day-limits';
import type { BoundedMap } from '../bounded-map';
import { forgiveRanges } from '../scores/forgive';
import type { Guard, GuardContext, Sign } from '../guards/guard';
import { AnomalyGuard } from '../guards/anomaly-guard';
import { HoneypotGuard } from '../guards/honeypot-guard';
import { IntrusionGuard } from '../guards/intrusion-guard';
import { RateLimitGuard } from '../guards/rate-limit-guard';
import { ResourceGuard } from '../guards/resource-guard';
import { isModelInScope } from '../api-keys/key-scope';
import { blockRefusal, hasCredential, modelRefusal, provenIdentity, refused, unchecked } from './refusals';
import { readPath } from './request-path';
import { queueLimits, queueRefusal, ticketOf } from '../limits/queue-policy';
import { RequestQueue, type QueueTicket } from '../limits/request-queue';
import type { ThrottleLevel } from '../load/resource-throttle';
import type { Protection } from '../blocks/protected-addresses';
import { Scorekeeper, type ScoreOutcome, type Suspect } from '../scores/scorekeeper';
import { SecurityRecorder } from './security-recorder';
import { connectionSign } from '../guards/connection-signs';
import { createTrackedAddresses, TrackedAddress } from '../scores/tracked-address';

export interface SecurityGateDeps {
  readonly policy: SecurityPolicy;
  /** Only this machine can reach the gateway: what mode `auto` goes by. */
  readonly isLoopbackOnly: boolean;
  readonly authenticator: Authenticator;
  readonly blocklist: Blocklist;
  readonly audit: AuditLog;
  readonly tokens?: DayMeter;
  /** Requests that got a slot. */
  readonly requests?: DayMeter;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What was seen in one request: for tests, evaluation and live views. Fired only when there is something. */
export interface Detection {
  readonly address: string;
  readonly facts?: RequestFacts;
  readonly signs: readonly Sign[];
  readonly gained: number;
  readonly total: number;
  readonly isWarning: boolean;
  readonly block?: Block;
  readonly wouldBlock: boolean;
}

/** What `acquire` and `settled` need of a request that `admit` has seen. */
interface Admitted {
  readonly scope: KeyScope | undefined;
  readonly key: string;
}

/**
 * Decides who comes in. Guards in order: allowlist, blocklist, identity, honeypot, intrusion, anomaly, rate limits,
 * resources. The first refusal is the answer; detectors behind it still look, so that a stranger without a key is seen
 * as the scanner he is.
 *
 * Identity fails closed, everything else open: a guard that throws is recorded and passed over.
 */
export class SecurityGate implements Gate {
  readonly #deps: SecurityGateDeps;
  readonly #tracked: BoundedMap<string, TrackedAddress>;
  readonly #recorder: SecurityRecorder;
  readonly #scores: Scorekeeper;
  readonly #queue: RequestQueue;
  readonly #dayLimits: DayLimits;
  readonly #guards: readonly Guard[];
  readonly #honeypot = new HoneypotGuard();
  readonly #intrusion = new IntrusionGuard();
  readonly #admitted = new WeakMap<RequestFacts, Admitted>();
  readonly #detections = new Emitter<Detection>();
  #policy: SecurityPolicy;
  #isLoopbackOnly: boolean;
  #modes: Readonly<Record<SecurityService, SecurityMode>>;
  #level: ThrottleLevel = 0;

  constructor(deps: SecurityGateDeps) {
    this.#deps = deps;
    this.#policy = deps.policy;
    this.#isLoopbackOnly = deps.isLoopbackOnly;
    this.#modes = modesOf(deps.policy, deps.isLoopbackOnly);
    this.#tracked = createTrackedAddresses(deps.clock);
    this.#recorder = new SecurityRecorder(deps.audit, deps.clock);
    this.#scores = new Scorekeeper(deps.blocklist, deps.policy);
    this.#queue = new RequestQueue(deps.clock, queueLimits(deps.policy, 0));
    this.#dayLimits = new DayLimits({
      tokens: deps.tokens,
      requests: deps.requests,
      clock: deps.clock,
      safely: (what, run) => this.#safely(what, undefined, run),
    });
    this.#guards = [
      this.#honeypot,
      this.#intrusion,
      new AnomalyGuard(),
      new RateLimitGuard(deps.clock),
      new ResourceGuard(() => this.#level),
    ];
    this.configure(deps.policy, deps.isLoopbackOnly);
  }

  readonly onDidDetect = this.#detections.event;

  /** Blocks, warnings, decoy keys, tunnels, throttling: what a person may want to be told. */
  get onDidAlert(): SecurityRecorder['onDidAlert'] {
    return this.#recorder.onDidAlert;
  }

  /** What the services do, for people. */
  get mode(): SecurityMode {
    return effectiveMode(this.#policy, this.#isLoopbackOnly);
  }

  get policy(): SecurityPolicy {
    return this.#policy;
  }

  get throttleLevel(): ThrottleLevel {
    return this.#level;
  }

  /** Takes a new policy for requests that come from now on; running ones go on. */
  configure(policy: SecurityPolicy, isLoopbackOnly = this.#isLoopbackOnly): void {
    this.#policy = policy;
    this.#isLoopbackOnly = isLoopbackOnly;
    this.#modes = modesOf(policy, isLoopbackOnly);
    this.#scores.configure(policy);
    this.#dayLimits.isOff = this.#modes.rateLimits === 'off';
    this.#honeypot.configure(policy);
    this.#intrusion.configure(policy);
    this.#deps.blocklist.setPolicyAllowlist(policy.allowlist);
    this.#deps.blocklist.setTrustedProxies(policy.trustedProxies);
    this.#queue.configure(queueLimits(policy, this.#effectiveLevel()));
  }

  /** Level of throttling in force: 0 while the service only observes, or is off. */
  get throttle(): ThrottleLevel {
    return this.#effectiveLevel();
  }

  /** Requests waiting for their turn. */
  get queueLength(): number {
    return this.#queue.waiting;
  }

  /** Takes a new level of throttling, from whoever watches the machine. */
  setThrottle(level: ThrottleLevel, cause = ''): void {
    if (level === this.#level) return;
    const kind = level > this.#level ? 'throttle.resource' : 'throttle.released';
    this.#level = level;
    this.#queue.configure(queueLimits(this.#policy, this.#effectiveLevel()));
    this.#recorder.throttle(kind, level, cause);
  }

  /** Forgets what was held against the addresses of ranges: after an unblock. */
  forgive(texts: readonly string[]): void {
    forgiveRanges(this.#tracked, texts);
    this.#recorder.forget();
  }

  admit(facts: RequestFacts): Admission {
    const { clock } = this.#deps;
    const protection = this.#safely('protection', facts, () => this.#protectionOf(facts.clientAddress, facts));
    const block = this.#blockOf(facts, protection !== undefined);
    if (block !== undefined && (block.source !== 'auto' || !hasCredential(facts)))
      return refused(blockRefusal(block, clock.now()));

    const key = addressKey(facts.clientAddress);
    const now = clock.monotonic();
    const tracked = this.#tracked.getOrCreate(key, () => new TrackedAddress());
    const context: GuardContext = {
      facts,
      policy: this.#policy,
      key,
      tracked,
      protection,
      now,
      path: facts.route === facts.target ? facts.target : readPath(facts.target), // our own routes are written plainly
      request: { spent: 0 },
      auth: undefined,
    };
    const identityRefusal = this.#identify(context);
    const { auth } = context;
    if (block !== undefined && (auth?.ok !== true || auth.identity.type !== 'key')) {
      return refused(blockRefusal(block, clock.now()));
    }
    if (protection !== 'trusted-proxy') {
      tracked.second.add(now);
      tracked.minute.add(now);
    }
    this.#checkTunnel(facts);

    const outcome = this.#runGuards(context, identityRefusal);
    if (outcome.refusal !== undefined) return refused(outcome.refusal, provenIdentity(auth));
    if (auth?.ok !== true) return refused(unchecked());
    const { identity, scope } = auth;
    this.#admitted.set(facts, { scope, key });
    const headers = this.#dayLimits.headers(outcome.headers, identity, scope) ?? {};
    if (scope?.models === undefined || scope.models.length === 0) return { ok: true, identity, headers };
    return { ok: true, identity, headers, canUse: (model) => isModelInScope(scope, model) };
  }

  acquireNow(routing: RoutingFacts): Slot | Refusal | undefined {
    const { request, identity } = routing;
    const scope = this.#admitted.get(request)?.scope;
    const refusal = this.#refusalOf(routing, scope);
    if (refusal !== undefined) return refusal;
    const slot = this.#queue.tryAcquire(this.#ticketOf(routing, scope));
    if (slot === undefined) return undefined;
    this.#safely('anomaly.identical', request, () => this.#checkIdentical(routing));
    this.#dayLimits.countRequest(keyOf(identity), 1);
    return slot;
  }

  async acquire(routing: RoutingFacts, signal: AbortSignal): Promise<Slot | Refusal> {
    const { request, identity } = routing;
    const scope = this.#admitted.get(request)?.scope;
    const refused = this.#refusalOf(routing, scope);
    if (refused !== undefined) return refused;
    this.#safely('anomaly.identical', request, () => this.#checkIdentical(routing));

    const keyId = keyOf(identity);
    // Counted while it waits, so that no line of waiting requests gets past the limit.
    this.#dayLimits.countRequest(keyId, 1);
    const answer = await this.#queue.acquire(this.#ticketOf(routing, scope), signal).catch((error: unknown) => {
      this.#dayLimits.countRequest(keyId, -1);
      throw error;
    });
    if (typeof answer !== 'string') return answer;
    this.#dayLimits.countRequest(keyId, -1);
    const refusal = queueRefusal(answer, this.#policy);
    this.#recorder.refusal(request, refusal, false, keyId);
    return refusal;
  }

  #ticketOf(routing: RoutingFacts, scope: KeyScope | undefined): QueueTicket {
    const { request, identity } = routing;
    return ticketOf(request, identity, scope, this.#policy, this.#modes.rateLimits, routing.claim?.bind(routing));
  }

  /** Why it may not even wait, recorded. */
  #refusalOf(routing: RoutingFacts, scope: KeyScope | undefined): Refusal | undefined {
    const { request, identity } = routing;
    const keyId = keyOf(identity);
    const outOfScope = modelRefusal(scope, routing);
    if (outOfScope !== undefined) {
      this.#recorder.authFailure(request, outOfScope.code, undefined, keyId, false);
      return outOfScope;
    }
    const exhausted = this.#dayLimits.exhausted(identity, scope);
    if (exhausted !== undefined) {
      this.#recorder.refusal(request, exhausted, false, keyId);
    }
    return exhausted;
  }

  report(event: ConnectionEvent): void {
    this.#safely('report', undefined, () => {
      if (event.type === 'unknown-route' || this.#modes.anomaly === 'off') return;
      const facts = 'facts' in event ? event.facts : undefined;
      const address = facts?.clientAddress ?? ('address' in event ? event.address : '');
      const key = addressKey(address);
      const now = this.#deps.clock.monotonic();
      const protection = this.#protectionOf(address, facts);
      // Below HTTP nobody says for whom a proxy speaks: nothing is remembered against it.
      const tracked =
        protection === 'trusted-proxy'
          ? new TrackedAddress()
          : this.#tracked.getOrCreate(key, () => new TrackedAddress());
      const sign = connectionSign(event, this.#policy, tracked, now);
      if (sign === undefined) return;
      this.#score({ key, tracked, protection, now }, address, facts, [sign], this.#modes.anomaly);
    });
  }

  settled(record: AccessRecord): void {
    this.#safely('settled', undefined, () => {
      const tokens = (record.tokensIn ?? 0) + (record.tokensOut ?? 0);
      if (record.identity?.type === 'key' && tokens > 0) this.#dayLimits.countTokens(record.identity.keyId, tokens);
      // Last: who hears of the record reads today's use with this request in it.
      this.#deps.audit.recordAccess(record);
    });
  }

  /** A program on this machine may stand beside a trusted proxy at the same address; everybody else there is behind it. */
  #protectionOf(address: string, facts: RequestFacts | undefined): Protection | undefined {
    const { blocklist } = this.#deps;
    if (facts?.isDirectLocal !== true && blocklist.isTrustedProxy(address)) return 'trusted-proxy';
    return blocklist.protectionOf(address);
  }

  #blockOf(facts: RequestFacts, isProtected: boolean): Block | undefined {
    const mode = this.#modes.blocklist;
    if (isProtected || mode === 'off') return undefined;
    const block = this.#safely('blocklist', facts, () => this.#deps.blocklist.find(facts.clientAddress));
    if (block === undefined || mode === 'enforce') return block;
    this.#recorder.refusal(facts, blockRefusal(block, this.#deps.clock.now()), true);
    return undefined;
  }

  /** Looks at the credentials; a refusal when they do not open the door. Fails closed. */
  #identify(context: GuardContext): Refusal | undefined {
    const { facts, tracked, now } = context;
    let auth: AuthResult;
    try {
      auth = this.#deps.authenticator.verify(facts);
    } catch (error) {
      this.#deps.logger.error('The identity check failed; the request was refused.', { error });
      this.#recorder.failure('identity', messageOf(error), facts);
      return unchecked();
    }
    context.auth = auth;
    if (auth.ok) {
      if (auth.identity.type === 'key') {
        tracked.trustedAt = now;
        tracked.failures.reset();
        this.#recorder.authSuccess(facts, auth.identity.keyId);
      }
      return undefined;
    }
    if (auth.code !== 'key_missing') {
      this.#recorder.authFailure(facts, auth.code, auth.attempt, auth.keyId, auth.isDecoy === true);
    }
    if (auth.attempt !== undefined) this.#countFailure(context, auth.attempt);
    return { rule: 'key', code: auth.code, message: auth.message };
  }

  #countFailure({ facts, tracked, key, now, protection, policy }: GuardContext, attempt: string): void {
    if (protection === 'trusted-proxy') return;
    const step = tracked.failures.record(attempt, now, policy.authFailures);
    if (step === undefined || protection !== undefined || this.#modes.blocklist === 'off') return;
    const reason = `${tracked.failures.counted} wrong API keys`;
    if (this.#modes.blocklist === 'observe') {
      this.#recorder.observedBlock(facts.clientAddress, 'auth-guessing', reason, step.minutes);
      return;
    }
    const duration = step.minutes === null ? undefined : step.minutes * 60_000;
    const block = this.#deps.blocklist.blockAddress(
      key,
      { rule: 'auth-guessing', reason, cause: { sentence: sentence('block.guessing', tracked.failures.counted) } },
      duration,
    );
    if (block !== undefined) this.#alertBlock(block);
  }

  #runGuards(
    context: GuardContext,
    identityRefusal: Refusal | undefined,
  ): { refusal?: Refusal; headers: Readonly<Record<string, string>> | undefined } {
    const { facts } = context;
    let refusal = identityRefusal;
    let isStopped = false;
    let headers: Readonly<Record<string, string>> | undefined;
    for (const guard of this.#guards) {
      const mode = this.#modes[guard.service];
      if (mode === 'off' || isStopped) continue;
      // A stranger without a key already has his answer; only detectors go on looking.
      if (
        refusal !== undefined &&
        !(guard === this.#honeypot || guard === this.#intrusion || guard instanceof AnomalyGuard)
      )
        continue;
      const verdict = this.#safely(guard.id, facts, () => guard.check(context));
      if (verdict === undefined) continue;
      if (verdict.headers !== undefined)
        headers = headers === undefined ? verdict.headers : { ...headers, ...verdict.headers };
      if (verdict.signs !== undefined && verdict.signs.length > 0) {
        const block = this.#score(context, facts.clientAddress, facts, verdict.signs, mode);
        if (block !== undefined && !hasValidKey(context)) {
          refusal ??= blockRefusal(block, this.#deps.clock.now());
          isStopped = true;
        }
      }
      if (verdict.refusal === undefined) continue;
      const isObserved = mode === 'observe' && verdict.holdsInObserve !== true;
      this.#recorder.refusal(facts, verdict.refusal, isObserved, keyIdOf(context));
      if (isObserved) continue;
      refusal ??= verdict.refusal;
      isStopped ||= !guard.looksOnAfterRefusal;
    }
    this.#safely('decoy-key', facts, () => this.#scoreDecoyKey(context));
    return refusal === undefined ? { headers } : { refusal, headers };
  }

  #scoreDecoyKey(context: GuardContext): void {
    const { auth, facts, policy } = context;
    if (auth?.ok !== false || auth.isDecoy !== true || this.#modes.honeypots === 'off') return;
    const distinct = `key ${auth.keyId ?? ''}`;
    const sign: Sign = {
      rule: 'honeypot.key',
      category: 'honeypot',
      severity: 'critical',
      points: policy.honeypots.points,
      evidence: 'a decoy key was used',
      distinct,
    };
    this.#score(context, facts.clientAddress, facts, [sign], this.#modes.honeypots);
  }

  /** Scores signs, records and announces them; the block that came of it, if any. */
  #score(
    suspect: Suspect,
    address: string,
    facts: RequestFacts | undefined,
    signs: readonly Sign[],
    mode: SecurityMode,
  ): Block | undefined {
    const mayBlock = mode === 'enforce' && this.#modes.blocklist === 'enforce';
    const outcome: ScoreOutcome =
      suspect.protection === 'trusted-proxy'
        ? { gained: 0, total: 0, isWarning: false }
        : this.#scores.apply(suspect, signs, mayBlock);
    // Less than a point is the decay since the request before: a score at its cap would fill the log with it.
    const hasCounted = outcome.gained >= 1;
    this.#recorder.signs(facts ?? { clientAddress: address }, signs, mode === 'observe', hasCounted);
    if (outcome.isWarning) this.#recorder.warning(address, outcome.total);
    if (outcome.observedBlock !== undefined) {
      const { rule, reason, minutes } = outcome.observedBlock;
      this.#recorder.observedBlock(address, rule, reason, minutes);
    }
    if (outcome.block !== undefined) this.#alertBlock(outcome.block);
    this.#detections.fire({
      address,
      ...(facts === undefined ? {} : { facts }),
      signs,
      gained: outcome.gained,
      total: outcome.total,
      isWarning: outcome.isWarning,
      ...(outcome.block === undefined ? {} : { block: outcome.block }),
      wouldBlock: outcome.observedBlock !== undefined,
    });
    return outcome.block;
  }

  #alertBlock(block: Block): void {
    this.#recorder.alertOnly({
      kind: 'block.added',
      severity: 'high',
      at: block.createdAt,
      address: block.range,
      rule: block.rule,
      evidence: block.reason,
      details: { source: block.source, strikes: block.strikes, expiresAt: block.expiresAt ?? null },
    });
  }

  #checkTunnel(facts: RequestFacts): void {
    if (facts.isDirectLocal || facts.clientAddress !== facts.socketAddress) return;
    const isLoopback = this.#deps.blocklist.protectionOf(facts.socketAddress) === 'loopback';
    if (isLoopback && forwardingHeader(facts.headers) !== undefined) this.#recorder.tunnel(facts);
  }

  #checkIdentical(routing: RoutingFacts): void {
    const admitted = this.#admitted.get(routing.request);
    if (admitted === undefined || this.#modes.anomaly === 'off' || routing.request.isDirectLocal) return;
    const tracked = this.#tracked.get(admitted.key);
    const now = this.#deps.clock.monotonic();
    const { identicalPerMinute, identicalMinutes, identicalPoints } = this.#policy.anomaly;
    // The hash costs a millisecond per megabyte: made only for those who send fast enough to matter.
    if (tracked === undefined || tracked.minute.count(now) <= identicalPerMinute || routing.bodyHash === undefined)
      return;
    const forMs = tracked.identical.add(routing.bodyHash, now, identicalPerMinute);
    if (forMs < identicalMinutes * 60_000) return;
    const sign: Sign = {
      rule: 'anomaly.identical-bodies',
      category: 'anomaly',
      severity: 'low',
      points: identicalPoints,
      evidence: `the same body for ${Math.round(forMs / 60_000)} minutes`,
      distinct: `identical ${Math.floor(now / 60_000)}`,
    };
    const protection = this.#protectionOf(routing.request.clientAddress, routing.request);
    this.#score(
      { key: admitted.key, tracked, protection, now },
      routing.request.clientAddress,
      routing.request,
      [sign],
      this.#modes.anomaly,
    );
  }

  #effectiveLevel(): ThrottleLevel {
    return this.#modes.resources === 'enforce' ? this.#level : 0;
  }

  /** Runs what must never fail a request: an exception is logged, recorded, and counts as «nothing found». */
  #safely<T>(what: string, facts: RequestFacts | undefined, run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      this.#deps.logger.error(`The security service ${what} failed; the request was let through.`, { error });
      try {
        this.#recorder.failure(what, messageOf(error), facts);
      } catch {
        // The audit log itself is broken; its owner reports that.
      }
      return undefined;
    }
  }
}

function modesOf(policy: SecurityPolicy, isLoopbackOnly: boolean): Readonly<Record<SecurityService, SecurityMode>> {
  const entries = securityServices.map((service) => [service, effectiveMode(policy, isLoopbackOnly, service)]);
  return Object.fromEntries(entries) as Record<SecurityService, SecurityMode>;
}

function keyOf(identity: Identity): string | undefined {
  return identity.type === 'key' ? identity.keyId : undefined;
}

function keyIdOf({ auth }: GuardContext): string | undefined {
  return auth?.ok === true && auth.identity.type === 'key' ? auth.identity.keyId : undefined;
}

function hasValidKey({ auth }: GuardContext): boolean {
  return auth?.ok === true && auth.identity.type === 'key';
}

import type { KeyScope } from '../../core/api-key';
import type { AuditLog } from '../../core/audit';
import type { Authenticator, DayMeter } from '../../core/authenticator';
import type { Block } from '../../core/block';
import type { Clock } from '../../core/clock';
import { addressKey } from '../../core/ip-range';
import { keyUse } from '../../core/key-use';
import type { Logger } from '../../core/logger';
import type { SecurityMode, SecurityPolicy } from '../../core/policy-schema';
import type {
  AccessRecord,
  Admission,
  ConnectionEvent,
  Gate,
  Refusal,
  RequestFacts,
  RoutingFacts,
  Slot,
} from '../../core/request';
import { isModelInScope } from '../api-keys/key-scope';
import type { Blocklist } from '../blocks/blocklist';
import type { BoundedMap } from '../bounded-map';
import { AnomalyGuard } from '../guards/anomaly-guard';
import type { GuardContext } from '../guards/guard';
import { HoneypotGuard } from '../guards/honeypot-guard';
import { IntrusionGuard } from '../guards/intrusion-guard';
import { RateLimitGuard } from '../guards/rate-limit-guard';
import { ResourceGuard } from '../guards/resource-guard';
import { DayLimits } from '../limits/day-limits';
import type { ThrottleLevel } from '../load/resource-throttle';
import { forgiveRanges } from '../scores/forgive';
import { Scorekeeper } from '../scores/scorekeeper';
import { createTrackedAddresses, TrackedAddress } from '../scores/tracked-address';
import { Detections } from './detections';
import { FailOpen } from './fail-open';
import { GuardChain } from './guard-chain';
import { IdentityCheck } from './identity-check';
import { OtherSigns } from './other-signs';
import { PolicyInForce } from './policy-in-force';
import { blockRefusal, hasCredential, provenIdentity, refused, unchecked } from './refusals';
import { readPath } from './request-path';
import { SecurityRecorder } from './security-recorder';
import { SlotKeeper } from './slot-keeper';

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

/** What is remembered of a request that `admit` let in. */
interface Admitted {
  readonly scope: KeyScope | undefined;
  readonly key: string;
}

/**
 * Decides who comes in. In order: allowlist, blocklist, identity, honeypot, intrusion, anomaly, rate limits, resources;
 * then, once the body was read, what the key may use, and a slot.
 *
 * Identity fails closed, everything else open: a guard that throws is recorded and passed over.
 */
export class SecurityGate implements Gate {
  readonly #deps: SecurityGateDeps;
  readonly #inForce: PolicyInForce;
  readonly #tracked: BoundedMap<string, TrackedAddress>;
  readonly #recorder: SecurityRecorder;
  readonly #failOpen: FailOpen;
  readonly #scores: Scorekeeper;
  readonly #detections: Detections;
  readonly #others: OtherSigns;
  readonly #identity: IdentityCheck;
  readonly #dayLimits: DayLimits;
  readonly #slots: SlotKeeper;
  readonly #honeypot = new HoneypotGuard();
  readonly #intrusion = new IntrusionGuard();
  readonly #guards: GuardChain;
  readonly #admitted = new WeakMap<RequestFacts, Admitted>();
  #level: ThrottleLevel = 0;

  constructor(deps: SecurityGateDeps) {
    const { policy, isLoopbackOnly, audit, blocklist, clock, logger } = deps;
    this.#deps = deps;
    const inForce = (this.#inForce = new PolicyInForce(policy, isLoopbackOnly));
    const tracked = (this.#tracked = createTrackedAddresses(clock));
    const recorder = (this.#recorder = new SecurityRecorder(audit, clock));
    const failOpen = (this.#failOpen = new FailOpen(logger, recorder));
    this.#scores = new Scorekeeper(blocklist, policy);
    const detections = (this.#detections = new Detections(inForce, this.#scores, recorder));
    this.#others = new OtherSigns({ inForce, blocklist, tracked, detections, recorder, failOpen, clock });
    this.#identity = new IdentityCheck({ ...deps, inForce, recorder });
    this.#dayLimits = new DayLimits({
      tokens: deps.tokens,
      requests: deps.requests,
      clock,
      safely: (what, run) => failOpen.run(what, undefined, run),
    });
    this.#slots = new SlotKeeper({
      inForce,
      dayLimits: this.#dayLimits,
      recorder,
      clock,
      scopeOf: (request) => this.#admitted.get(request)?.scope,
      onTaken: (routing) => this.#others.repetition(routing, this.#admitted.get(routing.request)?.key),
    });
    this.#guards = new GuardChain(
      [
        this.#honeypot,
        this.#intrusion,
        new AnomalyGuard(),
        new RateLimitGuard(clock),
        new ResourceGuard(() => this.#level),
      ],
      inForce,
      clock,
      {
        signs: (context, signs, mode) =>
          detections.take(context, context.facts.clientAddress, context.facts, signs, mode),
        refusal: ({ facts, auth }, refusal, isObserved) => recorder.refusal(facts, refusal, isObserved, keyIdOf(auth)),
        failed: (guard, { facts }, error) => failOpen.failed(guard.id, facts, error),
      },
    );
    this.configure(policy, isLoopbackOnly);
  }

  /** What was seen in a request: for tests, evaluation and live views. */
  get onDidDetect(): Detections['onDidDetect'] {
    return this.#detections.onDidDetect;
  }

  /** Blocks, warnings, decoy keys, tunnels, throttling: what a person may want to be told. */
  get onDidAlert(): SecurityRecorder['onDidAlert'] {
    return this.#recorder.onDidAlert;
  }

  /** What the services do, for people. */
  get mode(): SecurityMode {
    return this.#inForce.mode;
  }

  get policy(): SecurityPolicy {
    return this.#inForce.policy;
  }

  /** Level of throttling that the machine's load asks for. */
  get throttleLevel(): ThrottleLevel {
    return this.#level;
  }

  /** Level of throttling in force: 0 while the service only observes, or is off. */
  get throttle(): ThrottleLevel {
    return this.#inForce.modes.resources === 'enforce' ? this.#level : 0;
  }

  /** Requests waiting for their turn. */
  get queueLength(): number {
    return this.#slots.waiting;
  }

  /** Takes a new policy for requests that come from now on; running ones go on. */
  configure(policy: SecurityPolicy, isLoopbackOnly = this.#inForce.isLoopbackOnly): void {
    const { blocklist } = this.#deps;
    this.#inForce.set(policy, isLoopbackOnly);
    this.#scores.configure(policy);
    this.#dayLimits.isOff = this.#inForce.modes.rateLimits === 'off';
    this.#honeypot.configure(policy);
    this.#intrusion.configure(policy);
    blocklist.setPolicyAllowlist(policy.allowlist);
    blocklist.setTrustedProxies(policy.trustedProxies);
    this.#slots.configure(this.throttle);
  }

  /** Takes a new level of throttling, from whoever watches the machine. */
  setThrottle(level: ThrottleLevel, cause = ''): void {
    if (level === this.#level) return;
    const kind = level > this.#level ? 'throttle.resource' : 'throttle.released';
    this.#level = level;
    this.#slots.configure(this.throttle);
    this.#recorder.throttle(kind, level, cause);
  }

  /** Forgets what was held against the addresses of ranges: after an unblock. */
  forgive(texts: readonly string[]): void {
    forgiveRanges(this.#tracked, texts);
    this.#recorder.forget();
  }

  admit(facts: RequestFacts): Admission {
    const { blocklist, clock } = this.#deps;
    const { clientAddress: address } = facts;
    const protection = this.#failOpen.run('protection', facts, () =>
      blocklist.protectionOfCaller(address, facts.isDirectLocal),
    );
    const block = protection === undefined ? this.#blockOf(facts) : undefined;
    if (block !== undefined && (block.source !== 'auto' || !hasCredential(facts)))
      return refused(blockRefusal(block, clock.now()));

    const key = addressKey(address);
    const now = clock.monotonic();
    const tracked = this.#tracked.getOrCreate(key, () => new TrackedAddress());
    const context: GuardContext = {
      facts,
      policy: this.#inForce.policy,
      key,
      tracked,
      protection,
      now,
      path: facts.route === facts.target ? facts.target : readPath(facts.target), // our own routes are written plainly
      request: { spent: 0 },
      auth: undefined,
    };
    const identityRefusal = this.#identity.check(context);
    const { auth } = context;
    // A neighbour behind the same address must not lock out whoever has a key.
    if (block !== undefined && (auth?.ok !== true || auth.identity.type !== 'key'))
      return refused(blockRefusal(block, clock.now()));
    if (protection !== 'trusted-proxy') {
      tracked.second.add(now);
      tracked.minute.add(now);
    }
    this.#others.tunnel(facts);

    const outcome = this.#guards.run(context, identityRefusal);
    this.#others.decoyKey(context);
    if (outcome.refusal !== undefined) return refused(outcome.refusal, provenIdentity(auth));
    if (auth?.ok !== true) return refused(unchecked());
    const { identity, scope } = auth;
    this.#admitted.set(facts, { scope, key });
    const headers = this.#dayLimits.headers(outcome.headers, identity, scope) ?? {};
    if (scope?.models === undefined || scope.models.length === 0) return { ok: true, identity, headers };
    return { ok: true, identity, headers, canUse: (model) => isModelInScope(scope, model) };
  }

  acquireNow(routing: RoutingFacts): Slot | Refusal | undefined {
    return this.#slots.acquireNow(routing);
  }

  acquire(routing: RoutingFacts, signal: AbortSignal): Promise<Slot | Refusal> {
    return this.#slots.acquire(routing, signal);
  }

  report(event: ConnectionEvent): void {
    this.#others.connection(event);
  }

  settled(record: AccessRecord): void {
    this.#failOpen.run('settled', undefined, () => {
      const use = keyUse(record);
      if (use !== undefined && use.tokens > 0) this.#dayLimits.countTokens(use.keyId, use.tokens);
      // Last: who hears of the record reads today's use with this request in it.
      this.#deps.audit.recordAccess(record);
    });
  }

  /** The block that holds for whoever is not protected. */
  #blockOf(facts: RequestFacts): Block | undefined {
    const mode = this.#inForce.modes.blocklist;
    if (mode === 'off') return undefined;
    const block = this.#failOpen.run('blocklist', facts, () => this.#deps.blocklist.find(facts.clientAddress));
    if (block === undefined || mode === 'enforce') return block;
    this.#recorder.refusal(facts, blockRefusal(block, this.#deps.clock.now()), true);
    return undefined;
  }
}

function keyIdOf(auth: GuardContext['auth']): string | undefined {
  return auth?.ok === true && auth.identity.type === 'key' ? auth.identity.keyId : undefined;
}

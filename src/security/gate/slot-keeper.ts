import type { KeyScope } from '../../core/api-key';
import type { Clock } from '../../core/clock';
import type { Identity, Refusal, RequestFacts, RoutingFacts, Slot } from '../../core/request';
import type { DayLimits } from '../limits/day-limits';
import { queueLimits, queueRefusal, ticketOf } from '../limits/queue-policy';
import { RequestQueue, type QueueTicket } from '../limits/request-queue';
import type { ThrottleLevel } from '../load/resource-throttle';
import type { PolicyInForce } from './policy-in-force';
import { modelRefusal } from './refusals';
import type { SecurityRecorder } from './security-recorder';

export interface SlotKeeperDeps {
  readonly inForce: Pick<PolicyInForce, 'policy' | 'modes'>;
  readonly dayLimits: DayLimits;
  readonly recorder: Pick<SecurityRecorder, 'authFailure' | 'refusal'>;
  readonly clock: Clock;
  /** Limits of the key of an admitted request. */
  readonly scopeOf: (request: RequestFacts) => KeyScope | undefined;
  /** A request gets a slot or waits for one: exactly once for each that does. */
  readonly onTaken: (routing: RoutingFacts) => void;
}

/** Gives admitted requests their slots: what the key may use, what it has left today, then whose turn it is. */
export class SlotKeeper {
  readonly #deps: SlotKeeperDeps;
  readonly #queue: RequestQueue;
  /** Requests whose limits were asked, and which could not run at once. */
  readonly #toWait = new WeakMap<RoutingFacts, QueueTicket>();

  constructor(deps: SlotKeeperDeps) {
    this.#deps = deps;
    this.#queue = new RequestQueue(deps.clock, queueLimits(deps.inForce.policy, 0));
  }

  /** Requests waiting for their turn. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  /** Takes the policy in force for what waits from now on, and a level of throttling. */
  configure(level: ThrottleLevel): void {
    this.#queue.configure(queueLimits(this.#deps.inForce.policy, level));
  }

  /** What {@link acquire} would say at once; undefined where there is something to wait for. */
  acquireNow(routing: RoutingFacts): Slot | Refusal | undefined {
    const ticket = this.#ticketOf(routing);
    if ('rule' in ticket) return ticket;
    const slot = this.#queue.tryAcquire(ticket);
    if (slot === undefined) {
      this.#toWait.set(routing, ticket);
      return undefined;
    }
    const { dayLimits, onTaken } = this.#deps;
    onTaken(routing);
    dayLimits.countRequest(keyOf(routing.identity), 1);
    return slot;
  }

  /** Waits for a slot or refuses. Asks no limit again that {@link acquireNow} has just asked for the same request. */
  async acquire(routing: RoutingFacts, signal: AbortSignal): Promise<Slot | Refusal> {
    const { inForce, dayLimits, recorder, onTaken } = this.#deps;
    const ticket = this.#toWait.get(routing) ?? this.#ticketOf(routing);
    this.#toWait.delete(routing);
    if ('rule' in ticket) return ticket;
    onTaken(routing);

    const keyId = keyOf(routing.identity);
    // Counted while it waits, so that no line of waiting requests gets past the limit.
    dayLimits.countRequest(keyId, 1);
    const answer = await this.#queue.acquire(ticket, signal).catch((error: unknown) => {
      dayLimits.countRequest(keyId, -1);
      throw error;
    });
    if (typeof answer !== 'string') return answer;
    dayLimits.countRequest(keyId, -1);
    const refusal = queueRefusal(answer, inForce.policy);
    recorder.refusal(routing.request, refusal, false, keyId);
    return refusal;
  }

  /** The request's place in line, or why it may not even wait: then recorded. */
  #ticketOf(routing: RoutingFacts): QueueTicket | Refusal {
    const { inForce, dayLimits, recorder, scopeOf } = this.#deps;
    const { request, identity } = routing;
    const scope = scopeOf(request);
    const keyId = keyOf(identity);
    const outOfScope = modelRefusal(scope, routing);
    if (outOfScope !== undefined) {
      recorder.authFailure(request, outOfScope.code, undefined, keyId, false);
      return outOfScope;
    }
    const exhausted = dayLimits.exhausted(identity, scope);
    if (exhausted !== undefined) {
      recorder.refusal(request, exhausted, false, keyId);
      return exhausted;
    }
    return ticketOf(request, identity, scope, inForce.policy, inForce.modes.rateLimits, routing.claim?.bind(routing));
  }
}

function keyOf(identity: Identity): string | undefined {
  return identity.type === 'key' ? identity.keyId : undefined;
}

import type { Block } from '../../core/block';
import type { Clock } from '../../core/clock';
import type { SecurityMode } from '../../core/policy-schema';
import type { Refusal } from '../../core/request';
import { hasValidKey, type Guard, type GuardContext, type Sign, type Verdict } from '../guards/guard';
import type { PolicyInForce } from './policy-in-force';
import { blockRefusal } from './refusals';

/** Who is told what the guards of a chain say. */
export interface ChainListener {
  /** Answers the block that came of the signs, if one did. */
  signs(context: GuardContext, signs: readonly Sign[], mode: SecurityMode): Block | undefined;
  /** @param isObserved it does not hold: the service only observes */
  refusal?(context: GuardContext, refusal: Refusal, isObserved: boolean): void;
  /** The guard threw: its request goes on as if it had found nothing. */
  failed(guard: Guard, context: GuardContext, error: unknown): void;
}

/** What the guards have answered together. */
export interface ChainOutcome {
  /** The first one that holds. */
  readonly refusal?: Refusal;
  /** For an admitted request. */
  readonly headers: Readonly<Record<string, string>> | undefined;
}

/**
 * Asks guards one after the other. The first refusal is the answer; detectors behind it still look, so that a stranger
 * without a key is seen as the scanner he is.
 */
export class GuardChain {
  readonly #guards: readonly Guard[];
  readonly #inForce: Pick<PolicyInForce, 'modes'>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #listener: ChainListener;

  constructor(
    guards: readonly Guard[],
    inForce: Pick<PolicyInForce, 'modes'>,
    clock: Pick<Clock, 'now'>,
    listener: ChainListener,
  ) {
    this.#guards = guards;
    this.#inForce = inForce;
    this.#clock = clock;
    this.#listener = listener;
  }

  /** @param before why the request is refused whatever the guards say */
  run(context: GuardContext, before: Refusal | undefined): ChainOutcome {
    const { modes } = this.#inForce;
    let refusal = before;
    let headers: Readonly<Record<string, string>> | undefined;
    let isStopped = false;
    for (const guard of this.#guards) {
      if (isStopped) break;
      const mode = modes[guard.service];
      if (mode === 'off' || (refusal !== undefined && !guard.isDetector)) continue;
      const verdict = this.#ask(guard, context);
      if (verdict === undefined) continue;
      if (verdict.headers !== undefined)
        headers = headers === undefined ? verdict.headers : { ...headers, ...verdict.headers };
      if (verdict.signs !== undefined && verdict.signs.length > 0) {
        const block = this.#listener.signs(context, verdict.signs, mode);
        if (block !== undefined && !hasValidKey(context)) {
          refusal ??= blockRefusal(block, this.#clock.now());
          isStopped = true;
        }
      }
      if (verdict.refusal === undefined) continue;
      const isObserved = mode === 'observe' && verdict.holdsInObserve !== true;
      this.#listener.refusal?.(context, verdict.refusal, isObserved);
      if (isObserved) continue;
      refusal ??= verdict.refusal;
      isStopped ||= !guard.looksOnAfterRefusal;
    }
    return refusal === undefined ? { headers } : { refusal, headers };
  }

  #ask(guard: Guard, context: GuardContext): Verdict | undefined {
    try {
      return guard.check(context);
    } catch (error) {
      this.#listener.failed(guard, context, error);
      return undefined;
    }
  }
}

import type { Clock } from '../../core/clock';
import type { Engine } from '../../core/engine';
import { CircuitBreaker, type BreakerPass, type BreakerState, type PassOutcome } from './circuit-breaker';

/** Engines in trouble at once that are remembered; the one remembered longest gives way. */
const maxBreakers = 256;

/** One circuit breaker per engine in trouble. Engines without any cost a map read. */
export class Breakers {
  readonly #clock: Clock;
  readonly #breakers = new Map<string, CircuitBreaker>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  allows(engine: Engine): boolean {
    return this.#breakers.get(engine.id)?.allows(engine.checkedAt) ?? true;
  }

  stateOf(engineId: string): BreakerState {
    return this.#breakers.get(engineId)?.state ?? 'closed';
  }

  retryAfterMs(engineId: string): number {
    return this.#breakers.get(engineId)?.retryAfterMs ?? 0;
  }

  begin(engineId: string): BreakerPass {
    const known = this.#breakers.get(engineId)?.begin();
    return known === undefined ? new FirstPass(this, engineId) : this.#tidied(engineId, known);
  }

  /** @internal a request to an engine without a breaker failed */
  firstFailure(engineId: string): void {
    let breaker = this.#breakers.get(engineId);
    if (breaker === undefined) {
      if (this.#breakers.size >= maxBreakers) this.#breakers.delete(this.#breakers.keys().next().value as string);
      breaker = new CircuitBreaker(this.#clock);
      this.#breakers.set(engineId, breaker);
    }
    if (breaker.state === 'closed') breaker.begin().settle('failed');
  }

  /** @internal whatever failed before, the engine answers */
  firstAnswer(engineId: string): void {
    if (this.#breakers.size > 0) this.#breakers.delete(engineId);
  }

  #tidied(engineId: string, pass: BreakerPass): BreakerPass {
    return {
      connected: () => pass.connected(),
      settle: (outcome) => {
        pass.settle(outcome);
        if (this.#breakers.get(engineId)?.isPristine === true) this.#breakers.delete(engineId);
      },
    };
  }
}

/** For an engine with nothing against it: becomes a breaker only by failing. */
class FirstPass implements BreakerPass {
  readonly #breakers: Breakers;
  readonly #engineId: string;
  #isSettled = false;

  constructor(breakers: Breakers, engineId: string) {
    this.#breakers = breakers;
    this.#engineId = engineId;
  }

  connected(): void {
    // Nothing was in doubt
  }

  settle(outcome: PassOutcome): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    if (outcome === 'failed') this.#breakers.firstFailure(this.#engineId);
    else if (outcome === 'answered') this.#breakers.firstAnswer(this.#engineId);
  }
}

import type { Clock, Timer } from '../../core/clock';
import { Emitter } from '../../core/emitter';
import type { SecurityPolicy } from '../../core/policy-schema';
import { ResourceThrottle, type LoadReading, type ThrottleLevel } from './resource-throttle';
import type { LoadSource } from './resource-sampler';

export interface LoadState {
  readonly reading: LoadReading | undefined;
  readonly level: ThrottleLevel;
  readonly cause: string | undefined;
}

/** A reading that takes longer is given up: unknown load never throttles. */
const READ_TIMEOUT_MS = 5000;

/**
 * Watches the machine on a timer and says which level of throttling applies. Off the request path: guards read the
 * last level. Fails open: without fresh readings the level goes down step by step.
 */
export class ResourceMonitor {
  readonly #source: LoadSource;
  readonly #clock: Clock;
  readonly #throttle: ResourceThrottle;
  readonly #changed = new Emitter<LoadState>();
  #policy: SecurityPolicy;
  #last: LoadReading | undefined;
  #timer: Timer | undefined;
  #isStopped = true;

  constructor(source: LoadSource, clock: Clock, policy: SecurityPolicy) {
    this.#source = source;
    this.#clock = clock;
    this.#policy = policy;
    this.#throttle = new ResourceThrottle(policy.resources);
  }

  /** The level changed. */
  readonly onDidChangeLevel = this.#changed.event;

  get state(): LoadState {
    return { reading: this.#last, level: this.#throttle.level, cause: this.#throttle.cause };
  }

  start(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#schedule();
  }

  configure(policy: SecurityPolicy): void {
    this.#policy = policy;
    this.#throttle.configure(policy.resources);
  }

  dispose(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#source.dispose();
    this.#changed.dispose();
  }

  /** Takes one reading; for tests and for whoever wants to know now. */
  async sample(): Promise<LoadState> {
    const at = this.#clock.monotonic();
    const unknown: LoadReading = { at, cpu: undefined, memory: undefined, eventLoopDelayMs: undefined };
    let timer: Timer | undefined;
    const timeout = new Promise<LoadReading>((resolve) => {
      timer = this.#clock.setTimeout(() => resolve(unknown), READ_TIMEOUT_MS);
    });
    const reading = await Promise.race([this.#source.read(at).catch(() => unknown), timeout]);
    timer?.cancel();
    const before = this.#throttle.level;
    this.#last = reading;
    if (this.#throttle.feed(reading) !== before) this.#changed.fire(this.state);
    return this.state;
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#timer = this.#clock.setTimeout(() => {
      void this.sample().finally(() => this.#schedule());
    }, this.#policy.resources.sampleSeconds * 1000);
  }
}

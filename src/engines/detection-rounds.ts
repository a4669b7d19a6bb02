import type { Clock, Timer } from '../core/clock';
import type { EnginesSnapshot } from '../core/engine';
import { messageOf } from '../core/errors';
import type { Logger } from '../core/logger';
import type { ScanNews } from './published-engines';

export interface DetectionRoundsDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a round may keep people waiting. */
  readonly limitMs: () => number;
  /** Looks everywhere. What is still under way when the time is up goes on. */
  readonly look: () => Promise<unknown>;
  /** Answers with what is published then. */
  readonly publish: (news: ScanNews) => EnginesSnapshot;
  /** A round has ended, and what it found is published. */
  readonly ended: () => void;
}

/** Looks everywhere at once, within a limit of time; who asks for a round while one runs shares it. */
export class DetectionRounds {
  readonly #deps: DetectionRoundsDeps;
  #round: Promise<EnginesSnapshot> | undefined;

  constructor(deps: DetectionRoundsDeps) {
    this.#deps = deps;
  }

  get isRunning(): boolean {
    return this.#round !== undefined;
  }

  /** Settles, never rejecting because of what is found, when the round has ended. */
  run(): Promise<EnginesSnapshot> {
    this.#round ??= this.#runOne().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  async #runOne(): Promise<EnginesSnapshot> {
    const { clock, logger, limitMs, look, publish, ended } = this.#deps;
    const startedAt = clock.monotonic();
    publish({ isScanning: true });
    const work = look().catch((error: unknown) =>
      logger.warn('Engine detection failed in part.', { error: messageOf(error) }),
    );
    let timer: Timer | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = clock.setTimeout(resolve, limitMs());
    });
    await Promise.race([work, limit]);
    timer?.cancel();
    const found = publish({ isScanning: false, scannedAt: clock.now() });
    ended();
    const tookMs = Math.round(clock.monotonic() - startedAt);
    logger.debug('Looked for engines.', { tookMs, engines: found.engines.length });
    return found;
  }
}

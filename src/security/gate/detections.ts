import type { Block } from '../../core/block';
import { Emitter } from '../../core/emitter';
import type { SecurityMode } from '../../core/policy-schema';
import type { RequestFacts } from '../../core/request';
import type { Sign } from '../guards/guard';
import type { Scorekeeper, Suspect } from '../scores/scorekeeper';
import type { PolicyInForce } from './policy-in-force';
import type { SecurityRecorder } from './security-recorder';

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

/** What comes of signs: points, rows of the audit log, a warning, perhaps a block. */
export class Detections {
  readonly #inForce: Pick<PolicyInForce, 'mayBlock'>;
  readonly #scores: Pick<Scorekeeper, 'apply'>;
  readonly #recorder: Pick<SecurityRecorder, 'signs' | 'warning' | 'blocked' | 'observedBlock'>;
  readonly #seen = new Emitter<Detection>();

  constructor(
    inForce: Pick<PolicyInForce, 'mayBlock'>,
    scores: Pick<Scorekeeper, 'apply'>,
    recorder: Pick<SecurityRecorder, 'signs' | 'warning' | 'blocked' | 'observedBlock'>,
  ) {
    this.#inForce = inForce;
    this.#scores = scores;
    this.#recorder = recorder;
  }

  readonly onDidDetect = this.#seen.event;

  /**
   * Scores signs, records and announces them; the block that came of it, if any.
   *
   * @param facts of the request they were found in; undefined for what is no request
   * @param mode of the service that found them
   */
  take(
    suspect: Suspect,
    address: string,
    facts: RequestFacts | undefined,
    signs: readonly Sign[],
    mode: SecurityMode,
  ): Block | undefined {
    const { gained, total, isWarning, block, observedBlock } = this.#scores.apply(
      suspect,
      signs,
      this.#inForce.mayBlock(mode),
    );
    // Less than a point is the decay since the request before: a score at its cap would fill the log with it.
    const hasCounted = gained >= 1;
    this.#recorder.signs(facts ?? { clientAddress: address }, signs, mode === 'observe', hasCounted);
    if (isWarning) this.#recorder.warning(address, total);
    if (observedBlock !== undefined) {
      const { rule, reason, minutes } = observedBlock;
      this.#recorder.observedBlock(address, rule, reason, minutes);
    }
    if (block !== undefined) this.#recorder.blocked(block);
    this.#seen.fire({
      address,
      ...(facts === undefined ? {} : { facts }),
      signs,
      gained,
      total,
      isWarning,
      ...(block === undefined ? {} : { block }),
      wouldBlock: observedBlock !== undefined,
    });
    return block;
  }
}

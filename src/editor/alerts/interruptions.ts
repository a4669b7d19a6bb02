import type { AuditEvent } from '../../core/audit';
import type { Clock, Timer } from '../../core/clock';
import type { Disposable } from '../../core/disposable';

/** At most one toast in this time; the rest is summed up. */
const quietMs = 60_000;
/** Different things remembered while it is quiet; an attack of thousands of addresses is one sentence anyway. */
const maxWaiting = 1000;

/** What a person is interrupted for, in the order of importance. */
export const interruptionKinds = ['decoy', 'exposure', 'hole', 'block', 'throttle'] as const;
export type InterruptionKind = (typeof interruptionKinds)[number];

export interface Interruption {
  readonly kind: InterruptionKind;
  readonly event: AuditEvent;
}

/** One toast: a single thing with its own actions, or a sum of several. */
export type Toast =
  | { readonly type: 'single'; readonly interruption: Interruption }
  | { readonly type: 'sum'; readonly counts: Readonly<Partial<Record<InterruptionKind, number>>> };

/**
 * Whether an event is worth an interruption: somebody was blocked by FLM itself, a decoy key was used, other machines
 * can or can no longer reach the gateway, the check-up found a grave hole, or FLM has to refuse requests to protect the
 * machine. What was only observed, and what the user did, is not.
 */
export function interruptionKind(event: AuditEvent): InterruptionKind | undefined {
  if (event.observedOnly === true) return undefined;
  const details = event.details ?? {};
  switch (event.kind) {
    case 'auth.decoy':
      return 'decoy';
    case 'exposure.changed':
      return 'exposure';
    case 'checkup.finding':
      return 'hole';
    case 'block.added':
      return details.source === 'manual' || details.source === 'import' || event.rule === 'import'
        ? undefined
        : 'block';
    case 'throttle.resource':
      // From step 3 on requests are refused; the steps before only slow down.
      return Number(details.level ?? 0) >= 3 ? 'throttle' : undefined;
    default:
      return undefined;
  }
}

/**
 * Decides when to interrupt: the first event at once, then nothing for a minute, then whatever came in between as one
 * toast. What is no longer true by then (a block that was lifted) is left out.
 */
export class Interruptions implements Disposable {
  readonly #clock: Clock;
  readonly #show: (toast: Toast) => void;
  readonly #isStillTrue: (interruption: Interruption) => boolean;
  readonly #waiting = new Map<string, Interruption>();
  #timer: Timer | undefined;

  constructor(
    clock: Clock,
    show: (toast: Toast) => void,
    isStillTrue: (interruption: Interruption) => boolean = () => true,
  ) {
    this.#clock = clock;
    this.#show = show;
    this.#isStillTrue = isStillTrue;
  }

  add(event: AuditEvent): void {
    const kind = interruptionKind(event);
    if (kind === undefined) return;
    const interruption: Interruption = { kind, event };
    if (this.#timer === undefined) {
      this.#tell({ type: 'single', interruption });
      return;
    }
    const name = `${kind} ${event.address ?? ''} ${event.keyId ?? ''} ${event.engineId ?? ''}`;
    if (this.#waiting.size < maxWaiting || this.#waiting.has(name)) this.#waiting.set(name, interruption);
  }

  dispose(): void {
    this.#timer?.cancel();
    this.#waiting.clear();
  }

  #tell(toast: Toast): void {
    this.#timer = this.#clock.setTimeout(() => this.#endOfQuiet(), quietMs);
    this.#show(toast);
  }

  #endOfQuiet(): void {
    this.#timer = undefined;
    const waiting = [...this.#waiting.values()].filter((interruption) => this.#isStillTrue(interruption));
    this.#waiting.clear();
    const [first] = waiting;
    if (first === undefined) return;
    if (waiting.length === 1) this.#tell({ type: 'single', interruption: first });
    else this.#tell({ type: 'sum', counts: countKinds(waiting) });
  }
}

function countKinds(interruptions: readonly Interruption[]): Partial<Record<InterruptionKind, number>> {
  const counts: Partial<Record<InterruptionKind, number>> = {};
  for (const { kind } of interruptions) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

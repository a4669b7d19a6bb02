import type { Engine } from '../core/engine';
import type { UpstreamSign } from '../core/upstream';
import type { RepairPlan } from './repairs/repair-plan';
import type { PassOutcome } from './routing/circuit-breaker';
import type { UpstreamCall, UpstreamListener } from './upstream-call';

/** One engine's turn at a request. */
export interface Attempt {
  readonly engine: Engine;
  readonly plan: RepairPlan;
  readonly call: UpstreamCall;
  /** The client wants a whole answer, the engine was asked for a stream. */
  readonly isJoined: boolean;
  /** The engine must not be broken off. */
  readonly isDrained: boolean;
  /** Told to the engine's health. */
  sign(sign: UpstreamSign): void;
  /** The engine took the connection. */
  connected(): void;
  /** What it showed about the engine's connection; only the first time counts. */
  settle(outcome: PassOutcome): void;
  /** Lets the next engine try; false: there is none. `isLost`: this one may have worked on it. */
  goOn(isLost: boolean): boolean;
  /** What still happens when the client has gone; undefined: nothing, the call ends. `release` is then called once. */
  unread(hasHead: boolean, release: () => void): UpstreamListener | undefined;
}

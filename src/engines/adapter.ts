import type { EngineKind } from '../core/engine';
import type { EngineLoad } from '../core/engine-load';
import type { Model } from '../core/model';
import type { Observation } from './observation';
import type { ProbeReply, ProbeSession } from './probe';

/** What an adapter learned from one or several probes. Absent members: nothing new, what was known stays. */
export interface Finding {
  readonly observation: Observation;
  readonly models?: readonly Model[];
  readonly version?: string;
  readonly isRouter?: boolean;
  /** Requests it can work on at once. */
  readonly parallel?: number;
  /** How busy it is, where it tells and somebody wants to know. */
  readonly load?: EngineLoad;
  /** The answers are not those of this kind of engine: something else may have taken the port. */
  readonly isSuspect?: boolean;
  /** Not all metadata could be read in the time given; another look soon goes on where this one stopped. */
  readonly isPartial?: boolean;
  /** The list of models may have changed: a full look is due. */
  readonly isListChanged?: boolean;
}

/** What is known of an engine when it is probed again. */
export interface KnownEngine {
  readonly models: readonly Model[];
  /** Counts the pulses since the last full look, from 1. */
  readonly pulse: number;
}

/**
 * How FLM talks to one kind of engine. To add a kind: one file with these members and pure parse functions, a row in
 * `adapters.ts`, a rule in `fingerprint.ts`.
 *
 * Adapters never throw, whatever the engine answers, and hold no state besides the session's memo.
 */
export interface EngineAdapter {
  readonly kind: EngineKind;
  /**
   * Everything worth knowing: models with metadata, version, health. A handful of requests, at most once per TTL.
   * @param list the answer to `GET /v1/models` when the fingerprint has just asked for it
   */
  look(session: ProbeSession, list?: ProbeReply): Promise<Finding>;
  /** Still there, still the same, what is loaded: one small request, every few seconds while somebody looks. */
  pulse(session: ProbeSession, known: KnownEngine): Promise<Finding>;
}

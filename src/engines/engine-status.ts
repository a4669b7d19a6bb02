import type { EngineState } from '../core/engine';
import { reason, type Reason } from '../core/reason';
import type { Observation } from './observation';

/** The part of an engine that the state machine owns. */
export interface EngineStatus {
  readonly state: EngineState;
  readonly reason: Reason;
  /** Epoch ms of the entry into this state. */
  readonly since: number;
  /** Failed probes in a row. */
  readonly failures: number;
}

export interface StatusRules {
  readonly degradedLatencyMs: number;
  /** Epoch ms. */
  readonly now: number;
}

/** Failed probes in a row after which an engine counts as unreachable: one lost probe is no outage. */
export const failuresUntilError = 3;

/**
 * The state after one more observation. Pure; `previous` is undefined for an address never seen before, which has no
 * better state to keep and is `network-error` at once when it cannot be reached.
 */
export function nextStatus(previous: EngineStatus | undefined, seen: Observation, rules: StatusRules): EngineStatus {
  if (seen.type === 'unreachable') {
    const failures = (previous?.failures ?? 0) + 1;
    const hasFailed = previous === undefined || failures >= failuresUntilError || previous.state === 'network-error';
    if (hasFailed) return enter(previous, 'network-error', seen.reason, failures, rules.now);
    return { ...previous, failures };
  }
  const [state, why] = answeredState(seen, rules);
  return enter(previous, state, why, 0, rules.now);
}

function answeredState(seen: Exclude<Observation, { type: 'unreachable' }>, rules: StatusRules): [EngineState, Reason] {
  switch (seen.type) {
    case 'ok':
      return seen.latencyMs >= rules.degradedLatencyMs
        ? ['degraded', reason('engine.slow', seen.latencyMs, rules.degradedLatencyMs)]
        : ['healthy', reason('engine.healthy', seen.latencyMs)];
    case 'busy':
      return ['degraded', reason('engine.busy', seen.status)];
    case 'loading':
      return ['loading', reason('engine.loading')];
    case 'needs-key':
      return ['needs-key', reason(seen.hadKey ? 'engine.keyRejected' : 'engine.needsKey', seen.status)];
    case 'bad-answer':
      return ['api-error', seen.reason];
  }
}

function enter(
  previous: EngineStatus | undefined,
  state: EngineState,
  why: Reason,
  failures: number,
  now: number,
): EngineStatus {
  return { state, reason: why, since: previous?.state === state ? previous.since : now, failures };
}

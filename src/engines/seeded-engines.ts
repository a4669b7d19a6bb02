import { isUsable, type Engine } from '../core/engine';
import { reason } from '../core/reason';
import type { EngineRecord } from './engine-record';

/** Cached engines of an earlier run, by base URL; more than this many were never shown. */
const maxSeeds = 256;

/** Whether an engine is worth keeping for the next start: found on its own address and of use when it was last seen. */
export function isCacheable(engine: Engine): boolean {
  const isReal = engine.baseUrl !== '' && engine.source !== 'demo' && engine.source !== 'installed';
  return isReal && (isUsable(engine.state) || engine.state === 'needs-key') && engine.reason.code !== 'engine.passive';
}

export function seedsByUrl(engines: readonly Engine[]): Map<string, Engine> {
  return new Map(
    engines
      .filter(isCacheable)
      .slice(0, maxSeeds)
      .map((engine) => [engine.baseUrl, engine]),
  );
}

/** The record as it was in an earlier run, marked as such; the first visit replaces or drops it. */
export function seededRecord(record: EngineRecord, seed: Engine, now: number): EngineRecord {
  const seenAt = seed.checkedAt ?? seed.since;
  return {
    ...record,
    role: 'engine',
    kind: seed.kind,
    status: {
      state: seed.state,
      reason: reason('engine.cached', new Date(seenAt).toISOString()),
      since: now,
      failures: 0,
    },
    models: seed.models,
    checkedAt: seenAt,
    ...(seed.version === undefined ? {} : { version: seed.version }),
    ...(seed.isRouter === undefined ? {} : { isRouter: seed.isRouter }),
    isSeeded: true,
  };
}

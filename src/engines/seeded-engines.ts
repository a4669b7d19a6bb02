import { engineKinds, isUsable, type Engine } from '../core/engine';
import { capabilities, type Model } from '../core/model';
import { reason } from '../core/reason';
import type { EngineRecord } from './engine-record';
import { arrayOf, objectOf, textsOf } from './json';
import { modelIdOf, uniqueModels } from './model-list';

/** Cached engines of an earlier run, by base URL; more than this many were never shown. */
const maxSeeds = 256;

/** Whether an engine is worth keeping for the next start: found on its own address and of use when it was last seen. */
export function isCacheable(engine: Engine): boolean {
  const isReal = engine.baseUrl !== '' && engine.source !== 'demo' && engine.source !== 'installed';
  return isReal && (isUsable(engine.state) || engine.state === 'needs-key') && engine.reason.code !== 'engine.passive';
}

/** Seeds by base URL. They come from a file, so what could not have been written by FLM is left out. */
export function seedsByUrl(engines: readonly Engine[]): Map<string, Engine> {
  const usable = engines.filter((engine) => isCacheable(engine) && engineKinds.includes(engine.kind));
  return new Map(
    usable.slice(0, maxSeeds).map((engine) => [engine.baseUrl, { ...engine, models: cleanModels(engine.models) }]),
  );
}

function cleanModels(models: readonly unknown[]): readonly Model[] {
  return uniqueModels(models.filter(isModel));
}

function isModel(value: unknown): value is Model {
  const fields = objectOf(value);
  const known: readonly string[] = capabilities;
  const isAbleTo =
    arrayOf(fields?.capabilities) !== undefined && textsOf(fields?.capabilities).every((name) => known.includes(name));
  return isAbleTo && modelIdOf(fields?.id) !== undefined;
}

/** The record as it was in an earlier run, marked as such; the first visit replaces or drops it. */
export function seededRecord(record: EngineRecord, seed: Engine, now: number): EngineRecord {
  const seenAt = validTime(seed.checkedAt ?? seed.since) ?? now;
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

/** `Date` holds 8.64e15 ms on either side of 1970 and throws beyond. */
function validTime(value: number): number | undefined {
  return Number.isFinite(value) && value > 0 && value < 8.64e15 ? value : undefined;
}

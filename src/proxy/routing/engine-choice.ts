import type { CatalogEntry } from '../../core/catalog';
import { isUsable, type Engine, type EngineState } from '../../core/engine';
import type { EngineLoads } from '../../core/engine-load';
import type { InFlight } from '../in-flight';

/** A cold load takes as long as some answers: a loaded model may be this much busier and is still asked. */
const coldLoadCost = 4;

/** A conversation stays at its engine while that is at most this much busier than the idlest. */
const stickyMargin = 2;

const healthRanks: Readonly<Partial<Record<EngineState, number>>> = { healthy: 0, degraded: 1, loading: 2 };

/** What a choice goes by. */
export interface EngineFacts {
  readonly inFlight: InFlight;
  readonly loads: EngineLoads | undefined;
}

/** Candidates that a request may go to at all: those usable now; where none is, the first, whose error says why. */
export function usableOf(candidates: readonly CatalogEntry[]): readonly CatalogEntry[] {
  if (candidates.length === 1) return candidates;
  const usable = candidates.filter(({ engine }) => isUsable(engine.state));
  return usable.length > 0 ? usable : candidates.slice(0, 1);
}

/**
 * The best of several: healthy before degraded before loading, then the one with the least to do, a model in memory
 * before one that must be loaded; the earlier among equals. `stayAt` wins while it is as healthy and not much busier.
 */
export function chooseEngine(
  candidates: readonly CatalogEntry[],
  facts: EngineFacts,
  stayAt: string | undefined,
): CatalogEntry | undefined {
  let best: CatalogEntry | undefined;
  let bestRank = 0;
  let bestCost = 0;
  for (const entry of candidates) {
    const rank = healthRanks[entry.engine.state] ?? 3;
    const cost = costOf(entry, facts);
    if (best !== undefined && (rank > bestRank || (rank === bestRank && cost >= bestCost))) continue;
    best = entry;
    bestRank = rank;
    bestCost = cost;
  }
  if (stayAt === undefined || best === undefined || best.engine.id === stayAt) return best;
  const home = candidates.find(({ engine }) => engine.id === stayAt);
  const isFit = home !== undefined && (healthRanks[home.engine.state] ?? 3) === bestRank;
  return isFit && costOf(home, facts) <= bestCost + stickyMargin ? home : best;
}

/**
 * Requests ahead of one more. What the engine said when probed counts others' requests, too, but is seconds old; our
 * own count is never late: the larger of the two.
 */
function costOf({ engine, model }: CatalogEntry, { inFlight, loads }: EngineFacts): number {
  const told = loads?.loadOf(engine.id);
  const busy = Math.max(inFlight.of(engine.id), told === undefined ? 0 : told.running + told.waiting);
  return busy + (model.isLoaded === false ? coldLoadCost : 0);
}

/** Requests the engine may work on for us at once. */
export function limitOf(engine: Engine, configured: number | undefined): number {
  return configured ?? engine.parallel ?? Number.POSITIVE_INFINITY;
}

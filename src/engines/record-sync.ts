import type { Engine, EngineKind } from '../core/engine';
import { isLoopbackUrl } from './base-url';
import type { Candidate } from './candidates';
import { forgotten, newRecord, type EngineRecord } from './engine-record';
import { passiveRecord } from './passive-engine';
import { lingerMs } from './schedule';
import { seededRecord } from './seeded-engines';

/**
 * The records for these candidates, in their order. An address that stays keeps what is known of it; a new one begins
 * with what an earlier run knew, which is taken out of `seeds`.
 */
export function syncRecords(
  known: ReadonlyMap<string, EngineRecord>,
  candidates: readonly Candidate[],
  seeds: Map<string, Engine>,
  now: number,
): Map<string, EngineRecord> {
  return new Map(
    candidates.map((candidate) => {
      const before = known.get(candidate.baseUrl);
      if (before !== undefined && isProbedAlike(before.candidate, candidate)) {
        return [candidate.baseUrl, { ...before, candidate }];
      }
      if (candidate.passiveModels !== undefined) return [candidate.baseUrl, passiveRecord(candidate, now)];
      const seed = seeds.get(candidate.baseUrl);
      seeds.delete(candidate.baseUrl);
      const fresh = newRecord(candidate);
      return [candidate.baseUrl, seed === undefined ? fresh : seededRecord(fresh, seed, now)];
    }),
  );
}

/**
 * The records with what an earlier run knew of addresses that have not let this one in: used for those there are,
 * whose seeds are taken out of `seeds`. What has been read in this run stays.
 */
export function withSeeds(
  records: ReadonlyMap<string, EngineRecord>,
  seeds: Map<string, Engine>,
  now: number,
): Map<string, EngineRecord> {
  return new Map(
    [...records].map(([url, record]) => {
      const seed = seeds.get(url);
      seeds.delete(url);
      const isDecided =
        record.checkedAt !== undefined || record.role === 'self' || record.candidate.passiveModels !== undefined;
      return [url, seed === undefined || isDecided ? record : seededRecord(newRecord(record.candidate), seed, now)];
    }),
  );
}

/** Names and sources may change without a new look; how the address is asked may not. */
function isProbedAlike(a: Candidate, b: Candidate): boolean {
  return a.kind === b.kind && JSON.stringify(a.passiveModels) === JSON.stringify(b.passiveModels);
}

/**
 * An engine that FLM found by itself and that is gone, or became something else: given up at once where its entry as
 * an installed engine takes its place, else after it was shown as failed for a while. Other records stay as they are.
 */
export function retired(record: EngineRecord, installed: ReadonlySet<EngineKind>, now: number): EngineRecord {
  const { status, candidate, kind } = record;
  if (candidate.isConfigured || status === undefined) return record;
  const isGone = status.state === 'network-error';
  const isOther = status.state === 'api-error' && record.needsIdentity;
  const isReplaced = isGone && isLoopbackUrl(candidate.baseUrl) && kind !== undefined && installed.has(kind);
  const isOver = (isGone || isOther) && now - status.since >= lingerMs;
  return isReplaced || isOver ? forgotten(record) : record;
}

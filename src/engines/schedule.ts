import type { EngineRecord } from './engine-record';
import { failuresUntilError } from './engine-status';
import { isLoopbackUrl } from './base-url';

/**
 * Milliseconds between visits while somebody looks. A started or stopped engine of this machine is to show within five
 * seconds; a closed local port costs microseconds, a pulse about a millisecond.
 */
export const intervals = {
  localMs: 2500,
  remoteMs: 10_000,
  loadingMs: 1000,
  /** After a first lost probe: three in a row should take one second, not nine. */
  recheckMs: 400,
  partialMs: 500,
  selfMs: 10_000,
  maxBackOffMs: 30_000,
} as const;

/** How long an engine that FLM found by itself stays in view after it failed or changed into something else. */
export const lingerMs = 5 * 60_000;

/** Delay until the next visit; undefined for engines that are never probed. Pure. */
export function nextDelayMs(record: EngineRecord): number | undefined {
  if (record.candidate.passiveModels !== undefined) return undefined;
  const isLocal = isLoopbackUrl(record.candidate.baseUrl);
  const usual = isLocal ? intervals.localMs : intervals.remoteMs;
  const { status } = record;
  switch (record.role) {
    case 'self':
      return intervals.selfMs;
    case 'stranger':
      return backOff(usual, record.misses - 1); // somebody's web server: its log is not ours to fill
    case 'absent':
      return isLocal ? usual : backOff(usual, record.misses - 1);
    case 'engine':
      break;
  }
  if (status === undefined || record.isSeeded) return usual;
  if (status.failures > 0 && status.failures < failuresUntilError) return intervals.recheckMs;
  if (status.state === 'network-error') return isLocal ? usual : backOff(usual, status.failures - failuresUntilError);
  if (status.state === 'api-error') return backOff(usual, record.misses);
  if (status.state === 'loading') return intervals.loadingMs;
  return record.needsLook && status.state === 'healthy' ? intervals.partialMs : usual;
}

function backOff(baseMs: number, times: number): number {
  return Math.min(intervals.maxBackOffMs, baseMs * 2 ** Math.max(0, Math.min(times, 10)));
}

import type { Engine } from '../core/engine';
import type { Reason } from '../core/reason';

/**
 * Whether people would see no difference. Every pulse brings another latency and another time of the check; telling
 * all windows of each would be noise, so latency counts only when it changed by half and by 20 ms, and the time of
 * the check not at all.
 */
export function looksSame(a: readonly Engine[], b: readonly Engine[]): boolean {
  return a.length === b.length && a.every((engine, index) => isSameEngine(engine, b[index] as Engine));
}

function isSameEngine(a: Engine, b: Engine): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)] as (keyof Engine)[]);
  return [...keys].every((key) => {
    if (key === 'checkedAt') return (a.checkedAt === undefined) === (b.checkedAt === undefined);
    if (key === 'latencyMs') return isSimilarLatency(a.latencyMs, b.latencyMs);
    if (key === 'reason') return isSameReason(a.reason, b.reason);
    return a[key] === b[key]; // model lists keep their identity while nothing in them changes
  });
}

function isSimilarLatency(a: number | undefined, b: number | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const difference = Math.abs(a - b);
  return difference < 20 || difference < Math.max(a, b) / 2;
}

function isSameReason(a: Reason, b: Reason): boolean {
  if (a.code !== b.code) return false;
  if (a.code === 'engine.healthy' || a.code === 'engine.slow') return true; // their argument is the latency
  return a.args.length === b.args.length && a.args.every((value, index) => value === b.args[index]);
}

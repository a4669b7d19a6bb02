import assert from 'node:assert/strict';
import { lateness } from './lateness';

/** How often a machine may be too busy with other things to show anything. */
const attempts = 20;

class MachineWasBusy extends assert.AssertionError {}

/**
 * Fails when what `begin` starts takes longer. Client, FLM and engine of a test share one process: where its event loop
 * was late by as much as is missing, the measure shows nothing and {@link onceInTime} takes another.
 */
export async function inTime(withinMs: number, begin: () => Promise<unknown>): Promise<void> {
  const late = lateness();
  const since = performance.now();
  await begin();
  const took = performance.now() - since;
  const lateMs = late.stop();
  if (took <= withinMs) return;
  const message = `took ${took} ms, not ${withinMs}; the event loop was ${lateMs} ms late`;
  if (took - lateMs <= withinMs) throw new MachineWasBusy({ message });
  assert.fail(message);
}

/** Runs a check with {@link inTime} in it until a measure counts. */
export async function onceInTime(check: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await check();
      return;
    } catch (error) {
      if (attempt === attempts || !(error instanceof MachineWasBusy)) throw error;
    }
  }
}

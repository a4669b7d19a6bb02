import assert from 'node:assert/strict';

/** How often a machine may be too busy with other things. */
const attempts = 20;

class TookTooLong extends assert.AssertionError {}

/** Rejects when what `begin` starts takes longer. */
export async function inTime(withinMs: number, begin: () => Promise<unknown>): Promise<void> {
  const since = performance.now();
  await begin();
  const took = performance.now() - since;
  if (took > withinMs) throw new TookTooLong({ message: `took ${took} ms, not ${withinMs}` });
}

/** Runs a check with {@link inTime} in it until it held once: a busy machine adds time and takes none away. */
export async function onceInTime(check: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await check();
      return;
    } catch (error) {
      if (attempt === attempts || !(error instanceof TookTooLong)) throw error;
    }
  }
}

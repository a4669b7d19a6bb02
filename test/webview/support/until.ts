import { setTimeout as delay } from 'node:timers/promises';

/** It ends a hang, it judges no speed. */
const patienceMs = 60_000;

/** Until something holds on the gateway's side. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!condition()) {
    if (Date.now() > deadline)
      throw new Error(`This did not become true within ${patienceMs / 1000} s: ${String(condition)}`);
    await delay(20);
  }
}

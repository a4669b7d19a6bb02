import type { Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** CPU time of the thread in µs: without the time in which the machine ran something else. */
  readonly tdur?: number;
}

/** Tells the page's own main thread from those of other pages, and of the spare one that Chromium keeps ready. */
const mark = 'flm-own-tasks';

/**
 * Runs something and answers how long the tasks of the page's main thread were, in ms of their own CPU time, longest
 * first. `PerformanceObserver` (`longtask`) counts the same tasks by the clock on the wall, which on a machine with
 * other work measures that work: with 14 processes waiting for 2 cores, tasks of 20 ms were reported as 50 to 350.
 */
export async function ownTasks(page: Page, run: () => Promise<void>): Promise<readonly number[]> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('The page has no browser of its own.');
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] });
  let trace: Buffer;
  try {
    await page.evaluate(`void performance.mark('${mark}')`);
    await run();
  } finally {
    trace = await browser.stopTracing();
  }
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const own = traceEvents.find(({ name }) => name === mark);
  if (own === undefined) throw new Error('The trace does not say which thread is the page’s.');
  const tasks = traceEvents.filter(
    ({ name, pid, tid, tdur }) => name.endsWith('RunTask') && tdur !== undefined && pid === own.pid && tid === own.tid,
  );
  if (tasks.length === 0) throw new Error('The trace holds no task of the page: nothing was measured.');
  return tasks.map(({ tdur = 0 }) => tdur / 1000).sort((a, b) => b - a);
}

/** How often work is watched before a long task counts as its own. */
const looks = 3;

/**
 * Tasks longer than `limitMs`, empty when one of three looks at the same work, each on a page of its own, had none. The
 * processor time of a thread on a virtual machine holds what the machine's neighbours take from it, so a single long
 * task may be theirs; work that takes long does so every time.
 */
export async function longTasks(limitMs: number, look: () => Promise<readonly number[]>): Promise<readonly number[]> {
  let found: readonly number[] = [];
  for (let count = 0; count < looks; count++) {
    found = (await look()).filter((ms) => ms > limitMs);
    if (found.length === 0) break;
  }
  return found;
}

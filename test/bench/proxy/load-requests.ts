import autocannon from 'autocannon';
import { busiest, threadTimes } from './processor-time';

/**
 * Requests a second that each target answers, measured in turns so that a busy machine strikes all alike. Argument: JSON
 * of {@link Load}. Prints {@link Rates} per target.
 */
export interface Load {
  readonly targets: readonly {
    readonly url: string;
    readonly key?: string;
    readonly model: string;
    /** Whose processor time is read. */
    readonly pid?: number | undefined;
  }[];
  readonly connections: number;
  readonly seconds: number;
  readonly rounds: number;
}

/** By round. */
export interface Rates {
  readonly perSecond: number[];
  /** Microseconds of processor time per request in the busiest thread of the target. */
  readonly busiestUs: number[];
}

async function main(): Promise<void> {
  const { targets, connections, seconds, rounds } = JSON.parse(process.argv[2] as string) as Load;
  const rates: Rates[] = targets.map(() => ({ perSecond: [], busiestUs: [] }));
  for (let round = -1; round < rounds; round++) {
    for (const [at, { url, key, model, pid }] of targets.entries()) {
      const before = pid === undefined ? new Map<string, number>() : threadTimes(pid);
      const result = await autocannon({
        url: `${url}/v1/chat/completions`,
        method: 'POST',
        connections,
        duration: round < 0 ? 1 : seconds, // the first round warms up
        headers: {
          'content-type': 'application/json',
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello there, how are you?' }] }),
      });
      const bad = result.non2xx + result.errors + result.timeouts;
      if (bad > 0) throw new Error(`${url}: ${bad} of ${result.requests.total} requests failed`);
      if (round < 0) continue;
      rates[at]?.perSecond.push(result.requests.average);
      if (pid !== undefined) rates[at]?.busiestUs.push(busiest(before, threadTimes(pid)) / result.requests.total);
    }
  }
  console.log(JSON.stringify(rates));
}

void main();

import autocannon from 'autocannon';

/**
 * Requests a second that each target answers, measured in turns so that a busy machine strikes all alike. Argument: JSON
 * of {@link Load}. Prints an array of requests a second per target.
 */
export interface Load {
  readonly targets: readonly { readonly url: string; readonly key?: string; readonly model: string }[];
  readonly connections: number;
  readonly seconds: number;
  readonly rounds: number;
}

async function main(): Promise<void> {
  const { targets, connections, seconds, rounds } = JSON.parse(process.argv[2] as string) as Load;
  const rates: number[][] = targets.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const [at, { url, key, model }] of targets.entries()) {
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
      if (round >= 0) rates[at]?.push(result.requests.average);
    }
  }
  console.log(JSON.stringify(rates));
}

void main();

import { Client } from 'undici';

/**
 * Milliseconds of single requests to each target, one client, the targets asked in turn, so that their difference is
 * what the one adds. Argument: JSON of {@link Latency}. Prints, per target, the sorted times.
 */
export interface Latency {
  readonly targets: readonly { readonly url: string; readonly key?: string; readonly model: string }[];
  readonly requests: number;
}

const warmUp = 300;

async function main(): Promise<void> {
  const { targets, requests } = JSON.parse(process.argv[2] as string) as Latency;
  const clients = targets.map(({ url }) => new Client(url, { pipelining: 1 }));
  const times: number[][] = targets.map(() => []);
  for (let i = -warmUp; i < requests; i++) {
    for (const [at, { key, model }] of targets.entries()) {
      const begin = performance.now();
      const { statusCode, body } = await (clients[at] as Client).request({
        path: '/v1/chat/completions',
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello there, how are you?' }] }),
      });
      await body.text();
      if (statusCode !== 200) throw new Error(`HTTP ${statusCode}`);
      if (i >= 0) times[at]?.push(performance.now() - begin);
    }
  }
  await Promise.all(clients.map((client) => client.destroy()));
  console.log(JSON.stringify(times.map((list) => list.sort((a, b) => a - b))));
}

void main();

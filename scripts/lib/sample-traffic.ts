const requestTimeoutMs = 30_000;

interface Visit {
  readonly key: number;
  readonly address: string;
  readonly model: string;
  readonly count: number;
}

/** Who asks what in the pictures. Addresses are those of a private network. */
const visits: readonly Visit[] = [
  { key: 0, address: '192.168.1.31', model: 'llama3.2:3b', count: 9 },
  { key: 1, address: '192.168.1.40', model: 'Qwen/Qwen3-8B', count: 14 },
  { key: 1, address: '192.168.1.41', model: 'qwen3:8b', count: 6 },
];

/** Sends chat requests with the given keys. Throws when the proxy refuses one. */
export async function sendTraffic(origin: string, keys: readonly string[]): Promise<void> {
  for (const { key, address, model, count } of visits) {
    for (let sent = 0; sent < count; sent += 1) {
      const response = await fetch(`${origin}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${keys[key]}`,
          'x-forwarded-for': address,
        },
        body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
        signal: AbortSignal.timeout(requestTimeoutMs),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`The proxy refused a request for ${model}: ${text}`);
    }
  }
}

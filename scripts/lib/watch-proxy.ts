import { setTimeout as delay } from 'node:timers/promises';

const patienceMs = 90_000;
const requestTimeoutMs = 3_000;

/** Waits until FLM's proxy answers with models and says how to call it. Says so, too, when it does not. */
export async function watchProxy(port: number, signal: AbortSignal): Promise<void> {
  const endpoint = `http://127.0.0.1:${port}/v1`;
  const deadline = Date.now() + patienceMs;
  let found: readonly string[] | undefined;
  while (!signal.aborted && Date.now() < deadline) {
    found = (await publishedModels(endpoint)) ?? found;
    if (found !== undefined && found.length > 0) break;
    await delay(500, undefined, { signal }).catch(() => undefined);
  }
  if (signal.aborted) return;
  if (found === undefined) {
    console.log(`› The proxy does not answer at ${endpoint}. Its log is in the editor: Output → FLM.`);
    return;
  }
  console.log(`› The proxy answers at ${endpoint} with ${found.length} models: ${found.slice(0, 4).join(', ')}`);
  const model = found[0] ?? 'MODEL';
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hello' }] });
  console.log(`  Try: curl -N ${endpoint}/chat/completions -H 'content-type: application/json' -d '${body}'`);
}

/** Ids of the models, or undefined while nothing answers. */
async function publishedModels(endpoint: string): Promise<readonly string[] | undefined> {
  try {
    const response = await fetch(`${endpoint}/models`, { signal: AbortSignal.timeout(requestTimeoutMs) });
    if (!response.ok) return undefined;
    const { data } = (await response.json()) as { data?: readonly { id: string }[] };
    return data?.map(({ id }) => id);
  } catch {
    return undefined;
  }
}

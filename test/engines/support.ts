import OpenAI from 'openai';

/** What scripts/test-engines.mjs started. */
function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run these tests with npm run test:engines.`);
  return value;
}

export const chatUrl = required('FLM_TEST_CHAT_URL');
export const embedUrl = required('FLM_TEST_EMBED_URL');
export const modelName = required('FLM_TEST_MODEL_NAME');
/** Undefined in a run without the gateway. */
const endpoint = process.env['FLM_TEST_ENDPOINT'];

/** The ways a client can reach the chat model, by name: the engine itself, and the gateway in front of it. */
export const ways = [
  { name: 'llama-server itself', baseURL: `${chatUrl}/v1`, embedBaseURL: `${embedUrl}/v1`, isGateway: false },
  ...(endpoint === undefined
    ? []
    : [{ name: 'the gateway', baseURL: endpoint, embedBaseURL: endpoint, isGateway: true }]),
];

/**
 * The official client. llama-server closes idle connections after 5 s, which can meet the next request half-way: the
 * gateway has to deal with that itself, so that behind it nothing is tried twice.
 */
export function client(baseURL: string, isGateway: boolean): OpenAI {
  return new OpenAI({ baseURL, apiKey: 'unused', maxRetries: isGateway ? 0 : 2, timeout: 60_000 });
}

/** The engine shares the machine with whatever else runs on it. */
export const patienceMs = 30_000;

/** The id of the model as `way` lists it: behind the gateway with the engine's name in front. */
export async function modelId(openai: OpenAI, role: 'chat' | 'embed', isGateway: boolean): Promise<string> {
  if (!isGateway) return modelName;
  // Two engines of one kind are told apart by their port: `llamacpp-18080/model`.
  const { port } = new URL(role === 'chat' ? chatUrl : embedUrl);
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const ids = (await openai.models.list()).data.map(({ id }) => id);
    const id = ids.find((one) => one === `llamacpp-${port}/${modelName}`);
    if (id !== undefined) return id;
    if (Date.now() > deadline) throw new Error(`no model of ${role} in the gateway's list: ${ids.join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** How many slots of the chat server are at work. */
export async function busySlots(): Promise<number> {
  const answer = await fetch(`${chatUrl}/slots`, { signal: AbortSignal.timeout(patienceMs) });
  const slots = (await answer.json()) as readonly { readonly is_processing: boolean }[];
  return slots.filter((slot) => slot.is_processing).length;
}

/**
 * Resolves with the milliseconds it took until `wanted` slots were at work; rejects after `timeoutMs`.
 *
 * It asks no more than every 1.5 s: the server looks for a client that left while it waits for a result, at most 1 s, and
 * every answer to another request starts that second anew. Asked ten times a second, it never looks (measured).
 */
export async function untilBusy(wanted: number, timeoutMs: number): Promise<number> {
  const begin = performance.now();
  for (;;) {
    const busy = await busySlots();
    if (busy === wanted) return performance.now() - begin;
    if (performance.now() - begin > timeoutMs) throw new Error(`${busy} slots at work after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }
}

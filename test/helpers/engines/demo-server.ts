import { demoText } from './demo-reply';
import { chatPrompt, completionPrompt, isObject, responsesPrompt } from './openai-request';
import type { OllamaModel } from './ollama-models';
import { startOllama, type OllamaSimulator } from './ollama';
import type { RecordedRequest } from './recorded-request';
import type { Reply } from './reply';

/** By this version a client can tell the demo engine from a real Ollama. */
export const demoVersion = '0.0.0-flm-demo';

const tokensPerSecond = 30;
/** The engine may run for days: it keeps no more than this many requests. */
const keptRequests = 100;

const models: readonly OllamaModel[] = [
  {
    name: 'demo-chat:latest',
    sizeBytes: 1_000_000,
    family: 'flm-demo',
    parameters: '',
    quantization: '',
    contextLength: 8192,
    embeddingLength: 384,
    capabilities: ['completion', 'tools'],
    modifiedAt: '2026-01-01T00:00:00Z',
  },
  {
    name: 'demo-embed:latest',
    sizeBytes: 1_000_000,
    family: 'flm-demo',
    parameters: '',
    quantization: '',
    contextLength: 8192,
    embeddingLength: 384,
    capabilities: ['embedding'],
    modifiedAt: '2026-01-01T00:00:00Z',
  },
];

/** An Ollama on loopback whose answers are prepared and say so. Rejects when the port is taken. */
export async function startDemoEngine(port = 0): Promise<OllamaSimulator> {
  const engine = await startOllama({
    port,
    models,
    loaded: models.map(({ name }) => ({ name, contextLength: 8192 })),
    version: demoVersion,
    headers: { 'X-FLM-Demo-Engine': '1' },
    embeddingLength: 384,
    timing: { firstTokenMs: 150, tokenMs: 1000 / tokensPerSecond },
    reply: (request) => {
      engine.forget(keptRequests);
      return reply(request);
    },
  });
  return engine;
}

function reply(request: RecordedRequest): Reply {
  const body = request.json;
  if (!isObject(body)) return { text: demoText('') };
  const { text } = Array.isArray(body['messages'])
    ? chatPrompt(body, [])
    : body['input'] === undefined
      ? completionPrompt(body, [])
      : responsesPrompt(body);
  return { text: demoText(text) };
}

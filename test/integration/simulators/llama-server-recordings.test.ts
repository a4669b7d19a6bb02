import assert from 'node:assert/strict';
import { fixedHeaders, shapeOfBody, wholeRequest } from '../../helpers/engines/answer-shape';
import type { LlamaServerScript } from '../../helpers/engines/llama-server-models';
import { startLlamaServer, type LlamaServerSimulator } from '../../helpers/engines/llama-server';
import { rawRequest } from '../../helpers/engines/raw-request';
import { readRecording } from '../../helpers/engines/recording';

const build = { buildInfo: 'b1-de3ff81', hasUi: false };
const model = { id: 'stories260k', contextLength: 2048, contextMax: 2048 };

/** The servers of the recordings, and which recordings they gave. */
const servers: readonly { name: string; script: Partial<LlamaServerScript>; recordings: readonly string[] }[] = [
  {
    name: 'one model',
    script: { ...build, model },
    recordings: [
      ...['v1-models', 'models', 'props', 'health', 'v1-health', 'head-health', 'slots', 'lora-adapters'],
      ...[
        'unknown-path',
        'root',
        'version',
        'v1-models-one',
        'get-on-post-path',
        'err-put-method',
        'err-delete-method',
      ],
      ...['ollama-api-tags', 'ollama-api-show', 'ollama-api-version', 'options-preflight', 'get-with-origin'],
      ...['err-bad-json', 'err-empty-body', 'err-stream-bad-json', 'err-json-array', 'err-no-messages'],
      ...[
        'err-messages-not-array',
        'err-bad-response-format',
        'chat-image-unsupported',
        'err-embeddings-on-chat-server',
      ],
      ...['err-rerank-unsupported', 'err-infill-unsupported', 'metrics-disabled'],
      ...['chat', 'chat-content-parts', 'chat-no-content-type', 'chat-chunked-request', 'chat-expect-continue'],
      ...['chat-max-completion-tokens', 'unknown-model', 'chat-unknown-params', 'completions'],
      ...['chat-stream', 'chat-stream-usage', 'chat-stream-usage-false', 'chat-connection-close', 'completions-stream'],
      ...['native-completion-stream', 'anthropic-messages', 'anthropic-messages-stream', 'anthropic-count-tokens'],
      ...['responses', 'responses-stream'],
    ],
  },
  {
    name: 'a model with fill-in-the-middle',
    script: { ...build, model, hasInfill: true },
    recordings: ['infill', 'infill-stream'],
  },
  { name: '--metrics', script: { ...build, model, hasMetrics: true }, recordings: ['metrics'] },
  { name: 'while it loads', script: { ...build, model, isLoading: true }, recordings: ['health-loading'] },
  {
    name: 'a prompt that does not fit',
    script: { ...build, model, reply: { promptTokens: 6002 } },
    recordings: ['err-context-too-long', 'err-context-too-long-stream'],
  },
  {
    name: '--api-key',
    script: { ...build, model, apiKey: 'secret-key-1' },
    recordings: [
      ...['key-none-health', 'key-none-models', 'key-none-props', 'key-none-chat', 'key-none-unknown-path'],
      ...['key-none-preflight', 'key-wrong-chat', 'key-wrong-models', 'key-wrong-stream', 'key-right-models'],
      ...['key-right-chat', 'key-xapikey-models', 'key-xapikey-chat'],
    ],
  },
  {
    name: '--embeddings',
    script: { ...build, model: { id: 'bert-rand-384', contextLength: 512 }, isEmbeddingServer: true },
    recordings: [
      ...['embeddings', 'embeddings-base64', 'embed-v1-models', 'embed-props', 'err-chat-on-embed-server'],
      ...[
        'err-embeddings-bad-encoding',
        'err-embeddings-no-input',
        'err-embeddings-empty-array',
        'err-embeddings-too-long',
      ],
    ],
  },
  {
    name: 'a router',
    script: {
      ...build,
      router: ['bertbge-rand-f16', 'qwen2vocab-rand-f16', 'stories260K-f32'].map((id) => ({ id })),
    },
    recordings: [
      ...['router-v1-models', 'router-props', 'router-health', 'router-no-model', 'router-unknown-model'],
      ...['router-chat-autoload', 'router-chat-stream', 'router-v1-models-after'],
    ],
  },
  {
    name: 'a reasoning model',
    script: { ...build, model, reply: { reasoning: 'Let me think about it', text: 'Yes it is' } },
    recordings: ['chat-reasoning', 'chat-reasoning-stream'],
  },
  {
    name: 'a model that calls tools',
    script: { ...build, model, reply: { toolCalls: [{ name: 'list_files', arguments: '{"deep": false, "n": 1}' }] } },
    recordings: ['chat-tools-call', 'chat-tools-call-stream', 'chat-tools-auto-call', 'chat-tools-auto-call-stream'],
  },
];

for (const { name, script, recordings } of servers) {
  describe(`The simulated llama-server (${name}) answers as the recorded one`, () => {
    let server: LlamaServerSimulator;

    before(async () => {
      server = await startLlamaServer(script);
    });
    after(() => server.stop());

    for (const recording of recordings) {
      it(recording, async () => {
        const real = readRecording(recording);

        const simulated = await rawRequest(server.port, wholeRequest(real.request));

        assert.equal(simulated.status, real.status);
        assert.deepEqual(simulated.headerNames.toSorted(), real.headerNames.toSorted());
        assert.deepEqual(fixedHeaders(simulated), fixedHeaders(real));
        assert.deepEqual(shapeOfBody(simulated), shapeOfBody(real));
        assert.deepEqual(server.errors, []);
      });
    }
  });
}

import assert from 'node:assert/strict';
import { fixedHeaders, shapeOfBody, wholeRequest } from '../../helpers/engines/answer-shape';
import { startOllama, type OllamaSimulator } from '../../helpers/engines/ollama';
import type { OllamaModel, OllamaScript } from '../../helpers/engines/ollama-models';
import { rawRequest } from '../../helpers/engines/raw-request';
import { readRecording } from '../../helpers/engines/recording';

const version = '0.33.0';
const smollm: OllamaModel = {
  name: 'smollm2:135m',
  parameters: '134.52M',
  quantization: 'Q4_1',
  contextLength: 8192,
  embeddingLength: 576,
  numCtx: 4096,
};
const tooled: OllamaModel = { ...smollm, name: 'tooled:latest', capabilities: ['completion', 'tools'] };
const embedder: OllamaModel = { ...smollm, name: 'embedder:latest', capabilities: ['embedding'] };
const models = [smollm, tooled, embedder];

/** What Ollama was asked to do in the recordings, and which recordings it gave. */
const servers: readonly { name: string; script: Partial<OllamaScript>; recordings: readonly string[] }[] = [
  {
    name: 'as it is',
    script: { models },
    recordings: [
      ...['root', 'head-root', 'version', 'head-version', 'tags', 'ps-empty', 'show', 'show-unknown', 'show-no-model'],
      ...['show-empty-body', 'v1-models', 'v1-models-one', 'v1-models-unknown', 'unknown-path', 'wrong-method'],
      ...['get-on-post-path', 'v1-health', 'props', 'messages-count-tokens'],
      ...['preflight-local', 'preflight-foreign', 'get-origin-local', 'get-origin-vscode', 'get-origin-foreign'],
      ...['get-host-foreign'],
      ...['chat', 'chat-stream', 'chat-stream-usage', 'ps', 'chat-content-parts', 'chat-n2', 'chat-no-content-type'],
      ...['chat-unknown-params', 'chat-expect-continue', 'chat-connection-close', 'chat-too-long'],
      ...['completions', 'completions-stream', 'completions-stream-usage'],
      ...['api-chat', 'api-chat-stream', 'api-generate', 'api-generate-stream', 'api-chat-load', 'api-chat-unload'],
      ...['responses', 'responses-stream', 'messages', 'messages-stream'],
      ...['embeddings-base64', 'embeddings-dimensions', 'api-embed'],
      ...['err-tools-unsupported', 'err-tools-unsupported-stream', 'err-effort-unsupported', 'err-effort-unknown'],
      ...['err-tool-arguments', 'err-bad-json', 'err-cut-json', 'err-empty-body', 'err-json-array', 'err-wrong-type'],
      ...['err-no-messages', 'err-messages-empty', 'err-messages-not-array', 'err-no-model', 'err-unknown-model'],
      ...['err-unknown-model-stream', 'err-bad-model-name', 'err-image-url', 'err-image-unsupported'],
      ...['err-content-null', 'err-content-number', 'err-completions-array', 'err-completions-suffix'],
      ...['err-embeddings-no-capability', 'err-embeddings-tokens', 'err-embeddings-no-input'],
      ...['err-embeddings-empty-array', 'err-embeddings-bad-encoding', 'err-embeddings-unknown-model'],
      ...['err-chat-on-embedder', 'api-err-bad-json', 'api-err-empty-body', 'api-err-no-model'],
      ...['api-err-unknown-model', 'api-err-tools', 'api-err-think', 'api-err-generate-suffix', 'api-err-embed-tokens'],
      ...['api-err-embed-empty', 'responses-err-unknown', 'responses-err-bad-json', 'messages-err-unknown'],
      ...['messages-err-bad-json', 'messages-err-no-max', 'messages-err-empty'],
    ],
  },
  {
    name: 'vectors of many digits',
    script: { models, embeddingLength: 4096 },
    recordings: ['embeddings', 'api-embeddings'],
  },
  {
    name: 'a model that calls a tool',
    script: { models, reply: { toolCalls: [{ name: 'get_weather', arguments: { city: 'Paris' } }] } },
    recordings: ['chat-tools-call', 'chat-tools-call-stream', 'api-chat-tools-stream'],
  },
  {
    name: 'whose runner is killed in the middle',
    script: { models, reply: { text: ' one two three', failAfterTokens: 2, failMessage: runnerGone() } },
    recordings: [
      ...['chat-stream-broken', 'chat-broken', 'api-chat-stream-broken', 'completions-stream-broken'],
      ...['messages-stream-broken', 'responses-stream-broken'],
    ],
  },
  {
    name: 'whose runner is killed before the first token',
    script: { models, reply: { failAfterTokens: 0, failMessage: runnerGone() } },
    recordings: ['chat-stream-broken-early', 'messages-stream-broken-early', 'responses-stream-broken-early'],
  },
  {
    name: 'whose runner dies while it loads',
    script: { models, loadFailure: 'llama-server process has terminated: signal: killed' },
    recordings: ['err-load-failed', 'err-load-failed-stream'],
  },
];

function runnerGone(): string {
  return 'an error was encountered while running the model: unexpected EOF';
}

for (const { name, script, recordings } of servers) {
  describe(`The simulated Ollama (${name}) answers as the recorded one`, () => {
    let server: OllamaSimulator;

    before(async () => {
      server = await startOllama({ version, ...script });
    });
    after(() => server.stop());

    for (const recording of recordings) {
      it(recording, async () => {
        const real = readRecording(recording, 'ollama');

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

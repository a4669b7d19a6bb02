import assert from 'node:assert/strict';
import { fixedHeaders, shapeOfBody, wholeRequest } from '../../helpers/engines/answer-shape';
import { rawRequest } from '../../helpers/engines/raw-request';
import { readRecording } from '../../helpers/engines/recording';
import { startVllm, type VllmScript, type VllmSimulator } from '../../helpers/engines/vllm';

const models = [{ id: 'smollm2', root: './smollm2', maxModelLen: 1024 }];

/** What vLLM was asked to do in the recordings, and which recordings it gave. */
const servers: readonly { name: string; script: Partial<VllmScript>; recordings: readonly string[] }[] = [
  {
    name: 'as it is',
    script: {},
    recordings: [
      ...['root', 'version', 'health', 'ping', 'load', 'v1-models', 'v1-models-one', 'unknown-path', 'head-health'],
      ...['wrong-method', 'get-on-post-path', 'api-tags', 'api-version', 'props', 'get-with-origin'],
      ...['chat', 'chat-stream', 'chat-stream-usage', 'chat-stream-continuous-usage', 'chat-no-model'],
      ...['chat-max-completion-tokens', 'chat-unknown-params', 'chat-content-parts', 'chat-expect-continue'],
      ...['chat-connection-close', 'completions', 'completions-stream', 'tokenize', 'messages', 'messages-stream'],
      ...['err-empty-tools', 'err-tool-choice-without-tools', 'err-stream-options', 'err-bad-json', 'err-empty-body'],
      ...['err-json-array', 'err-no-messages', 'err-messages-empty', 'err-messages-not-array', 'err-unknown-model'],
      ...['err-unknown-model-stream', 'err-content-type', 'err-no-content-type', 'err-too-many-tokens'],
      ...['err-temperature', 'err-embeddings', 'err-rerank', 'completions-suffix'],
      ...['messages-err-unknown', 'messages-err-bad'],
    ],
  },
  {
    name: 'a prompt that does not fit',
    script: { reply: { promptTokens: 1025 } },
    recordings: ['err-too-long', 'err-too-long-stream', 'messages-err-too-long'],
  },
  {
    name: 'a model that calls a tool',
    script: { reply: { toolCalls: [{ name: 'get_weather', arguments: '{"city": "Paris"}' }] } },
    recordings: ['chat-tools-required-stream'],
  },
  {
    name: 'whose engine process is killed in the middle',
    script: {
      reply: {
        text: ' one two three',
        failAfterTokens: 2,
        failMessage: 'EngineCore encountered an issue. See stack trace (above) for the root cause.',
      },
    },
    recordings: ['chat-stream-engine-killed', 'chat-engine-killed'],
  },
];

for (const { name, script, recordings } of servers) {
  describe(`The simulated vLLM (${name}) answers as the recorded one`, () => {
    let server: VllmSimulator;

    before(async () => {
      server = await startVllm({ version: '0.32.0', models, ...script });
    });
    after(() => server.stop());

    for (const recording of recordings) {
      it(recording, async () => {
        const real = readRecording(recording, 'vllm');

        const simulated = await rawRequest(server.port, wholeRequest(real.request));

        assert.equal(simulated.status, real.status);
        assert.deepEqual(fixedHeaders(simulated), fixedHeaders(real));
        assert.deepEqual(shapeOfBody(simulated), shapeOfBody(real));
        assert.deepEqual(server.errors, []);
      });
    }
  });
}

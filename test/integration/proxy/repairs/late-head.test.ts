import Anthropic from '@anthropic-ai/sdk';
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { startOllama } from '../../../helpers/engines/ollama';
import { startProxy, type Harness } from '../../../helpers/proxy-harness';
import { engines, messages } from './support';

const { model } = engines.ollama;
const open: { stop(): Promise<void> }[] = [];

/** A proxy in which every request waits for its turn longer than a heartbeat takes. */
async function queued(): Promise<Harness> {
  const engine = await startOllama();
  const proxy = await startProxy({
    engines: [{ id: 'engine', baseUrl: engine.url, models: [model], kind: 'ollama' }],
    config: { 'proxy.heartbeatSeconds': 0.05 },
    gate: {
      acquire: () =>
        new Promise((resolve) => setTimeout(() => resolve({ waitedMs: 150, release: () => undefined }), 150)),
    },
  });
  open.push(proxy, engine);
  return proxy;
}

describe('A stream whose head went out before its engine was chosen', () => {
  afterEach(async () => {
    for (const each of open.splice(0)) await each.stop();
  });

  for (const [path, request] of [
    ['/v1/chat/completions', { messages }],
    ['/v1/messages', { max_tokens: 9, messages }],
    ['/v1/responses', { input: 'Hi' }],
  ] as const) {
    it(`says once, before its first event, who answers and what is repaired: ${path}`, async () => {
      const { post } = await queued();

      const answer = await post(path, { ...request, model, stream: true });
      const text = await answer.text();

      assert.equal(answer.headers.get('x-flm-engine'), null);
      assert.match(
        text,
        /^(: ping\n\n|event: ping\ndata: \{"type":"ping"\}\n\n)+: x-flm-engine: engine\n: x-flm-repair: [a-z, -]+\n\n(event|data): /,
      );
      assert.equal(text.split('x-flm-engine').length, 2);
    });
  }

  it('is read by OpenAI’s and Anthropic’s clients as if the comment were not there', async () => {
    const { url } = await queued();
    const openAi = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'unused', maxRetries: 0 });
    const anthropic = new Anthropic({ baseURL: url, apiKey: 'unused', maxRetries: 0 });

    const chat = await openAi.chat.completions.stream({ model, messages }).finalChatCompletion();
    const message = await anthropic.messages.stream({ model, max_tokens: 50, messages }).finalMessage();

    assert.match(chat.choices[0]?.message.content ?? '', /You said: Hi/);
    assert.match(JSON.stringify(message.content), /You said: Hi/);
  });

  it('has no such comment in Ollama’s lines', async () => {
    const { post } = await queued();

    const answer = await post('/api/chat', { model, messages });

    assert.equal(answer.headers.get('x-flm-engine'), 'engine');
    assert.doesNotMatch(await answer.text(), /x-flm/);
  });
});

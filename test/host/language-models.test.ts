import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import {
  CancellationTokenSource,
  commands,
  LanguageModelChatMessage,
  LanguageModelChatToolMode,
  LanguageModelError,
  LanguageModelTextPart,
  LanguageModelToolCallPart,
  LanguageModelToolResultPart,
  lm,
  type LanguageModelChat,
  type LanguageModelChatRequestOptions,
} from 'vscode';
import { freePort } from '../../scripts/lib/free-port';
import { defaultOllamaModels, type OllamaModel } from '../helpers/engines/ollama-models';
import { configure, enginesAt, starters, startProxy, stateWhere, stopProxy } from './support';

const timeoutMs = 30_000;

const onePixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** Not in the types of VS Code 1.104. */
interface DataPart {
  readonly mimeType: string;
  readonly data: Uint8Array;
}
const { LanguageModelDataPart } = vscode as unknown as {
  LanguageModelDataPart: { new (data: Uint8Array, mimeType: string): LanguageModelTextPart };
};

/** The same model, for pictures too where it chats: Ollama refuses them for others. */
function seeing(model: OllamaModel): OllamaModel {
  const { capabilities = [] } = model;
  return capabilities.includes('completion') ? { ...model, capabilities: [...capabilities, 'vision'] } : model;
}

describe('the language models', () => {
  let simulator: Awaited<ReturnType<typeof starters.ollama>>;

  before(async () => {
    // FLM looks for engines when somebody looks at them.
    await commands.executeCommand('flm.engines.focus');
    await configure('proxy.port', await freePort());
  });
  beforeEach(async () => {
    simulator = await starters.ollama();
    simulator.script({ models: defaultOllamaModels.map(seeing) });
    await configure('engines.addresses', [{ url: simulator.url }]);
    await enginesAt([simulator.url]);
  });
  afterEach(async () => {
    await stopProxy();
    await configure('engines.addresses', undefined);
    await simulator.stop();
  });
  after(() => configure('proxy.port', undefined));

  /** VS Code hears of changes by an event; this waits until its list satisfies the condition. */
  async function modelsWhere(
    condition: (models: readonly LanguageModelChat[]) => boolean,
  ): Promise<LanguageModelChat[]> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const models = await lm.selectChatModels({ vendor: 'flm' });
      if (condition(models)) return models;
      if (Date.now() > deadline) throw new Error(`not within 30 s: ${JSON.stringify(models)}`);
      await delay(50);
    }
  }

  async function someModel(): Promise<LanguageModelChat> {
    const [model] = await modelsWhere((models) => models.length > 0);
    return model!;
  }

  async function ask(
    messages: LanguageModelChatMessage[],
    options: LanguageModelChatRequestOptions = {},
  ): Promise<unknown[]> {
    const response = await (await someModel()).sendRequest(messages, options);
    const parts: unknown[] = [];
    for await (const part of response.stream) parts.push(part);
    return parts;
  }

  function textOf(parts: readonly unknown[]): string {
    return parts.map((part) => (part instanceof LanguageModelTextPart ? part.value : '')).join('');
  }

  it('are the chat models of the engines, by their canonical ids, and go with their engine', async () => {
    const { engines } = await stateWhere('engines', (state) => state.engines.engines.length === 1);
    const chat = engines.engines[0]!.models.filter(({ capabilities }) => capabilities.includes('chat'));

    const models = await modelsWhere((found) => found.length === chat.length);

    assert.deepEqual(models.map(({ id }) => id).sort(), chat.map(({ id }) => `${engines.engines[0]!.id}/${id}`).sort());
    for (const model of models) assert.ok(model.maxInputTokens > 0);

    await configure('engines.addresses', undefined);
    await modelsWhere((found) => found.length === 0);
  });

  it('stream their answer through the proxy', async () => {
    await startProxy();
    simulator.script({ reply: { text: 'Streaming works through the whole chain.' } });

    const parts = await ask([LanguageModelChatMessage.User('Hello')], { modelOptions: { temperature: 0.25 } });

    assert.equal(textOf(parts).trim(), 'Streaming works through the whole chain.');
    assert.ok(parts.length > 2, 'the answer came in one piece');
    const usage = parts.find((part) => (part as Partial<DataPart>).mimeType === 'usage') as DataPart | undefined;
    const counts = JSON.parse(new TextDecoder().decode(usage?.data)) as { prompt_tokens: number };
    assert.ok(counts.prompt_tokens > 0);
    const { proxy } = await stateWhere('a request was counted', (state) => state.proxy.requests > 0);
    assert.equal(proxy.phase, 'on');
    const request = await simulator.waitForRequest(({ path }) => path === '/v1/chat/completions');
    assert.equal((request.json as { temperature?: number }).temperature, 0.25);
  });

  it('see the images they are sent', async () => {
    await startProxy();
    // VS Code looks into images on their way, and may scale them.
    const image = new LanguageModelDataPart(Buffer.from(onePixel, 'base64'), 'image/png');

    await ask([LanguageModelChatMessage.User([new LanguageModelTextPart('What is this?'), image])]);

    const { messages } = simulator.requestsTo('/v1/chat/completions').at(-1)!.json as {
      messages: { content: { type: string; image_url?: { url: string } }[] }[];
    };
    assert.equal(messages.length, 1);
    assert.deepEqual(
      messages[0]!.content.map(({ type }) => type),
      ['text', 'image_url'],
    );
    assert.match(messages[0]!.content[1]!.image_url!.url, /^data:image\/\w+;base64,[\w+/]+=*$/);
  });

  it('start the proxy when somebody asks them something', async () => {
    simulator.script({ reply: { text: 'Here.' } });

    assert.equal(textOf(await ask([LanguageModelChatMessage.User('Hello')])).trim(), 'Here.');

    await stateWhere('the proxy is on', ({ proxy }) => proxy.phase === 'on');
  });

  it('call tools and read what they answered', async () => {
    await startProxy();
    simulator.script({ reply: { toolCalls: [{ name: 'read', arguments: { path: '/tmp/日本' } }] } });
    const tools = [{ name: 'read', description: 'Reads a file', inputSchema: { type: 'object' } }];

    const parts = await ask([LanguageModelChatMessage.User('Read it')], {
      tools,
      toolMode: LanguageModelChatToolMode.Required,
    });

    const calls = parts.filter((part) => part instanceof LanguageModelToolCallPart);
    assert.deepEqual(
      calls.map(({ name, input }) => ({ name, input })),
      [{ name: 'read', input: { path: '/tmp/日本' } }],
    );
    assert.ok(calls[0]!.callId);

    simulator.script({ reply: { text: 'It says hello.' } });
    const answer = await ask([
      LanguageModelChatMessage.User('Read it'),
      LanguageModelChatMessage.Assistant(calls),
      LanguageModelChatMessage.User([
        new LanguageModelToolResultPart(calls[0]!.callId, [new LanguageModelTextPart('hello')]),
      ]),
    ]);
    assert.equal(textOf(answer).trim(), 'It says hello.');
    const last = simulator.requestsTo('/v1/chat/completions').at(-1);
    const { messages } = last!.json as { messages: { role: string; content: unknown; tool_call_id?: string }[] };
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['user', 'assistant', 'tool'],
    );
    assert.deepEqual(messages[2], { role: 'tool', tool_call_id: calls[0]!.callId, content: 'hello' });
  });

  it('stop generating when the chat is cancelled', async () => {
    await startProxy();
    simulator.script({ reply: { text: 'word '.repeat(2000) }, timing: { tokenMs: 20 } });
    const cancel = new CancellationTokenSource();
    const model = await someModel();

    const response = await model.sendRequest([LanguageModelChatMessage.User('Hello')], {}, cancel.token);
    const reading = (async () => {
      for await (const part of response.stream) if (part instanceof LanguageModelTextPart) cancel.cancel();
    })();

    // The engine has begun once something was read; only then does idle mean that it was stopped.
    await reading.catch(() => undefined);
    await simulator.waitForIdle(timeoutMs);
    assert.deepEqual(
      simulator.generations.map(({ state }) => state),
      ['cancelled'],
    );
  });

  it("say what the gateway said when it refuses, in VS Code's terms", async () => {
    await startProxy();
    simulator.script({
      answers: {
        '/v1/chat/completions': { status: 404, body: { error: { message: 'model is not there', code: null } } },
      },
    });

    await assert.rejects(ask([LanguageModelChatMessage.User('Hello')]), (error) => {
      assert.ok(error instanceof LanguageModelError);
      assert.equal(error.code, 'NotFound');
      return /model/.test(error.message);
    });
  });

  it('estimate tokens', async () => {
    const model = await someModel();

    assert.equal(await model.countTokens('abcdefgh'), 2);
    assert.ok((await model.countTokens(LanguageModelChatMessage.User('これは日本語'))) >= 6);
  });
});

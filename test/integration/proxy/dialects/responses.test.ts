import assert from 'node:assert/strict';
import OpenAI, { APIError, BadRequestError } from 'openai';
import type { JsonObject } from '../../../../src/proxy/repairs/json-object';
import type { Reply } from '../../../helpers/engines/reply';
import type { CommonScript } from '../../../helpers/engines/script';
import { engines, knownKinds, type KnownKind } from '../repairs/support';
import { before, stopAll, ways, type Way } from './dialect-support';

type Request = Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, 'stream'>;

const calls = [
  { name: 'weather', arguments: { city: 'Köln' } },
  { name: 'weather', arguments: { city: '東京', days: [1, 2] } },
];
const tools = [
  {
    type: 'function' as const,
    name: 'weather',
    description: 'Weather of a city',
    strict: false,
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  },
];

function sdk(url: string): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: 'unused', maxRetries: 0 });
}

async function clientOf(kind: KnownKind, way: Way, script: Partial<CommonScript> = {}) {
  const setup = await before(kind, way, script);
  return { ...setup, client: sdk(setup.url) };
}

function responseOf(client: OpenAI, request: Request, isStream: boolean) {
  return isStream ? client.responses.stream(request).finalResponse() : client.responses.create(request);
}

describe('The Responses API of OpenAI’s official client', () => {
  afterEach(stopAll);

  for (const kind of knownKinds) {
    for (const way of ways) {
      describe(`with ${kind}, ${way === 'native' ? 'a version that may speak it' : 'of no known version'}`, () => {
        for (const isStream of [false, true]) {
          const how = isStream ? 'streamed' : 'whole';

          it(`gets text and usage, ${how}`, async () => {
            const reply: Reply = { text: ['Grüß', ' Gott', ' 😀'], promptTokens: 9, completionTokens: 3 };
            const { client, model, recordOf } = await clientOf(kind, way, { reply });

            const response = await responseOf(client, { model, input: 'Hi' }, isStream);

            assert.equal(response.output_text, 'Grüß Gott 😀');
            assert.equal(response.status, 'completed');
            assert.deepEqual([response.usage?.input_tokens, response.usage?.output_tokens], [9, 3]);
            const { tokensIn, tokensOut, outcome } = await recordOf();
            assert.deepEqual([tokensIn, tokensOut, outcome], [9, 3, 'ok']);
          });

          it(`gets tool calls, ${how}`, async () => {
            const { client, model } = await clientOf(kind, way, { reply: { toolCalls: calls } });

            const response = await responseOf(client, { model, input: 'Hi', tools }, isStream);

            const made = response.output.flatMap((item) => (item.type === 'function_call' ? [item] : []));
            assert.deepEqual(
              made.map(({ name, arguments: text }) => ({ name, arguments: JSON.parse(text) as unknown })),
              calls,
            );
            assert.equal(new Set(made.map((call) => call.call_id)).size, 2);
          });

          it(`throws when the engine fails in the middle, ${how}`, async () => {
            const reply: Reply = { text: 'one two three', failAfterTokens: 2, failMessage: 'out of memory' };
            const { client, model, recordOf } = await clientOf(kind, way, { reply });

            await assert.rejects(responseOf(client, { model, input: 'Hi' }, isStream), isError);

            assert.equal((await recordOf()).outcome, 'engine-error');
          });
        }

        it('throws when the connection to the engine breaks in the middle', async () => {
          const { client, model, recordOf } = await clientOf(kind, way, {
            reply: { text: 'one two three four five six seven eight nine ten' },
            wire: { cut: { afterEvents: 5, how: 'eof' } },
          });

          await assert.rejects(responseOf(client, { model, input: 'Hi' }, true), APIError);

          assert.equal((await recordOf()).errorCode, 'engine_stream_broken');
        });
      });
    }
  }

  describe('where FLM translates', () => {
    it('sends items as chat messages, with instructions, pictures, thoughts, calls and outputs', async () => {
      const { client, model, engine } = await clientOf('vllm', 'translated');

      await client.responses.create({
        model,
        instructions: 'Be brief.',
        max_output_tokens: 20,
        reasoning: { effort: 'low' },
        text: { format: { type: 'json_schema', name: 'answer', schema: { type: 'object' }, strict: true } },
        tools,
        tool_choice: { type: 'function', name: 'weather' },
        input: [
          {
            role: 'user',
            content: [
              { type: 'input_text', text: 'What is this?' },
              { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' },
            ],
          },
          { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm' }] },
          { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{}' },
          { type: 'function_call', call_id: 'call_2', name: 'weather', arguments: '{}' },
          { type: 'function_call_output', call_id: 'call_1', output: 'rain' },
          { type: 'function_call_output', call_id: 'call_2', output: [{ type: 'input_text', text: 'sun' }] },
        ],
      });

      const sent = engine.requestsTo('/v1/chat/completions')[0]?.json as JsonObject;
      const call = (id: string) => ({ id, type: 'function', function: { name: 'weather', arguments: '{}' } });
      assert.deepEqual(sent.messages, [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          reasoning: 'Hm',
          reasoning_content: 'Hm',
          tool_calls: [call('call_1'), call('call_2')],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
        { role: 'tool', tool_call_id: 'call_2', content: 'sun' },
      ]);
      assert.deepEqual(sent.tool_choice, { type: 'function', function: { name: 'weather' } });
      assert.deepEqual([sent.max_tokens, sent.reasoning_effort], [20, 'low']);
      assert.deepEqual(sent.response_format, {
        type: 'json_schema',
        json_schema: { name: 'answer', schema: { type: 'object' }, strict: true },
      });
    });

    it('shows what the model thought', async () => {
      for (const isStream of [false, true]) {
        const { client, model } = await clientOf('llamacpp', 'translated', { reply: { reasoning: 'Hm', text: 'Yes' } });

        const { output, output_text: text } = await responseOf(client, { model, input: 'Hi' }, isStream);

        const thoughts = output.flatMap((item) => (item.type === 'reasoning' ? item.content : []));
        assert.deepEqual(thoughts, [{ type: 'reasoning_text', text: 'Hm' }]);
        assert.equal(text, 'Yes');
      }
    });

    it('says that an answer is not complete, and why', async () => {
      for (const isStream of [false, true]) {
        const { client, model } = await clientOf('llamacpp', 'translated', { reply: { text: 'one two three four' } });

        const response = await responseOf(client, { model, input: 'Hi', max_output_tokens: 2 }, isStream);

        assert.equal(response.status, 'incomplete');
        assert.deepEqual(response.incomplete_details, { reason: 'max_output_tokens' });
        assert.equal(response.output_text, 'one two');
      }
    });

    it('numbers the events of a stream without gaps', async () => {
      const { client, model } = await clientOf('vllm', 'translated', { reply: { text: 'one two', toolCalls: calls } });

      const numbers: number[] = [];
      for await (const event of await client.responses.create({ model, input: 'Hi', stream: true })) {
        numbers.push(event.sequence_number);
      }

      assert.deepEqual(numbers, [...numbers.keys()]);
      assert.ok(numbers.length > 10);
    });

    for (const [member, value] of [
      ['previous_response_id', 'resp_1'],
      ['conversation', 'conv_1'],
      ['background', true],
      ['tools', [{ type: 'web_search' }]],
      ['input', [{ type: 'item_reference', id: 'msg_1' }]],
    ] as const) {
      it(`refuses ${member} by its name where no engine can do it`, async () => {
        const { client, model, engine } = await clientOf('llamacpp', 'translated');
        const request = { model, input: 'Hi', [member]: value } as Request;

        const asked = client.responses.create(request);

        await assert.rejects(
          asked,
          (error) => error instanceof BadRequestError && error.param?.startsWith(member) === true,
        );
        assert.equal(engine.requests.length, 0);
      });
    }

    it('takes a wish to store as what it is by default: no wish', async () => {
      for (const store of [true, false, undefined]) {
        const { client, model } = await clientOf('llamacpp', 'translated', { reply: { text: 'Yes' } });

        const response = await client.responses.create({ model, input: 'Hi', ...(store !== undefined && { store }) });

        assert.equal(response.output_text, 'Yes');
      }
    });
  });

  it('keeps state where the engine does: LM Studio gets the request as it is', async () => {
    const { client, model, engine } = await clientOf('lmstudio', 'translated');

    await client.responses.create({ model, input: 'Hi', previous_response_id: 'resp_1' });

    assert.deepEqual(engine.requestsTo('/v1/responses')[0]?.json, {
      model: engines.lmstudio.model,
      input: 'Hi',
      previous_response_id: 'resp_1',
    });
  });

  it('asks LM Studio’s chat API where its own Responses API would ignore the schema', async () => {
    const { client, model, engine } = await clientOf('lmstudio', 'translated');
    const format = { type: 'json_schema' as const, name: 'answer', schema: { type: 'object' } };

    await client.responses.create({ model, input: 'Hi', text: { format } });

    assert.equal(engine.requestsTo('/v1/chat/completions').length, 1);
  });

  it('ends the engine’s work when it gives up', async () => {
    const { client, model, engine, recordOf } = await clientOf('llamacpp', 'translated', {
      timing: { tokenMs: 20 },
      reply: { text: 'word '.repeat(500) },
    });

    const stream = client.responses.stream({ model, input: 'Hi' });
    stream.on('response.output_text.delta', () => stream.abort());
    await assert.rejects(stream.finalResponse());

    assert.equal(await engine.requests[0]?.ended, 'aborted');
    assert.equal((await recordOf()).outcome, 'aborted');
  });

  it('hears an error that comes after early pings', async () => {
    const engineFails = {
      timing: { loadMs: 200 },
      reply: { text: 'one', failAfterTokens: 0, failMessage: 'no memory' },
    };
    const setup = await before('llamacpp', 'translated', engineFails, { config: { 'proxy.heartbeatSeconds': 0.05 } });

    const asked = sdk(setup.url).responses.stream({ model: setup.model, input: 'Hi' }).finalResponse();

    await assert.rejects(asked, APIError);
  });
});

/** The client's helper for streams rejects with the engine's own error event, where there is one. */
function isError(error: unknown): boolean {
  return error instanceof APIError || (error as { type?: unknown }).type === 'error';
}

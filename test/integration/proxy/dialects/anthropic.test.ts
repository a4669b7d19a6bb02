import Anthropic, { APIError } from '@anthropic-ai/sdk';
import assert from 'node:assert/strict';
import type { CommonScript } from '../../../helpers/engines/script';
import type { Reply } from '../../../helpers/engines/reply';
import { knownKinds, type KnownKind } from '../repairs/support';
import { before, stopAll, ways, type Way } from './dialect-support';

const messages = [{ role: 'user' as const, content: 'Hi' }];
const tools = [
  {
    name: 'weather',
    description: 'Weather of a city',
    input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } },
  },
];
const calls = [
  { name: 'weather', arguments: { city: 'Köln' } },
  { name: 'weather', arguments: { city: '東京', days: [1, 2] } },
];

async function clientOf(kind: KnownKind, way: Way, script: Partial<CommonScript> = {}, options = {}) {
  const setup = await before(kind, way, script, options);
  return { ...setup, client: sdk(setup.url) };
}

function sdk(url: string): Anthropic {
  return new Anthropic({ baseURL: url, apiKey: 'unused', maxRetries: 0 });
}

const ask = (model: string) => ({ model, max_tokens: 64, messages });

describe('Anthropic’s official client', () => {
  afterEach(stopAll);

  for (const kind of knownKinds) {
    for (const way of ways) {
      describe(`with ${kind}, ${way === 'native' ? 'a version that may speak the dialect' : 'translated'}`, () => {
        it('gets a whole message with its usage', async () => {
          const { client, model, recordOf } = await clientOf(kind, way, {
            reply: { text: 'Grüß Gott 😀', promptTokens: 9, completionTokens: 3 },
          });

          const message = await client.messages.create(ask(model));

          assert.deepEqual(textsOf(message), ['Grüß Gott 😀']);
          assert.equal(message.stop_reason, 'end_turn');
          assert.deepEqual([message.usage.input_tokens, message.usage.output_tokens], [9, 3]);
          assert.match(message.id, /^msg_|^chatcmpl/);
          const { tokensIn, tokensOut, outcome } = await recordOf();
          assert.deepEqual([tokensIn, tokensOut, outcome], [9, 3, 'ok']);
        });

        it('streams a message piece by piece', async () => {
          const { client, model, recordOf } = await clientOf(kind, way, {
            reply: { text: ['Grüß', ' Gott', ' 😀'], promptTokens: 9 },
          });

          const stream = client.messages.stream(ask(model));
          const pieces: string[] = [];
          stream.on('text', (piece) => pieces.push(piece));
          const message = await stream.finalMessage();

          assert.deepEqual(pieces, ['Grüß', ' Gott', ' 😀']);
          assert.deepEqual(textsOf(message), ['Grüß Gott 😀']);
          assert.equal(message.stop_reason, 'end_turn');
          assert.equal(message.usage.output_tokens, 3);
          assert.equal(message.usage.input_tokens, 9);
          const { tokensIn, tokensOut, isStream } = await recordOf();
          assert.deepEqual([tokensIn, tokensOut, isStream], [9, 3, true]);
        });

        for (const isStream of [false, true]) {
          it(`gets tool calls, ${isStream ? 'streamed' : 'whole'}`, async () => {
            const { client, model } = await clientOf(kind, way, { reply: { text: 'Let me look.', toolCalls: calls } });

            const message = await messageOf(client, { ...ask(model), tools }, isStream);

            const uses = message.content.flatMap((block) => (block.type === 'tool_use' ? [block] : []));
            assert.deepEqual(
              uses.map(({ name, input }) => ({ name, arguments: input })),
              calls,
            );
            assert.equal(new Set(uses.map(({ id }) => id)).size, 2);
            assert.equal(message.stop_reason, 'tool_use');
          });

          it(`gets what the model thought, ${isStream ? 'streamed' : 'whole'}`, async () => {
            const { client, model } = await clientOf(kind, way, {
              reply: { reasoning: 'Hm, well', text: 'Yes' },
              ...(kind === 'lmstudio' && { reasoningField: 'reasoning_content' }),
            });

            const message = await messageOf(client, ask(model), isStream);

            assert.deepEqual(
              message.content.map((block) => (block.type === 'thinking' ? block.thinking : block.type)),
              ['Hm, well', 'text'],
            );
          });

          it(`hears why an answer was cut short, ${isStream ? 'streamed' : 'whole'}`, async () => {
            const { client, model } = await clientOf(kind, way, { reply: { text: 'one two three four' } });

            const message = await messageOf(client, { ...ask(model), max_tokens: 2 }, isStream);

            assert.equal(message.stop_reason, 'max_tokens');
          });

          it(`throws when the engine fails in the middle, ${isStream ? 'streamed' : 'whole'}`, async () => {
            const reply: Reply = { text: 'one two three', failAfterTokens: 2, failMessage: 'out of memory' };
            const { client, model, recordOf } = await clientOf(kind, way, { reply });

            await assert.rejects(messageOf(client, ask(model), isStream), APIError);

            assert.equal((await recordOf()).outcome, 'engine-error');
          });
        }

        it('throws when the connection to the engine breaks in the middle', async () => {
          const { client, model, recordOf } = await clientOf(kind, way, {
            reply: { text: 'one two three four five six seven eight nine ten' },
            wire: { cut: { afterEvents: 4, how: 'reset' } },
          });

          await assert.rejects(messageOf(client, ask(model), true), APIError);

          assert.equal((await recordOf()).outcome, 'engine-error');
        });
      });
    }
  }
});

function messageOf(client: Anthropic, request: Anthropic.MessageCreateParamsNonStreaming, isStream: boolean) {
  return isStream ? client.messages.stream(request).finalMessage() : client.messages.create(request);
}

function textsOf(message: Anthropic.Message): string[] {
  return message.content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
}

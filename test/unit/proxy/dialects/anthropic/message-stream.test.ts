import fc from 'fast-check';
import assert from 'node:assert/strict';
import { anthropicMessages } from '../../../../../src/proxy/dialects/anthropic/messages';
import type { JsonObject } from '../../../../../src/proxy/repairs/json-object';
import { anySaid, chunksOf, streamed, translationOf, wholeAnswer, type Said } from '../dialect-support';

const request = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }], stop_sequences: ['END'] };
const nothing: Said = { reasoning: '', text: '', calls: [] };
const weather = { id: 'call_1', name: 'weather', arguments: { city: 'Köln' } };

function translation() {
  return translationOf(anthropicMessages, request);
}

/** Puts events together as clients do; asserts their order. */
function messageOf(events: readonly JsonObject[]): JsonObject {
  let message: Record<string, unknown> = {};
  const blocks: Record<string, unknown>[] = [];
  const json: string[] = [];
  let open: number | undefined;
  let isOver = false;
  for (const event of events) {
    assert.ok(!isOver);
    const index = event.index as number;
    if (event.type === 'message_start') message = { ...(event.message as JsonObject) };
    else if (event.type === 'content_block_start') {
      assert.deepEqual([open, index], [undefined, blocks.length]);
      open = index;
      blocks.push({ ...(event.content_block as JsonObject) });
    } else if (event.type === 'content_block_delta') {
      const block = blocks[index] as Record<string, unknown>;
      const delta = event.delta as Record<string, string>;
      if (delta.type === 'text_delta') block.text = `${String(block.text)}${delta.text}`;
      else if (delta.type === 'thinking_delta') block.thinking = `${String(block.thinking)}${delta.thinking}`;
      else if (delta.type === 'signature_delta') block.signature = delta.signature;
      else json[index] = `${json[index] ?? ''}${delta.partial_json}`;
    } else if (event.type === 'content_block_stop') {
      assert.equal(open, index);
      open = undefined;
    } else if (event.type === 'message_delta') {
      Object.assign(message, event.delta, { usage: event.usage });
    } else isOver = event.type === 'message_stop';
  }
  assert.ok(isOver);
  json.forEach((text, at) => (blocks[at] = { ...blocks[at], input: JSON.parse(text) as unknown }));
  return { ...message, content: blocks };
}

describe('A translated stream of messages', () => {
  it('says the same as the whole answer, however it is cut', () => {
    fc.assert(
      fc.property(anySaid, fc.integer({ min: 1, max: 20 }), fc.constantFrom('stop', 'length'), (said, size, finish) => {
        const events = streamed(translation(), chunksOf(said, finish, size));

        assert.deepEqual(messageOf(events), translation().whole(wholeAnswer(said, finish)));
      }),
    );
  });

  it('starts with the message, and ends with reason, usage and stop', () => {
    const events = streamed(translation(), chunksOf({ ...nothing, text: 'Hi' }, 'stop', 10));

    assert.deepEqual(
      events.map(({ type }) => type),
      [
        'message_start',
        'content_block_start',
        'content_block_delta',
        'content_block_stop',
        'message_delta',
        'message_stop',
      ],
    );
    assert.deepEqual(events[4], {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { input_tokens: 7, output_tokens: 7, cache_creation_input_tokens: 0, cache_read_input_tokens: 5 },
    });
  });

  it('signs a thought when it is over', () => {
    const events = streamed(translation(), chunksOf({ ...nothing, reasoning: 'Hm', text: 'Yes' }, 'stop', 10));

    const at = events.findIndex(({ delta }) => (delta as JsonObject | undefined)?.type === 'signature_delta');
    assert.equal(events[at + 1]?.type, 'content_block_stop');
    assert.ok((events[at]?.delta as { signature: string }).signature.length > 0);
  });

  it('is an answer without content when the engine says nothing', () => {
    const events = streamed(translation(), chunksOf(nothing, 'stop', 10));

    assert.deepEqual(messageOf(events).content, []);
  });

  it('gives a call whose pieces come without name, id or index what clients need', () => {
    const translator = translation().stream();
    const piece = (call: object): JsonObject => ({ choices: [{ index: 0, delta: { tool_calls: [call] } }] });

    const text =
      translator.chunk(piece({ function: { arguments: '{"a"' } })) +
      translator.chunk(piece({ function: { name: 'weather', arguments: ':1}' } })) +
      translator.end();

    const start = JSON.parse(/data: (.*"content_block_start".*)/.exec(text)?.[1] ?? '') as JsonObject;
    const { id, name } = start.content_block as { id: string; name: string };
    assert.equal(name, 'weather');
    assert.match(id, /^toolu_\w+$/);
    assert.match(text, /\{\\"a\\":1\}/);
  });

  it('loses no piece of calls that are sent in turns', () => {
    const piece = (index: number, text: string, name?: string): JsonObject => ({
      choices: [{ index: 0, delta: { tool_calls: [{ index, id: `c${index}`, function: { name, arguments: text } }] } }],
    });

    const events = streamed(translation(), [
      piece(0, '{"a"', 'f'),
      piece(1, '{"b"', 'g'),
      piece(0, ':1}'),
      piece(1, ':2}'),
    ]);

    const { content } = messageOf(events) as { content: { input: unknown }[] };
    assert.deepEqual(
      content.map(({ input }) => input),
      [{ a: 1 }, { b: 2 }],
    );
  });
});

describe('A translated whole message', () => {
  const choice = (members: object, message: object = { content: 'Hi' }): JsonObject => ({
    model: 'm',
    choices: [{ index: 0, message, ...members }],
  });

  for (const [finish, reason] of [
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['tool_calls', 'tool_use'],
    ['content_filter', 'refusal'],
    ['something-new', 'end_turn'],
    [null, 'end_turn'],
  ] as const) {
    it(`says ${reason} for ${String(finish)}`, () => {
      assert.equal(translation().whole(choice({ finish_reason: finish }))?.stop_reason, reason);
    });
  }

  it('names the stop sequence where the engine does', () => {
    const message = translation().whole(choice({ finish_reason: 'stop', stop_reason: 'END' }));

    assert.deepEqual([message?.stop_reason, message?.stop_sequence], ['stop_sequence', 'END']);
  });

  it('keeps a stop token that is no sequence of the client to itself', () => {
    const message = translation().whole(choice({ finish_reason: 'stop', stop_reason: 128_009 }));

    assert.deepEqual([message?.stop_reason, message?.stop_sequence], ['end_turn', null]);
  });

  it('says tool_use whenever there are calls, whatever the engine says', () => {
    const message = translation().whole(wholeAnswer({ ...nothing, calls: [weather] }, 'stop'));

    assert.equal(message?.stop_reason, 'tool_use');
  });

  it('hands on arguments that are no JSON under a name of their own', () => {
    const call = { id: 'c', function: { name: 'f', arguments: '{"a":' } };

    const message = translation().whole(choice({ finish_reason: 'length' }, { content: null, tool_calls: [call] }));

    assert.deepEqual((message?.content as JsonObject[])[0]?.input, { INVALID_JSON: '{"a":' });
  });

  for (const answer of [{}, { choices: [] }, { choices: [{ index: 0 }] }, { object: 'list', data: [] }]) {
    it(`is none of ${JSON.stringify(answer)}`, () => {
      assert.equal(translation().whole(answer), undefined);
    });
  }
});

import fc from 'fast-check';
import assert from 'node:assert/strict';
import { openAiResponses } from '../../../../../src/proxy/dialects/responses/responses';
import type { JsonObject } from '../../../../../src/proxy/repairs/json-object';
import { anySaid, chunksOf, namedEvents, streamed, translationOf, wholeAnswer, type Said } from '../dialect-support';

const nothing: Said = { reasoning: '', text: '', calls: [] };
const translation = () =>
  translationOf(openAiResponses, { model: 'm', input: 'Hi', temperature: 0.5, metadata: { a: 'b' } });

/** Puts the items of a stream together from their own events, as clients do; asserts their order. */
function outputOf(events: readonly JsonObject[]): JsonObject[] {
  const items: Record<string, unknown>[] = [];
  const texts: string[] = [];
  for (const event of events) {
    const at = event.output_index as number;
    const type = String(event.type);
    if (type === 'response.output_item.added') {
      assert.equal(at, items.length);
      items.push({ ...(event.item as JsonObject) });
      texts.push('');
    } else if (type.endsWith('.delta')) {
      assert.equal(event.item_id, items[at]?.id);
      texts[at] = `${texts[at] ?? ''}${String(event.delta)}`;
    } else if (/(text|arguments)\.done$/.test(type)) assert.equal(event.text ?? event.arguments, texts[at]);
    else if (type === 'response.output_item.done') items[at] = event.item as Record<string, unknown>;
  }
  return items;
}

describe('A translated stream of a response', () => {
  it('says the same as the whole answer, however it is cut', () => {
    fc.assert(
      fc.property(anySaid, fc.integer({ min: 1, max: 20 }), fc.constantFrom('stop', 'length'), (said, size, finish) => {
        const events = streamed(translation(), chunksOf(said, finish, size));

        const whole = translation().whole(wholeAnswer(said, finish));
        assert.deepEqual(events.at(-1)?.response, whole);
        assert.deepEqual(outputOf(events), whole?.output);
        assert.deepEqual(
          events.map((event) => event.sequence_number),
          [...events.keys()],
        );
      }),
    );
  });

  it('has the events of one text in the order of the API', () => {
    const events = streamed(translation(), chunksOf({ ...nothing, text: 'Hi' }, 'stop', 10));

    assert.deepEqual(
      events.map(({ type }) => type),
      [
        'response.created',
        'response.in_progress',
        'response.output_item.added',
        'response.content_part.added',
        'response.output_text.delta',
        'response.output_text.done',
        'response.content_part.done',
        'response.output_item.done',
        'response.completed',
      ],
    );
  });

  it('ends as incomplete when the limit is reached', () => {
    const events = streamed(translation(), chunksOf({ ...nothing, text: 'Hi' }, 'length', 10));

    assert.equal(events.at(-1)?.type, 'response.incomplete');
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

    assert.deepEqual(
      outputOf(events).map((item) => item.arguments),
      ['{"a":1}', '{"b":2}'],
    );
  });

  it('goes on counting in an error, which has the form that makes the official client throw', () => {
    const translator = translation().stream();
    const before = namedEvents(translator.chunk({ choices: [{ index: 0, delta: { content: 'Hi' } }] }));

    const text = translator.error?.({ status: 502, message: 'broke', type: 'server_error', param: null, code: 'x' });

    const [error = {}] = namedEvents(text ?? '');
    assert.equal(error.sequence_number, before.length);
    assert.deepEqual(error.error, { message: 'broke', type: 'server_error', param: null, code: 'x' });
  });
});

describe('A translated whole response', () => {
  it('tells the request back, says what it is not, and counts', () => {
    const response = translation().whole(wholeAnswer({ ...nothing, text: 'Hi' }, 'stop'));

    assert.deepEqual(
      [
        response?.temperature,
        response?.metadata,
        response?.store,
        response?.previous_response_id,
        response?.output_text,
      ],
      [0.5, { a: 'b' }, false, null, 'Hi'],
    );
    assert.deepEqual(response?.usage, {
      input_tokens: 12,
      input_tokens_details: { cached_tokens: 5 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 19,
    });
  });

  it('has no usage where the engine counts nothing', () => {
    const answer = { choices: [{ index: 0, message: { content: 'Hi' }, finish_reason: 'stop' }] };

    assert.equal(translation().whole(answer)?.usage, null);
  });

  it('is none of something else', () => {
    assert.equal(translation().whole({ object: 'list', data: [] }), undefined);
  });
});

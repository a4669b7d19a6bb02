import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ChatError } from '../../../../src/editor/language-models/chat-error';
import type { ChatEvent } from '../../../../src/editor/language-models/chat-message';
import { ChatStream } from '../../../../src/editor/language-models/chat-stream';

function read(...events: readonly (object | string)[]): ChatEvent[] {
  const seen: ChatEvent[] = [];
  let ids = 0;
  const stream = new ChatStream(
    (event) => seen.push(event),
    () => `new-${++ids}`,
  );
  for (const event of events) stream.push(typeof event === 'string' ? event : JSON.stringify(event));
  stream.end();
  return seen;
}

function delta(value: object, finish: string | null = null): object {
  return { choices: [{ index: 0, delta: value, finish_reason: finish }] };
}

function call(fragment: object): object {
  return delta({ tool_calls: [fragment] });
}

const finished = delta({}, 'tool_calls');

describe('a streamed answer', () => {
  it('tells text piece by piece', () => {
    assert.deepEqual(
      read(
        delta({ role: 'assistant', content: '' }),
        delta({ content: 'Hel' }),
        delta({ content: 'lo' }),
        delta({}, 'stop'),
        '[DONE]',
      ),
      [
        { kind: 'text', text: 'Hel' },
        { kind: 'text', text: 'lo' },
      ],
    );
  });

  it('drops reasoning', () => {
    assert.deepEqual(
      read(delta({ reasoning_content: 'hm' }), delta({ reasoning: 'hm' }), delta({ content: 'A' }, 'stop')),
      [{ kind: 'text', text: 'A' }],
    );
  });

  it('tells the usage of the last chunk', () => {
    const usage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 99, prompt_tokens_details: null };

    assert.deepEqual(read(delta({}, 'stop'), { choices: [], usage }), [
      { kind: 'usage', usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 } },
    ]);
  });

  it('passes over usage that is no count', () => {
    assert.deepEqual(
      read(delta({}, 'stop'), { choices: [], usage: { prompt_tokens: -1, completion_tokens: 'x' } }),
      [],
    );
  });

  it('puts a tool call together from its fragments', () => {
    const events = read(
      call({ index: 0, id: 'call_a', type: 'function', function: { name: 'read', arguments: '' } }),
      call({ index: 0, function: { arguments: '{"path":' } }),
      call({ index: 0, function: { arguments: '"/tmp/日本"}' } }),
      finished,
    );

    assert.deepEqual(events, [{ kind: 'tool-call', id: 'call_a', name: 'read', input: { path: '/tmp/日本' } }]);
  });

  it('keeps interleaved calls apart by index', () => {
    const events = read(
      call({ index: 0, id: 'a', function: { name: 'one', arguments: '{"x"' } }),
      call({ index: 1, id: 'b', function: { name: 'two', arguments: '{"y"' } }),
      call({ index: 0, function: { arguments: ':1}' } }),
      call({ index: 1, function: { arguments: ':2}' } }),
      finished,
    );

    assert.deepEqual(events, [
      { kind: 'tool-call', id: 'a', name: 'one', input: { x: 1 } },
      { kind: 'tool-call', id: 'b', name: 'two', input: { y: 2 } },
    ]);
  });

  it('tells calls apart by id where every index is 0', () => {
    const events = read(
      call({ index: 0, id: 'a', function: { name: 'one', arguments: '{}' } }),
      call({ index: 0, id: 'b', function: { name: 'two', arguments: '{}' } }),
      finished,
    );

    assert.deepEqual(
      events.map((event) => event.kind === 'tool-call' && event.name),
      ['one', 'two'],
    );
  });

  it('tells calls apart without index and id, and gives them ids', () => {
    const events = read(
      call({ function: { name: 'one', arguments: '{"x":1}' } }),
      call({ function: { name: 'one', arguments: '{"x":2}' } }),
      finished,
    );

    assert.deepEqual(events, [
      { kind: 'tool-call', id: 'new-1', name: 'one', input: { x: 1 } },
      { kind: 'tool-call', id: 'new-2', name: 'one', input: { x: 2 } },
    ]);
  });

  it('takes arguments that come as an object, and none as an empty one', () => {
    const events = read(
      call({ index: 0, id: 'a', function: { name: 'one', arguments: { x: 1 } } }),
      call({ index: 1, id: 'b', function: { name: 'two' } }),
      finished,
    );

    assert.deepEqual(
      events.map((event) => event.kind === 'tool-call' && event.input),
      [{ x: 1 }, {}],
    );
  });

  for (const json of ['{"path": "/tm', '[1]', '"text"', 'null']) {
    it(`refuses a tool call whose arguments are ${json}`, () => {
      assert.throws(
        () => read(call({ index: 0, id: 'a', function: { name: 'read', arguments: json } }), finished),
        (error) => error instanceof ChatError && error.message.includes('read'),
      );
    });
  }

  it('refuses a tool call without a name', () => {
    assert.throws(() => read(call({ index: 0, id: 'a', function: { arguments: '{}' } }), finished), ChatError);
  });

  it('reads an answer that came in one piece', () => {
    assert.deepEqual(
      read({ choices: [{ message: { role: 'assistant', content: 'All' }, finish_reason: 'stop' }] }, '[DONE]'),
      [{ kind: 'text', text: 'All' }],
    );
  });

  it('fails on an error in the middle, in its words', () => {
    const error = { error: { message: 'The engine died.', code: 'engine_stream_broken', type: 'server_error' } };

    assert.throws(() => read(delta({ content: 'Hel' }), error), {
      message: 'The engine died.',
      kind: 'other',
      code: 'engine_stream_broken',
    });
  });

  it('does not take half an answer for a whole', () => {
    assert.throws(() => read(delta({ content: 'Hel' })), { code: 'engine_stream_broken' });
  });

  it('reads any JSON without harm', () => {
    fc.assert(
      fc.property(fc.array(fc.json(), { maxLength: 5 }), (events) => {
        try {
          read(...events, '[DONE]');
        } catch (error) {
          assert.ok(error instanceof ChatError);
        }
      }),
    );
  });

  it('gives back the calls it was given, however their arguments are cut', () => {
    const input = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(input, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 7 }), (inputs, size) => {
        const fragments = inputs.flatMap((value, index) => {
          const json = JSON.stringify(value);
          const cuts = Array.from({ length: Math.ceil(json.length / size) }, (_, at) =>
            json.slice(at * size, (at + 1) * size),
          );
          return cuts.map((cut, at) =>
            call({
              index,
              ...(at === 0 && { id: `id-${index}` }),
              function: { ...(at === 0 && { name: 'f' }), arguments: cut },
            }),
          );
        });

        const events = read(...fragments, finished);

        assert.deepEqual(
          events.map((event) => event.kind === 'tool-call' && JSON.stringify(event.input)),
          inputs.map((value) => JSON.stringify(JSON.parse(JSON.stringify(value)))),
        );
      }),
    );
  });
});

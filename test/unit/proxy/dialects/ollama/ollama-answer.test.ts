import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ollamaChat } from '../../../../../src/proxy/dialects/ollama/chat';
import { without } from '../../../../../src/proxy/repairs/json-object';
import { chunkOf, contextOf, entryOf, linesOf, toldOf, translationOf } from './support';

const body = { messages: [{ role: 'user', content: 'Hi' }] };
const chat = (context = contextOf(), more = {}) => translationOf(ollamaChat, { ...body, ...more }, context);
const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };

const texts = (lines: readonly Record<string, unknown>[], member: 'content' | 'thinking'): string =>
  lines.map(({ message }) => (message as Record<string, string>)[member] ?? '').join('');

describe('a streamed answer in Ollama’s words', () => {
  it('has a line for each piece and the totals on the last', () => {
    const context = contextOf(entryOf(), 200, 200, 300, 1200, 1200);
    const lines = linesOf(chat(context), [
      chunkOf({ role: 'assistant', content: 'He' }),
      chunkOf({ content: 'y' }),
      chunkOf({}, 'stop'),
      { choices: [], usage },
    ]);

    assert.deepEqual(texts(lines, 'content'), 'Hey');
    assert.deepEqual(without(lines.at(-1) ?? {}, 'created_at'), {
      model: 'asked',
      message: { role: 'assistant', content: '' },
      done: true,
      done_reason: 'stop',
      total_duration: 1_200_000_000,
      prompt_eval_count: 5,
      prompt_eval_duration: 200_000_000,
      eval_count: 2,
      eval_duration: 1_000_000_000,
    });
  });

  it('only the last line is done', () => {
    const lines = linesOf(chat(), [chunkOf({ content: 'a' }), chunkOf({ content: 'b' }, 'stop')]);

    assert.deepEqual(
      lines.map(({ done }) => done),
      [false, false, true],
    );
  });

  it('tells llama-server’s own times where it measures them', () => {
    const timings = { prompt_ms: 12.5, predicted_ms: 250 };
    const last = linesOf(chat(), [chunkOf({ content: 'a' }, 'stop', { timings })]).at(-1);

    assert.deepEqual([last?.prompt_eval_duration, last?.eval_duration], [12_500_000, 250_000_000]);
  });

  it('tells reasoning as thinking, once, whatever the engine calls it', () => {
    const lines = linesOf(chat(), [
      chunkOf({ reasoning: 'h', reasoning_content: 'h' }),
      chunkOf({ reasoning_content: 'm' }),
      chunkOf({ content: 'Hi' }, 'stop'),
    ]);

    assert.deepEqual([texts(lines, 'thinking'), texts(lines, 'content')], ['hm', 'Hi']);
  });

  it('leaves thinking out for a client that asked for none', () => {
    const lines = linesOf(chat(contextOf(), { think: false }), [
      chunkOf({ reasoning: 'h' }),
      chunkOf({ content: 'Hi' }, 'stop'),
    ]);

    assert.deepEqual([texts(lines, 'thinking'), texts(lines, 'content')], ['', 'Hi']);
  });

  it('puts the fragments of tool calls together and tells each whole, arguments as objects', () => {
    const call = (index: number, members: object) => chunkOf({ tool_calls: [{ index, ...members }] });
    const lines = linesOf(chat(), [
      call(0, { id: 'c1', type: 'function', function: { name: 'get', arguments: '' } }),
      call(0, { function: { arguments: '{"city":' } }),
      call(1, { id: 'c2', function: { name: 'now' } }),
      call(0, { function: { arguments: '"Köln"}' } }),
      chunkOf({}, 'tool_calls'),
    ]);

    assert.deepEqual((lines[0]?.message as Record<string, unknown>).tool_calls, [
      { id: 'c1', function: { index: 0, name: 'get', arguments: { city: 'Köln' } } },
      { id: 'c2', function: { index: 1, name: 'now', arguments: {} } },
    ]);
    assert.deepEqual([lines.length, lines[1]?.done_reason], [2, 'stop']);
  });

  it('leaves a call whose arguments are no JSON object in the content', () => {
    const tool_calls = [{ index: 0, function: { name: 'get', arguments: '{"city":' } }];
    const lines = linesOf(chat(), [chunkOf({ tool_calls }, 'tool_calls')]);

    assert.deepEqual(texts(lines, 'content'), '{"name":"get","arguments":"{\\"city\\":"}');
  });

  it('says length where the limit cut it', () => {
    assert.equal(linesOf(chat(), [chunkOf({ content: 'a' }, 'length')]).at(-1)?.done_reason, 'length');
  });

  it('never throws and ends with one done line, whatever the chunks hold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.constantFrom('choices', 'usage', 'timings', 'x'), fc.jsonValue())),
        (chunks) => {
          const lines = linesOf(chat(), chunks);

          assert.equal(lines.filter(({ done }) => done === true).length, 1);
          assert.equal(lines.at(-1)?.done, true);
        },
      ),
    );
  });

  it('says the same as a whole answer would', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (pieces) => {
        const streamed = linesOf(chat(), [...pieces.map((content) => chunkOf({ content })), chunkOf({}, 'stop')]);
        const message = { role: 'assistant', content: pieces.join('') };
        const whole = toldOf(chat(), { choices: [{ message, finish_reason: 'stop' }] });

        assert.equal(texts(streamed, 'content'), (whole.message as Record<string, unknown>).content);
      }),
    );
  });
});

describe('a whole answer in Ollama’s words', () => {
  it('has message, reason and totals', () => {
    const context = contextOf(entryOf(), 1200);
    const message = {
      content: 'Hi',
      reasoning: 'hm',
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }],
    };
    const told = toldOf(chat(context), { choices: [{ message, finish_reason: 'tool_calls' }], usage });

    assert.deepEqual(told, {
      model: 'asked',
      created_at: '2026-01-02T00:00:01.200Z',
      message: {
        role: 'assistant',
        content: 'Hi',
        thinking: 'hm',
        tool_calls: [{ id: 'c', function: { index: 0, name: 'f', arguments: { x: 1 } } }],
      },
      done: true,
      done_reason: 'stop',
      total_duration: 1_200_000_000,
      prompt_eval_count: 5,
      eval_count: 2,
      eval_duration: 1_200_000_000,
    });
  });

  it('is none where the engine’s has no choices', () => {
    assert.equal(chat().whole({ object: 'list', data: [] }), undefined);
  });
});

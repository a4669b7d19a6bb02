import assert from 'node:assert/strict';
import { toolCalls } from '../../../../src/proxy/repairs/tool-calls';
import { answer, chunk, streamOf, wholeOf } from './support';

const piece = (call: object) => chunk({ tool_calls: [call] });
const callsIn = (events: unknown[]) =>
  events.flatMap(
    (event) => (event as { choices: { delta: { tool_calls: unknown[] } }[] }).choices[0]?.delta.tool_calls ?? [],
  );

describe('tool-calls', () => {
  it('numbers whole calls that carry no index (ollama 7881)', () => {
    const calls = callsIn(
      streamOf(toolCalls, [
        piece({ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }),
        piece({ id: 'b', type: 'function', function: { name: 'f', arguments: '{}' } }),
      ]),
    );

    assert.deepEqual(calls, [
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' }, index: 0 },
      { id: 'b', type: 'function', function: { name: 'f', arguments: '{}' }, index: 1 },
    ]);
  });

  it('tells apart whole calls that all carry index 0', () => {
    const calls = callsIn(
      streamOf(toolCalls, [
        piece({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }),
        piece({ index: 0, id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } }),
      ]),
    ) as { index: number }[];

    assert.deepEqual(
      calls.map(({ index }) => index),
      [0, 1],
    );
  });

  it('makes an id, type and arguments where the first piece lacks them', () => {
    const [first] = callsIn(streamOf(toolCalls, [piece({ index: 0, function: { name: 'f' } })]));

    assert.deepEqual(first, {
      index: 0,
      function: { name: 'f', arguments: '' },
      id: 'call_0123456789abcdefABCDEFGH0x0',
      type: 'function',
    });
  });

  it('drops names and ids of later pieces that are empty, null or repeated', () => {
    const first = { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } };
    const calls = callsIn(
      streamOf(toolCalls, [
        piece(first),
        piece({ index: 0, id: '', function: { name: '', arguments: '{"a"' } }),
        piece({ index: 0, id: null, function: { name: null, arguments: ':1' } }),
        piece({ index: 0, id: 'a', function: { name: 'f', arguments: '}' } }),
      ]),
    );

    assert.deepEqual(calls, [
      first,
      { index: 0, function: { arguments: '{"a"' } },
      { index: 0, function: { arguments: ':1' } },
      { index: 0, function: { arguments: '}' } },
    ]);
  });

  it('gives a piece without index to the call before it', () => {
    const calls = callsIn(
      streamOf(toolCalls, [
        piece({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }),
        piece({ index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '' } }),
        piece({ function: { arguments: '{}' } }),
      ]),
    ) as { index: number }[];

    assert.equal(calls[2]?.index, 1);
  });

  it('writes arguments given as an object as text', () => {
    const whole = wholeOf(toolCalls, answer({ tool_calls: [{ function: { name: 'f', arguments: { x: 1 } } }] }));

    assert.deepEqual(
      whole,
      answer({
        tool_calls: [
          { function: { name: 'f', arguments: '{"x":1}' }, id: 'call_0123456789abcdefABCDEFGH0x0', type: 'function' },
        ],
      }),
    );
  });

  it('changes nothing in calls as OpenAI sends them', () => {
    const given = answer({ tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] });

    assert.equal(wholeOf(toolCalls, given), given);
  });

  it('takes an absurd index for none', () => {
    const [first] = callsIn(
      streamOf(toolCalls, [piece({ index: 4e9, id: 'a', function: { name: 'f', arguments: '' } })]),
    );

    assert.equal((first as { index: number }).index, 0);
  });
});

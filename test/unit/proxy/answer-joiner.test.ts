import assert from 'node:assert/strict';
import { AnswerJoiner } from '../../../src/proxy/answer-joiner';
import { asStreamRequest } from '../../../src/proxy/joined-request';
import type { Engine } from '../../../src/core/engine';
import { readRecording, sseObjects } from '../../helpers/engines/recording';
import { fixedCatalog } from '../../helpers/proxy-harness';

type Json = Record<string, unknown>;

function joined(recording: string): Json {
  const joiner = new AnswerJoiner();
  for (const chunk of sseObjects(readRecording(recording).body)) joiner.add(chunk as Json);
  assert.ok(joiner.isComplete);
  return joiner.answer();
}

const whole = (recording: string): Json => JSON.parse(readRecording(recording).body) as Json;

/** The shape of a value: member names in their order and types, with the texts and numbers left out. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]);
}

/** Without what every request has of its own. */
function lasting({ choices, model, object, system_fingerprint }: Json): Json {
  return { choices, model, object, system_fingerprint };
}

describe('a joined stream of llama-server', () => {
  it('is the whole answer it gave to the same request', () => {
    assert.deepEqual(lasting(joined('chat-stream-usage')), lasting(whole('chat')));
  });

  it('has the members of a whole answer, in their order', () => {
    assert.deepEqual(shapeOf(joined('chat-stream-usage')), shapeOf(whole('chat')));
    assert.deepEqual(shapeOf(joined('completions-stream')), shapeOf(whole('completions')));
  });

  it('keeps usage and timings number for number', () => {
    const chunks = sseObjects(readRecording('chat-stream-usage').body) as Json[];
    const { usage, timings } = joined('chat-stream-usage');

    assert.deepEqual([usage, timings], [chunks.at(-1)?.usage, chunks.at(-1)?.timings]);
  });

  it('keeps the log probabilities of every token', () => {
    assert.deepEqual(joined('chat-stream-logprobs').choices, whole('chat-logprobs').choices);
  });

  it('puts tool calls together, each with its id and whole arguments', () => {
    const stream = sseObjects(readRecording('chat-tools-parallel-call-stream').body) as Json[];
    const answer = joined('chat-tools-parallel-call-stream');

    assert.deepEqual(shapeOf(answer), shapeOf(whole('chat-tools-parallel-call')));
    const [choice] = answer.choices as { message: { tool_calls: Json[] } }[];
    const calls = choice!.message.tool_calls;
    const text = JSON.stringify(stream);
    for (const call of calls) assert.ok(text.includes(JSON.stringify(call.id)));
    for (const call of calls.slice(0, -1)) JSON.parse((call.function as { arguments: string }).arguments);
  });

  it('tells reasoning apart from content', () => {
    const [choice] = joined('chat-reasoning-stream').choices as { message: Json }[];

    assert.deepEqual(Object.keys(choice!.message).sort(), ['content', 'reasoning_content', 'role']);
  });

  it('has every choice, in the order of their index', () => {
    const { choices } = joined('chat-stream-n2') as { choices: { index: number; finish_reason: string }[] };

    assert.deepEqual(
      choices.map(({ index, finish_reason }) => [index, finish_reason]),
      [
        [0, 'length'],
        [1, 'length'],
      ],
    );
    assert.deepEqual(choices, whole('chat-n2').choices);
  });

  it('is not complete before each choice has its end', () => {
    const joiner = new AnswerJoiner();
    assert.equal(joiner.isComplete, false);
    joiner.add({ choices: [{ index: 0, delta: { content: 'a' }, finish_reason: null }] });
    assert.equal(joiner.isComplete, false);
    joiner.add({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    assert.equal(joiner.isComplete, true);
  });

  it('takes odd chunks without harm', () => {
    const joiner = new AnswerJoiner();
    for (const choices of [null, [], [null], [{}], [{ delta: null }], [{ delta: { tool_calls: [null, {}] } }]]) {
      joiner.add({ choices });
    }

    assert.ok(Array.isArray(joiner.answer().choices));
  });
});

describe('a request for a whole answer', () => {
  const [entry] = fixedCatalog([{ id: 'l', kind: 'llamacpp', baseUrl: 'http://127.0.0.1:9', models: ['m'] }]).list();
  const ask = (body: object, path = '/v1/chat/completions', engine: Engine = entry!.engine, disabled: string[] = []) =>
    asStreamRequest(engine, path, Buffer.from(JSON.stringify(body)), disabled)?.toString();

  it('asks llama-server for a stream with usage, and is otherwise the same', () => {
    assert.deepEqual(JSON.parse(ask({ model: 'm', stream: false, seed: 1, x: [1] }) ?? ''), {
      model: 'm',
      stream: true,
      seed: 1,
      x: [1],
      stream_options: { include_usage: true },
    });
  });

  it('goes as it is to other engines, on other routes, in other cases, and when switched off', () => {
    assert.equal(ask({ model: 'm' }, undefined, { ...entry!.engine, kind: 'vllm' }), undefined);
    assert.equal(ask({ model: 'm' }, '/v1/embeddings'), undefined);
    assert.equal(ask({ model: 'm', stream: true }), undefined);
    assert.equal(ask({ model: 'm', tools: [], logprobs: true }), undefined);
    assert.equal(ask({ model: 'm' }, undefined, entry!.engine, ['joined-stream']), undefined);
  });
});

import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { startOllama } from '../../../helpers/engines/ollama';
import { startOpenAiCompatible } from '../../../helpers/engines/openai-compatible';
import { eventsOf } from '../../../unit/proxy/repairs/support';
import { before, engines, messages, stopAll } from './support';

const { model } = engines.ollama;
const config = { 'proxy.heartbeatSeconds': 0.05 };
const ask = { model, messages, stream: true };
const pings = (text: string): number => text.split(': ping\n\n').length - 1;

describe('heartbeats', () => {
  afterEach(stopAll);

  it('keep a client with an engine that loads its model, and the stream is whole', async () => {
    const engine = await startOllama({ timing: { loadMs: 1000 } });
    const { post, recordOf } = await before(engine, 'ollama', model, { config });

    const answer = await post('/v1/chat/completions', ask);
    const text = await answer.text();

    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'text/event-stream');
    assert.match(answer.headers.get('x-flm-repair') ?? '', /unique-ids/);
    assert.match(text, /^: ping\n\n: ping\n\n/);
    assert.equal(eventsOf(text).at(-1), '[DONE]');
    assert.match(text, /chatcmpl-[A-Za-z0-9_-]{20,}/);
    assert.equal((await recordOf()).outcome, 'ok');
  });

  it('are passed over by the official client', async () => {
    const { client } = await before(await startOllama({ timing: { loadMs: 200, tokenMs: 60 } }), 'ollama', model, {
      config,
    });

    const whole = await client.chat.completions.stream({ model, messages }).finalChatCompletion();

    assert.match(whole.choices[0]?.message.content ?? '', /You said: Hi/);
  });

  it('come between events of a stream that falls silent', async () => {
    const engine = await startOllama({ wire: { stall: { afterEvents: 2, forMs: 1000 } } });
    const { post } = await before(engine, 'ollama', model, { config });

    const text = await (await post('/v1/chat/completions', ask)).text();

    assert.ok(pings(text) >= 2);
    assert.equal(eventsOf(text).at(-1), '[DONE]');
  });

  it('come in streams without repairs as well, and never inside an event', async () => {
    const engine = await startOpenAiCompatible({
      models: ['m'],
      wire: { stall: { afterEvents: 2, forMs: 250 }, chunking: { bytesPerWrite: 50 } },
    });
    const { post } = await before(engine, 'openai', 'm', { config });

    const text = await (await post('/v1/chat/completions', { ...ask, model: 'm' })).text();

    for (const block of text.split('\n\n')) assert.match(block, /^(: ping|data: .*|)$/);
    assert.equal(eventsOf(text).at(-1), '[DONE]');
  });

  it('turn an engine’s error after them into an error event', async () => {
    const engine = await startOllama({ timing: { answerMs: 200 } });
    engine.script({ answers: { '/v1/chat/completions': { status: 503, body: { error: 'busy' }, delayMs: 200 } } });
    const { client, post, recordOf, signs } = await before(engine, 'ollama', model, { config });

    const answer = await post('/v1/chat/completions', ask);
    const [event, ...more] = eventsOf(await answer.text());
    const stream = await client.chat.completions.create({ model, messages, stream: true });

    assert.equal(answer.status, 200);
    assert.deepEqual(event, { error: { message: 'busy', type: 'server_error', param: null, code: 'engine_busy' } });
    assert.deepEqual(more, []);
    const record = await recordOf();
    assert.deepEqual([record.outcome, record.errorCode], ['engine-error', 'engine_busy']);
    assert.deepEqual(signs[0], ['engine', 'busy']);
    await assert.rejects(async () => {
      for await (const chunk of stream) assert.fail(JSON.stringify(chunk));
    }, OpenAI.APIError);
  });

  it('turn a connection that breaks after them into an error event', async () => {
    const engine = await startOllama({ timing: { loadMs: 60_000 } });
    const { post, recordOf } = await before(engine, 'ollama', model, { config });

    const answer = await post('/v1/chat/completions', ask);
    await engine.stop();
    const [event] = eventsOf(await answer.text());

    assert.equal((event as { error: { code: string } }).error.code, 'engine_unreachable');
    assert.equal((await recordOf()).outcome, 'engine-error');
  });

  it('give a late answer that is no stream as one chunk', async () => {
    const body = {
      id: 'c',
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: 'late' }, finish_reason: 'stop' }],
    };
    const engine = await startOpenAiCompatible({
      models: ['m'],
      answers: { '/v1/chat/completions': { body, delayMs: 200 } },
    });
    const { client } = await before(engine, 'openai', 'm', { config });

    const whole = await client.chat.completions.stream({ model: 'm', messages }).finalChatCompletion();

    assert.equal(whole.choices[0]?.message.content, 'late');
  });

  it('reach the engine when the client leaves after them', async () => {
    const engine = await startOllama({ timing: { loadMs: 60_000 } });
    const { post, recordOf } = await before(engine, 'ollama', model, { config });
    const left = new AbortController();
    const answer = await post('/v1/chat/completions', ask, { signal: left.signal });
    await answer.body?.getReader().read();

    left.abort();

    assert.equal(await engine.requests[0]?.ended, 'aborted');
    assert.equal((await recordOf()).outcome, 'aborted');
  });

  it('end with an error event when FLM stops', async () => {
    const engine = await startOllama({ timing: { loadMs: 60_000 } });
    const { post, proxy } = await before(engine, 'ollama', model, { config });
    const answer = await post('/v1/chat/completions', ask);

    await proxy.stop();

    const events = eventsOf(await answer.text()) as { error?: { code: string } }[];
    assert.deepEqual(
      events.map(({ error }) => error?.code),
      ['gateway_stopping'],
    );
  });

  it('do not come to clients that wait for a whole answer, whose status stays the engine’s', async () => {
    const engine = await startOllama({
      answers: { '/v1/chat/completions': { status: 503, body: { error: 'busy' }, delayMs: 200 } },
    });
    const { post } = await before(engine, 'ollama', model, { config });

    assert.equal((await post('/v1/chat/completions', { model, messages })).status, 503);
  });

  it('are off at 0', async () => {
    const engine = await startOllama({
      answers: { '/v1/chat/completions': { status: 503, body: { error: 'busy' }, delayMs: 200 } },
    });
    const { post } = await before(engine, 'ollama', model, { config: { 'proxy.heartbeatSeconds': 0 } });

    assert.equal((await post('/v1/chat/completions', ask)).status, 503);
  });
});

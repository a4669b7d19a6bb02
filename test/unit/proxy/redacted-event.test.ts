import assert from 'node:assert/strict';
import { mayTellError, redactedEvent, redactedJsonLine } from '../../../src/proxy/redacted-event';
import { engineError } from '../../../src/proxy/engine-error';

const internals =
  'open /usr/share/ollama/.ollama/models/blobs/sha256-1: Post "http://127.0.0.1:41234/completion": EOF, Bearer abcdef123456, C:\\models\\x.gguf\n  File "/opt/vllm/engine.py", line 3';
const leaks = /\/usr\/share|127\.0\.0\.1|41234|abcdef123456|models\\|\/opt\/vllm/;

const event = (value: unknown, before = ''): Buffer => Buffer.from(`${before}data: ${JSON.stringify(value)}\n\n`);
const told = (bytes: Buffer): string => redactedEvent(bytes).toString();

describe('An error event of an engine', () => {
  for (const [what, value] of [
    ['OpenAI’s', { error: { message: internals, type: 'server_error', param: null, code: 500 } }],
    ['Ollama’s', { error: internals }],
    ['Anthropic’s', { type: 'error', error: { type: 'api_error', message: internals } }],
    ['the Responses API’s', { type: 'error', sequence_number: 3, code: 'server_error', message: internals }],
    [
      'a failed response',
      { type: 'response.failed', response: { output: [], error: { code: 'x', message: internals } } },
    ],
    ['old vLLM’s', { object: 'error', message: internals, type: 'InternalServerError', code: 500 }],
    ['FastAPI’s', { detail: `error: ${internals}` }],
    ['one beside an empty choice', { choices: [{ index: 0, delta: {}, error: { message: internals } }] }],
    ['one with a stack of its own', { error: { message: 'error', stack: [internals], cause: { path: internals } } }],
    ['one with more beside it', { error: 'died', trace: internals }],
  ] as const) {
    it(`keeps its shape and loses what it gives away: ${what}`, () => {
      const out = told(event(value, 'event: error\nid: 4\n'));

      assert.doesNotMatch(out, leaks);
      assert.ok(out.startsWith('event: error\nid: 4\ndata: {') && out.endsWith('\n\n'), out);
      const shape = (one: unknown): unknown =>
        typeof one === 'object' && one !== null && !Array.isArray(one)
          ? Object.entries(one).map(([name, member]) => [name, shape(member)])
          : typeof one;
      assert.deepEqual(shape(JSON.parse(out.slice(out.indexOf('{')))), shape(value));
    });
  }

  it('is worded as in a whole error answer', () => {
    const out = JSON.parse(told(event({ error: { message: internals } })).slice(6)) as { error: { message: string } };

    const whole = engineError('E', 500, JSON.stringify({ error: { message: internals } }));
    assert.equal(out.error.message, whole.error.message);
  });

  for (const [what, text] of [
    ['a line of its own', `error: ${JSON.stringify({ code: 500, message: internals })}\n\n`],
    ['a stack without a field', 'Traceback (most recent call last):\n  File "/opt/vllm/engine.py"\nValueError: x\n\n'],
    ['a comment', ': error at /usr/share/ollama/x\n\n'],
    ['text', 'event: error\ndata: dial tcp 127.0.0.1:41234: refused\n\n'],
    [
      'a stack in data',
      'data: Traceback (most recent call last):\ndata:   File "/opt/vllm/a.py"\ndata: OSError: x\n\n',
    ],
    ['half an object', `data: {"error":{"message":${JSON.stringify(internals)}\n\n`],
  ] as const) {
    it(`gives nothing away as ${what}`, () => {
      const out = told(Buffer.from(text));

      assert.doesNotMatch(out, leaks);
      assert.ok(out.endsWith('\n\n'), out);
    });
  }

  it('is the same when it comes again', () => {
    const once = redactedEvent(event({ error: internals }));

    assert.equal(told(once), once.toString());
  });

  it('keeps its bytes when it gives nothing away', () => {
    const plain = Buffer.from('data: {"error" : "out of memory",  "big":12345678901234567890}\r\n\r\n');

    assert.equal(redactedEvent(plain), plain);
  });

  it('nested beyond reason loses its depths', () => {
    let deep: unknown = internals;
    for (let i = 0; i < 50; i++) deep = [deep];

    assert.doesNotMatch(told(event({ error: deep })), leaks);
  });

  it('as a line of NDJSON loses the same, and stays one line', () => {
    const line = redactedJsonLine(Buffer.from(`${JSON.stringify({ error: internals })}\n`)).toString();
    const broken = redactedJsonLine(Buffer.from(`{"error":${JSON.stringify(internals)}\n`)).toString();

    assert.equal(typeof (JSON.parse(line) as { error: unknown }).error, 'string');
    for (const one of [line, broken]) {
      assert.doesNotMatch(one, leaks);
      assert.equal(one.indexOf('\n'), one.length - 1);
    }
  });
});

describe('What a model says about errors', () => {
  for (const value of [
    { choices: [{ index: 0, delta: { content: 'error in /etc/passwd at 127.0.0.1:80' } }] },
    { error: null, choices: [{ index: 0, delta: { content: '/usr/share/x exception' } }] },
    { type: 'response.completed', response: { error: null, output: ['/usr/share/error.txt'] } },
    { message: { role: 'assistant', content: 'see /var/log/error.log' }, done: false },
    { response: 'see /var/log/error.log', done: false },
    { message: { tool_calls: [{ function: { name: 'f', arguments: { error: '/var/log/x/y' } } }] }, done: false },
  ]) {
    it(`passes untouched: ${JSON.stringify(value)}`, () => {
      const bytes = event(value);
      const line = Buffer.from(`${JSON.stringify(value)}\n`);

      assert.ok(mayTellError(bytes));
      assert.equal(redactedEvent(bytes), bytes);
      assert.equal(redactedJsonLine(line), line);
    });
  }

  it('is not even looked at where no error is named', () => {
    assert.equal(mayTellError(event({ choices: [{ index: 0, delta: { content: '/usr/share/x' } }] })), false);
  });
});

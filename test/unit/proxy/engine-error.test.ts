import assert from 'node:assert/strict';
import { engineError } from '../../../src/proxy/engine-error';

interface Row {
  readonly what: string;
  readonly status: number;
  readonly body: string | object;
  readonly expect: { status: number; message?: string; type?: string; param?: string | null; code?: string | null };
}

/** Bodies as in ENGINES.md §§1.4, 2.5, 3.4, 4.4. */
const rows: readonly Row[] = [
  {
    what: "Ollama's unknown model",
    status: 404,
    body: { error: { message: "model 'x' not found", type: 'not_found_error', param: null, code: null } },
    expect: { status: 404, message: "model 'x' not found", param: 'model', code: 'model_not_found' },
  },
  {
    what: 'Ollama without tool support',
    status: 400,
    body: {
      error: { message: 'registry/m does not support tools', type: 'invalid_request_error', param: null, code: null },
    },
    expect: {
      status: 400,
      message: 'registry/m does not support tools',
      type: 'invalid_request_error',
      param: null,
      code: null,
    },
  },
  {
    what: "Ollama's full queue",
    status: 503,
    body: {
      error: {
        message: 'server busy, please try again.  maximum pending requests exceeded',
        type: 'api_error',
        param: null,
        code: null,
      },
    },
    expect: {
      status: 503,
      message: 'server busy, please try again.  maximum pending requests exceeded',
      type: 'server_error',
      code: 'engine_busy',
    },
  },
  {
    what: "Ollama's cloud sign-in",
    status: 401,
    body: { error: 'unauthorized', signin_url: 'https://ollama.com/connect?key=abc' },
    expect: { status: 502, type: 'server_error', code: 'engine_needs_key' },
  },
  {
    what: "llama-server's full context",
    status: 400,
    body: {
      error: {
        code: 400,
        message: 'request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it',
        type: 'exceed_context_size_error',
        n_prompt_tokens: 5000,
        n_ctx: 4096,
      },
    },
    expect: { status: 400, type: 'invalid_request_error', code: 'context_length_exceeded' },
  },
  {
    what: "llama-server's loading",
    status: 503,
    body: { error: { message: 'Loading model', type: 'unavailable_error', code: 503 } },
    expect: { status: 503, message: 'Loading model', type: 'server_error', code: 'engine_loading' },
  },
  {
    what: 'llama-server without an image projector',
    status: 500,
    body: {
      error: { code: 500, message: 'image input is not supported - hint: if this is unexpected', type: 'server_error' },
    },
    expect: {
      status: 500,
      message: 'image input is not supported - hint: if this is unexpected',
      type: 'server_error',
      code: null,
    },
  },
  {
    what: "llama-server's wrong key",
    status: 401,
    body: { error: { message: 'Invalid API Key', type: 'authentication_error', code: 401 } },
    expect: { status: 502, code: 'engine_needs_key' },
  },
  {
    what: "the router's unknown model",
    status: 400,
    body: { error: { code: 400, message: "model 'x' not found", type: 'invalid_request_error' } },
    expect: { status: 404, param: 'model', code: 'model_not_found' },
  },
  {
    what: "vLLM's unknown model",
    status: 404,
    body: { error: { message: 'The model `x` does not exist.', type: 'NotFoundError', param: 'model', code: 404 } },
    expect: {
      status: 404,
      message: 'The model `x` does not exist.',
      type: 'invalid_request_error',
      param: 'model',
      code: 'model_not_found',
    },
  },
  {
    what: "vLLM's validation",
    status: 400,
    body: {
      error: {
        message: '1 validation error(s): field required',
        type: 'Bad Request',
        param: 'body.messages',
        code: 400,
      },
    },
    expect: { status: 400, type: 'Bad Request', param: 'body.messages', code: null },
  },
  {
    what: "vLLM's full context",
    status: 400,
    body: {
      error: {
        message: "This model's maximum context length is 4096 tokens. However, you requested 100 output tokens",
        type: 'BadRequestError',
        param: 'input_tokens',
        code: 400,
      },
    },
    expect: { status: 400, type: 'invalid_request_error', code: 'context_length_exceeded' },
  },
  {
    what: "vLLM's wrong key",
    status: 401,
    body: { error: 'Unauthorized' },
    expect: { status: 502, code: 'engine_needs_key' },
  },
  {
    what: "vLLM's scaling",
    status: 503,
    body: { error: 'The model is currently scaling. Please try again later.' },
    expect: { status: 503, message: 'The model is currently scaling. Please try again later.', code: 'engine_busy' },
  },
  {
    what: "FastAPI's missing route",
    status: 404,
    body: { detail: 'Not Found' },
    expect: {
      status: 404,
      message: 'The engine E does not offer this route, or not for this model.',
      code: 'not_supported',
    },
  },
  {
    what: "Ollama's answer with that of its llama-server inside",
    status: 400,
    body: {
      error: {
        message:
          '{"error":{"code":400,"message":"Multimodal data provided, but model does not support multimodal requests.","type":"invalid_request_error"}}',
        type: 'invalid_request_error',
        param: null,
        code: null,
      },
    },
    expect: {
      status: 400,
      message: 'Multimodal data provided, but model does not support multimodal requests.',
      type: 'invalid_request_error',
      code: null,
    },
  },
  {
    what: "FastAPI's validation",
    status: 422,
    body: { detail: [{ loc: ['body', 'messages'], msg: 'field required' }] },
    expect: { status: 422, message: 'body.messages: field required', param: 'body.messages' },
  },
  {
    what: "vLLM's flat form before August 2025",
    status: 400,
    body: { object: 'error', message: 'bad value', type: 'BadRequestError', param: 'n', code: 400 },
    expect: { status: 400, message: 'bad value', param: 'n' },
  },
  {
    what: "LM Studio's unknown model",
    status: 404,
    body: {
      error: {
        message: 'Model "x" not found.',
        type: 'invalid_request_error',
        param: 'model',
        code: 'model_not_found',
      },
    },
    expect: { status: 404, param: 'model', code: 'model_not_found' },
  },
  {
    what: "LM Studio's refused response format",
    status: 400,
    body: { error: "'response_format.type' must be 'json_schema' or 'text'" },
    expect: {
      status: 400,
      message: "'response_format.type' must be 'json_schema' or 'text'",
      type: 'invalid_request_error',
      code: null,
    },
  },
  {
    what: "LM Studio's overflow",
    status: 400,
    body: {
      error:
        'Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens',
    },
    expect: { status: 400, code: 'context_length_exceeded' },
  },
  {
    what: "LM Studio's unknown path under status 200",
    status: 200,
    body: { error: 'Unexpected endpoint or method. (POST /v1/x)' },
    expect: { status: 404, type: 'server_error', code: 'not_supported' },
  },
  {
    what: 'any other error under status 200',
    status: 200,
    body: { error: 'Compute error.' },
    expect: { status: 502, message: 'Compute error.', code: 'engine_error' },
  },
  {
    what: 'an HTML page',
    status: 502,
    body: '<html><h1>Bad Gateway</h1></html>',
    expect: { status: 502, message: 'The engine E answered with HTTP status 502.', type: 'server_error' },
  },
  {
    what: 'plain text',
    status: 500,
    body: 'out of memory\n',
    expect: { status: 500, message: 'out of memory', type: 'server_error', code: null },
  },
  {
    what: 'an empty body',
    status: 500,
    body: '',
    expect: { status: 500, message: 'The engine E answered with HTTP status 500.' },
  },
  {
    what: 'broken JSON',
    status: 500,
    body: '{"error":',
    expect: { status: 500, message: 'The engine E answered with HTTP status 500.' },
  },
  {
    what: 'binary rubbish',
    status: 500,
    body: 'a\u0000b',
    expect: { status: 500, message: 'The engine E answered with HTTP status 500.' },
  },
  { what: 'a redirect', status: 307, body: '', expect: { status: 502, code: 'engine_error', type: 'server_error' } },
  { what: 'a body above its limit', status: 413, body: '', expect: { status: 413, code: 'body_too_large' } },
];

describe('engineError', () => {
  for (const { what, status, body, expect } of rows) {
    it(`puts ${what} into OpenAI's shape`, () => {
      const { error } = engineError('E', status, typeof body === 'string' ? body : JSON.stringify(body));

      const seen = Object.fromEntries(Object.keys(expect).map((key) => [key, error[key as keyof typeof error]]));
      assert.deepEqual(seen, expect);
      assert.ok(error.message !== '' && error.message.length <= 2000);
    });
  }

  it('asks to wait while a model loads, as long as the engine says', () => {
    assert.equal(engineError('E', 503, '{"error":{"message":"Loading model"}}').retryAfterSec, 5);
    assert.equal(engineError('E', 503, '', '17').retryAfterSec, 17);
  });

  it('cuts messages that quote the whole prompt', () => {
    const { error } = engineError('E', 400, JSON.stringify({ error: 'x'.repeat(100_000) }));

    assert.equal(error.message.length, 2000);
  });

  it('tells nothing of the engine’s machine where the request is not at fault', () => {
    for (const status of [200, 429, 500, 503]) {
      const { error } = engineError('E', status, '{"error":"busy at http://127.0.0.1:4123/x"}');

      assert.equal(error.message, 'busy at (address)');
    }
  });

  it('never shows the address or the sign-in link of an engine that wants a key', () => {
    const { error } = engineError(
      'E',
      401,
      '{"error":"unauthorized","signin_url":"https://ollama.com/connect?key=abc"}',
    );

    assert.ok(!error.message.includes('abc'));
  });
});

import assert from 'node:assert/strict';
import type { Admission } from '../../../../src/core/request';
import { anthropicErrors } from '../../../../src/proxy/dialects/anthropic/anthropic-errors';
import { openAiError } from '../../../../src/proxy/openai-error';
import { buildProxy } from '../../../helpers/proxy-harness';

const engines = [{ id: 'engine', baseUrl: 'http://127.0.0.1:9', models: ['m'] }];
const refused: Admission = {
  ok: false,
  refusal: { rule: 'test', code: 'rate_limited', message: 'Too many.', retryAfterSec: 7 },
};

interface AnthropicError {
  readonly type: string;
  readonly error: { readonly type: string; readonly message: string; readonly code?: string };
  readonly request_id: string;
}

const anthropicRoutes = ['/v1/messages', '/v1/messages?beta=true', '/v1/messages/count_tokens'];

describe('Errors of another API’s routes', () => {
  it('are in its words from the first check on, with the id where its clients look for it', async () => {
    const { proxy } = buildProxy({ engines, gate: { admit: () => refused } });

    for (const url of anthropicRoutes) {
      const answer = await proxy.inject({ url, method: 'POST', payload: '{}' });

      assert.deepEqual([answer.statusCode, answer.headers['retry-after']], [429, '7']);
      const body = answer.json<AnthropicError>();
      assert.deepEqual(body.error, { type: 'rate_limit_error', message: 'Too many.', code: 'rate_limited' });
      assert.equal(body.type, 'error');
      assert.equal(body.request_id, answer.headers['x-request-id']);
      assert.equal(answer.headers['request-id'], body.request_id);
    }
  });

  it('are in its words for foreign hosts, wrong methods, unknown models and bodies that cannot be read', async () => {
    const { proxy } = buildProxy({ engines });
    const url = '/v1/messages';
    for (const [request, status, type] of [
      [{ url, method: 'POST', headers: { host: 'evil.example' } }, 403, 'permission_error'],
      [{ url, method: 'GET' }, 405, 'invalid_request_error'],
      [{ url, method: 'POST', payload: '{"model":"nope"}' }, 404, 'not_found_error'],
      [{ url, method: 'POST', payload: '{' }, 400, 'invalid_request_error'],
      [{ url, method: 'POST', payload: 'x', headers: { 'content-type': 'image/png' } }, 415, 'invalid_request_error'],
    ] as const) {
      const answer = await proxy.inject(request);

      assert.equal(answer.statusCode, status);
      assert.equal(answer.json<AnthropicError>().error.type, type);
    }
  });

  for (const url of ['/v1/models', '/v1/messages/batches']) {
    it(`depend on the client where the path says nothing: ${url}`, async () => {
      const { proxy } = buildProxy({ engines, gate: { admit: () => refused } });
      const ask = (headers: Record<string, string>) => proxy.inject({ url, headers });

      const anthropic = await ask({ 'anthropic-version': '2023-06-01' });
      const openAi = await ask({});

      assert.equal(anthropic.json<AnthropicError>().type, 'error');
      assert.equal(openAi.json<{ error: { code: string } }>().error.code, 'rate_limited');
    });
  }

  it('stay OpenAI’s on OpenAI’s routes, the Responses API among them', async () => {
    const { proxy } = buildProxy({ engines, gate: { admit: () => refused } });

    for (const url of ['/v1/chat/completions', '/v1/responses']) {
      const answer = await proxy.inject({ url, method: 'POST', headers: { 'anthropic-version': '2023-06-01' } });

      assert.equal(answer.json<{ error: { code: string } }>().error.code, 'rate_limited');
      assert.equal(answer.headers['request-id'], undefined);
    }
  });
});

describe('Anthropic’s error types', () => {
  it('say that a prompt is too long in the words that make clients shorten it', () => {
    const error = openAiError('context_length_exceeded', 'request (5000 tokens) exceeds the context');

    const body = JSON.parse(anthropicErrors.body(error, 'req_1')) as AnthropicError;

    assert.equal(body.error.message, 'prompt is too long: request (5000 tokens) exceeds the context');
  });

  for (const [code, type] of [
    ['invalid_request', 'invalid_request_error'],
    ['key_missing', 'authentication_error'],
    ['key_out_of_scope', 'permission_error'],
    ['model_not_found', 'not_found_error'],
    ['body_too_large', 'request_too_large'],
    ['rate_limited', 'rate_limit_error'],
    ['engine_busy', 'overloaded_error'],
    ['engine_error', 'api_error'],
    ['first_byte_timeout', 'timeout_error'],
    ['not_supported', 'api_error'],
  ] as const) {
    it(`are ${type} for ${code}, in a stream too`, () => {
      const error = openAiError(code, 'x');

      const whole = anthropicErrors.body(error, 'req_1');

      assert.equal((JSON.parse(whole) as AnthropicError).error.type, type);
      assert.equal(anthropicErrors.event(error, 'req_1'), `event: error\ndata: ${whole}\n\n`);
    });
  }
});

import assert from 'node:assert/strict';
import type { Admission, RequestFacts } from '../../../src/core/request';
import { inferenceRoutes, routeMethods } from '../../../src/proxy/route-table';
import { buildProxy } from '../../helpers/proxy-harness';

const engines = [
  { id: 'ollama', baseUrl: 'http://127.0.0.1:9', models: ['llama3.2:3b', 'org/deep/model', 'odd %2F?#é'] },
  { id: 'vllm', baseUrl: 'http://127.0.0.1:9', models: ['m'] },
];

interface OpenAiErrorBody {
  readonly error: { message: string; type: string; param: string | null; code: string | null };
}

const everyTarget = [
  ...Object.keys(routeMethods).map((route) => route.replace('*', 'x')),
  '/',
  '/nowhere',
  '/v1/models/',
  '/v1',
];
const everyMethod = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'] as const;

describe('the HTTP app', () => {
  it('asks the gate about every method on every path, known or not, and obeys', async () => {
    const asked: RequestFacts[] = [];
    const refused: Admission = {
      ok: false,
      refusal: { rule: 'test', code: 'rate_limited', message: 'no', retryAfterSec: 7 },
    };
    const { proxy, records } = buildProxy({ engines, gate: { admit: (facts) => (asked.push(facts), refused) } });

    for (const url of everyTarget) {
      for (const method of everyMethod) {
        const answer = await proxy.inject({ url, method: method });

        assert.equal(answer.statusCode, 429, `${method} ${url}`);
        assert.equal(answer.headers['retry-after'], '7');
      }
    }
    assert.equal(asked.length, everyTarget.length * everyMethod.length);
    assert.equal(records.length, asked.length);
    assert.ok(records.every(({ rule, outcome }) => rule === 'test' && outcome === 'refused'));
  });

  it('asks the gate about targets that cannot be decoded', async () => {
    const asked: string[] = [];
    const refused: Admission = { ok: false, refusal: { rule: 'test', code: 'request_blocked', message: 'no' } };
    const { proxy } = buildProxy({ gate: { admit: ({ target }) => (asked.push(target), refused) } });

    const answer = await proxy.inject({ url: '/%c0%ae%zz' });

    assert.equal(answer.statusCode, 403);
    assert.deepEqual(asked, ['/%c0%ae%zz']);
  });

  it('refuses everybody when the gate itself fails', async () => {
    const { proxy } = buildProxy({
      gate: {
        admit: () => {
          throw new Error('secret detail');
        },
      },
    });

    const answer = await proxy.inject({ url: '/health' });

    assert.equal(answer.statusCode, 500);
    assert.ok(!answer.body.includes('secret detail'));
  });

  it('tells the gate the raw target, the route and who asks', async () => {
    const asked: RequestFacts[] = [];
    const { proxy } = buildProxy({
      gate: { admit: (facts) => (asked.push(facts), { ok: true, identity: { type: 'local' } }) },
    });

    await proxy.inject({ url: '/v1/models/..%2f..%2fetc/passwd?a=%2e', headers: { 'X-Forwarded-For': '1.2.3.4' } });

    const facts = asked[0];
    assert.ok(facts);
    assert.equal(facts.target, '/v1/models/..%2f..%2fetc/passwd?a=%2e');
    assert.equal(facts.route, '/v1/models/*');
    assert.equal(facts.clientAddress, '127.0.0.1');
    assert.equal(facts.isDirectLocal, false);
    assert.match(facts.id, /^req_[0-9a-z]{24}$/);
  });

  it('marks every answer as its own, not to be cached or sniffed, and names no server', async () => {
    const { proxy } = buildProxy({ engines });

    for (const url of ['/health', '/v1/models', '/nowhere', '/%zz']) {
      const { headers } = await proxy.inject({ url });

      assert.equal(headers['x-flm-gateway'], '0.0.0-test');
      assert.match(String(headers['x-request-id']), /^req_/);
      assert.equal(headers['cache-control'], 'no-store');
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers.server, undefined);
    }
  });

  it('refuses unknown paths with 404 in the shape of OpenAI and reports them', async () => {
    const { proxy, events } = buildProxy();

    for (const url of ['/nowhere', '/v1/models/', '/V1/models', '/api/unknown', '/%zz']) {
      const answer = await proxy.inject({ url, method: 'POST', payload: 'x' });

      assert.equal(answer.statusCode, 404, url);
      const { error } = answer.json<OpenAiErrorBody>();
      assert.deepEqual([error.type, error.param, error.code], ['invalid_request_error', null, 'route_not_found']);
    }
    assert.deepEqual(
      events.map(({ type }) => type),
      Array(5).fill('unknown-route'),
    );
  });

  for (const url of ['/%6Detrics', '/api/%74ags', '/v1/%6Dodels/m', '/v1/models/', '//health', '/health;x']) {
    it(`has no route ${url}: what the gate was asked about is what is answered`, async () => {
      const asked: (string | undefined)[] = [];
      const admitted: Admission = { ok: true, identity: { type: 'local' } };
      const { proxy } = buildProxy({ engines, gate: { admit: ({ route }) => (asked.push(route), admitted) } });

      const answer = await proxy.inject({ url });

      assert.equal(answer.statusCode, 404);
      assert.equal(answer.json<OpenAiErrorBody>().error.code, 'route_not_found');
      assert.deepEqual(asked, [undefined]);
    });
  }

  it('forwards nothing from an inference route that is written with escapes', async () => {
    const { proxy, signs } = buildProxy({ engines });

    for (const url of ['/v1/chat/%63ompletions', '/v1/%65mbeddings', '/api/%63hat', '/v1/%6Dessages']) {
      const answer = await proxy.inject({ url, method: 'POST', payload: '{"model":"m"}' });

      assert.equal(answer.statusCode, 404, url);
      assert.equal(answer.json<OpenAiErrorBody>().error.code, 'route_not_found');
    }
    assert.deepEqual(signs, []);
  });

  it('says of a known path that cannot be decoded that it is not there, whatever its method', async () => {
    const { proxy } = buildProxy({ engines });

    assert.equal((await proxy.inject({ url: '/v1/models/%zz' })).statusCode, 404);
  });

  it('refuses wrong methods with 405 and names the right ones', async () => {
    const { proxy } = buildProxy();

    const answer = await proxy.inject({ url: '/v1/chat/completions', method: 'GET' });

    assert.equal(answer.statusCode, 405);
    assert.equal(answer.headers.allow, 'POST, OPTIONS');
    assert.equal(answer.json<OpenAiErrorBody>().error.code, 'method_not_allowed');
  });

  it('answers OPTIONS without an origin by itself (scenario 45)', async () => {
    const { proxy } = buildProxy();

    const answer = await proxy.inject({ url: '/v1/embeddings', method: 'OPTIONS' });

    assert.equal(answer.statusCode, 204);
    assert.equal(answer.headers.allow, 'POST, OPTIONS');
  });

  it('lists the models in the shape of OpenAI', async () => {
    const { proxy } = buildProxy({ engines });

    const list = (await proxy.inject({ url: '/v1/models' })).json<{
      object: string;
      data: Record<string, unknown>[];
    }>();

    assert.equal(list.object, 'list');
    assert.deepEqual(
      list.data.map(({ id }) => id),
      ['ollama/llama3.2:3b', 'ollama/org/deep/model', 'ollama/odd %2F?#é', 'vllm/m'],
    );
    const { id, object, created, owned_by: owner } = list.data[0] ?? {};
    assert.deepEqual([id, object, created, owner], ['ollama/llama3.2:3b', 'model', 0, 'ollama']);
  });

  for (const [url, id] of [
    ['/v1/models/ollama/llama3.2:3b', 'ollama/llama3.2:3b'],
    ['/v1/models/ollama%2Fllama3.2%3A3b', 'ollama/llama3.2:3b'],
    ['/v1/models/llama3.2:3b', 'ollama/llama3.2:3b'],
    ['/v1/models/ollama/org/deep/model?x=1', 'ollama/org/deep/model'],
    ['/v1/models/ollama%2Forg%2Fdeep%2Fmodel', 'ollama/org/deep/model'],
    [`/v1/models/${encodeURIComponent('ollama/odd %2F?#é')}`, 'ollama/odd %2F?#é'],
  ] as const) {
    it(`tells of one model at ${url}`, async () => {
      const { proxy } = buildProxy({ engines });

      const answer = await proxy.inject({ url });

      assert.equal(answer.statusCode, 200);
      assert.equal(answer.json<{ id: string }>().id, id);
    });
  }

  it('says model_not_found for an unknown model, and finds no files', async () => {
    const { proxy } = buildProxy({ engines });

    for (const url of ['/v1/models/nope', '/v1/models/..%2f..%2fetc%2fpasswd', `/v1/models/${'x'.repeat(9000)}`]) {
      const answer = await proxy.inject({ url });

      assert.equal(answer.statusCode, 404);
      assert.equal(answer.json<OpenAiErrorBody>().error.code, 'model_not_found');
    }
  });

  it('answers HEAD like GET without a body (scenario 45)', async () => {
    const { proxy } = buildProxy({ engines });
    const got = await proxy.inject({ url: '/v1/models' });

    const head = await proxy.inject({ url: '/v1/models', method: 'HEAD' });

    assert.equal(head.statusCode, 200);
    assert.equal(head.body, '');
    assert.equal(head.headers['content-length'], got.headers['content-length']);
  });

  it('answers /health small and without secrets', async () => {
    const { proxy } = buildProxy({ engines });

    assert.deepEqual((await proxy.inject({ url: '/health' })).json(), { status: 'ok' });
  });

  it('refuses foreign hosts whatever the gate says, and lets it see them', async () => {
    const blocked: Admission = { ok: false, refusal: { rule: 'blocklist', code: 'address_blocked', message: 'no' } };
    const admitted: Admission = { ok: true, identity: { type: 'local' } };
    for (const admission of [admitted, blocked]) {
      const asked: RequestFacts[] = [];
      const { proxy, records } = buildProxy({ gate: { admit: (facts) => (asked.push(facts), admission) } });

      const answer = await proxy.inject({ url: '/.env', headers: { host: 'evil.example' } });

      assert.equal(answer.statusCode, 403);
      assert.equal(answer.json<OpenAiErrorBody>().error.code, 'host_not_allowed');
      assert.deepEqual(
        records.map(({ rule }) => rule),
        ['host-guard'],
      );
      assert.deepEqual(
        asked.map(({ target, isDirectLocal }) => [target, isDirectLocal]),
        [['/.env', false]],
      );
    }
  });

  it('refuses foreign origins on every inference route before the gate', async () => {
    const { proxy } = buildProxy({ gate: { admit: () => assert.fail('asked') } });

    for (const url of inferenceRoutes) {
      const answer = await proxy.inject({
        url,
        method: 'POST',
        headers: { origin: 'https://evil.example' },
        payload: '{}',
      });

      assert.equal(answer.statusCode, 403);
      assert.equal(answer.json<OpenAiErrorBody>().error.code, 'origin_not_allowed');
      assert.equal(answer.headers['access-control-allow-origin'], undefined);
    }
  });

  describe('for a configured origin', () => {
    const origin = 'http://localhost:3000';
    const config = { 'proxy.corsOrigins': ['https://first.example', origin] };

    it('answers the preflight by itself, without the gate (scenario 45)', async () => {
      const { proxy } = buildProxy({ config, gate: { admit: () => assert.fail('asked') } });

      const answer = await proxy.inject({
        url: '/v1/chat/completions',
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,x-stainless-lang',
          'access-control-request-private-network': 'true',
        },
      });

      assert.equal(answer.statusCode, 204);
      assert.equal(answer.headers['access-control-allow-origin'], origin);
      assert.equal(answer.headers['access-control-allow-methods'], 'POST');
      assert.equal(answer.headers['access-control-allow-headers'], 'authorization,x-stainless-lang');
      assert.equal(answer.headers['access-control-allow-private-network'], 'true');
      assert.equal(answer.headers['access-control-allow-credentials'], undefined);
      assert.match(String(answer.headers.vary), /Origin/);
    });

    it('names exactly that origin on answers and errors', async () => {
      const { proxy } = buildProxy({ config });

      for (const url of ['/v1/models', '/nowhere']) {
        const { headers } = await proxy.inject({ url, headers: { origin } });

        assert.equal(headers['access-control-allow-origin'], origin);
        assert.equal(headers.vary, 'Origin');
      }
    });

    it('grants other origins nothing, in preflights neither', async () => {
      const { proxy } = buildProxy({ config });

      const answer = await proxy.inject({
        url: '/v1/chat/completions',
        method: 'OPTIONS',
        headers: {
          origin: 'https://evil.example',
          'access-control-request-method': 'POST',
          'access-control-request-private-network': 'true',
        },
      });

      assert.equal(answer.statusCode, 403);
      assert.equal(answer.headers['access-control-allow-origin'], undefined);
      assert.equal(answer.headers['access-control-allow-private-network'], undefined);
    });
  });

  it('takes changed hosts and origins with the next request', async () => {
    const { proxy } = buildProxy();
    const ask = () => proxy.inject({ url: '/health', headers: { host: 'box.test' } });
    assert.equal((await ask()).statusCode, 403);

    const { parseConfig } = await import('../../../src/core/config');
    proxy.configure(parseConfig({ 'proxy.allowedHosts': ['box.test'] }).config);

    assert.equal((await ask()).statusCode, 200);
  });

  describe('before any engine is asked', () => {
    for (const [what, payload, status, code] of [
      ['no body', '', 400, 'invalid_json'],
      ['broken JSON', '{"model":', 400, 'invalid_json'],
      ['no model', '{}', 400, 'model_missing'],
      ['an unknown model', '{"model":"nope"}', 404, 'model_not_found'],
      ['a repeated model', '{"model":"a","model":"m"}', 400, 'invalid_request'],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const { proxy, signs } = buildProxy({ engines });

        for (const url of inferenceRoutes) {
          const answer = await proxy.inject({ url, method: 'POST', payload });

          assert.equal(answer.statusCode, status);
          assert.equal(answer.json<OpenAiErrorBody>().error.code, code);
        }
        assert.deepEqual(signs, []);
      });
    }

    for (const headers of [
      { 'content-type': 'multipart/form-data; boundary=x' },
      { 'content-encoding': 'gzip' },
      { 'content-type': 'image/png' },
    ]) {
      it(`refuses ${JSON.stringify(headers)} with 415`, async () => {
        const { proxy } = buildProxy({ engines });

        const answer = await proxy.inject({ url: '/v1/embeddings', method: 'POST', payload: '{"model":"m"}', headers });

        assert.equal(answer.statusCode, 415);
        assert.equal(answer.json<OpenAiErrorBody>().error.code, 'unsupported_media_type');
      });
    }

    it('refuses a body above the limit and reports it', async () => {
      const { proxy, events } = buildProxy({ engines, config: { 'proxy.bodyLimitMiB': 0.001 } });

      const answer = await proxy.inject({ url: '/v1/embeddings', method: 'POST', payload: 'x'.repeat(5000) });

      assert.equal(answer.statusCode, 413);
      assert.match(answer.json<OpenAiErrorBody>().error.message, /flm\.proxy\.bodyLimitMiB/);
      assert.deepEqual(
        events.map(({ type }) => type),
        ['body-too-large'],
      );
    });

    it('answers with the refusal of the queue', async () => {
      const refusal = {
        rule: 'queue',
        code: 'too_many_concurrent',
        message: 'full',
        retryAfterSec: 1.2,
        headers: { ratelimit: 'x' },
      } as const;
      const { proxy, records } = buildProxy({ engines, gate: { acquire: async () => refusal } });

      const answer = await proxy.inject({ url: '/v1/embeddings', method: 'POST', payload: '{"model":"m"}' });

      assert.equal(answer.statusCode, 429);
      assert.equal(answer.headers['retry-after'], '2');
      assert.equal(answer.headers['ratelimit'], 'x');
      assert.equal(records[0]?.engineId, 'vllm');
    });
  });

  it('settles every request once and counts it', async () => {
    const { proxy, records } = buildProxy({ engines });
    const seen: number[] = [];
    proxy.onDidChangeActivity(({ inFlight }) => seen.push(inFlight));

    await proxy.inject({ url: '/health' });
    await proxy.inject({ url: '/nowhere' });

    assert.equal(records.length, 2);
    assert.deepEqual(proxy.stats(), { inFlight: 0, requests: 2 });
    assert.deepEqual(seen, [1, 0, 1, 0]);
  });
});

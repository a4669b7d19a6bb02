import assert from 'node:assert/strict';
import { systemClock } from '../../../src/core/clock';
import { defaultConfig } from '../../../src/core/config';
import { EngineSession, probeLimits } from '../../../src/engines/engine-session';
import { identify } from '../../../src/engines/fingerprint';
import { FakeNetwork, llamaServer, ollamaServer, routes, type FakeServer } from '../../helpers/fake-network';

const baseUrl = 'http://127.0.0.1:7777';
const list = (...rows: readonly object[]) => ({ body: { object: 'list', data: rows } });
const unexpected = {
  headers: { 'x-powered-by': 'Express' },
  body: { error: 'Unexpected endpoint or method. (GET /x)' },
};
const lmList = { headers: { 'x-powered-by': 'Express' }, ...list({ id: 'm', owned_by: 'organization_owner' }) };
const detail = { status: 404, headers: { server: 'uvicorn' }, body: { detail: 'Not Found' } };

async function identityOf(server: FakeServer | undefined) {
  const network = new FakeNetwork();
  network.serve(baseUrl, server);
  const session = new EngineSession({
    prober: network,
    clock: systemClock,
    limits: probeLimits(defaultConfig),
    baseUrl,
    key: undefined,
    memo: new Map(),
  });
  const identity = await identify(session);
  const text = 'kind' in identity ? `${identity.type} ${identity.kind}` : identity.type;
  return { text, identity, network };
}

const table: readonly (readonly [what: string, server: FakeServer | undefined, expected: string])[] = [
  ['Ollama', ollamaServer(), 'engine ollama'],
  ['Ollama without models', ollamaServer([]), 'engine ollama'],
  [
    'Ollama with data null',
    routes({
      '/': { body: 'Ollama is running' },
      '/api/version': { body: { version: '1' } },
      '/v1/models': { body: { object: 'list', data: null } },
    }),
    'engine ollama',
  ],
  [
    'Ollama from before /v1/models',
    routes({ '/': { body: 'Ollama is running' }, '/api/version': { body: { version: '0.1' } } }),
    'engine ollama',
  ],
  [
    'something with Ollama’s version but not its greeting',
    routes({ '/api/version': { body: { version: '1' } }, '/v1/models': list({ id: 'm' }) }),
    'engine openai',
  ],
  ['llama-server', llamaServer(), 'engine llamacpp'],
  [
    'llama-server that looks like Ollama',
    routes({
      '/v1/models': { headers: { server: 'llama.cpp' }, ...list({ id: 'm' }) },
      '/api/tags': { body: { models: [] } },
    }),
    'engine llamacpp',
  ],
  [
    'llama-server behind a proxy that drops its signature',
    routes({ '/v1/models': list({ id: 'm', owned_by: 'llamacpp' }) }),
    'engine llamacpp',
  ],
  [
    'llama-server known by its properties only',
    routes({
      '/v1/models': list({ id: 'm' }),
      '/props': { body: { build_info: 'b1', default_generation_settings: {} } },
    }),
    'engine llamacpp',
  ],
  [
    'llama-server while loading',
    routes(
      {},
      {
        status: 503,
        headers: { server: 'llama.cpp' },
        body: { error: { type: 'unavailable_error', message: 'Loading model' } },
      },
    ),
    'closed llamacpp',
  ],
  ['llama-server that wants a key', routes({}, { status: 401, headers: { server: 'llama.cpp' } }), 'closed llamacpp'],
  [
    'vLLM',
    routes({ '/v1/models': list({ id: 'm', owned_by: 'vllm' }), '/version': { body: { version: '0.26' } } }, detail),
    'engine vllm',
  ],
  [
    'vLLM that wants a key',
    routes(
      { '/v1/models': { status: 401, body: { error: 'Unauthorized' } }, '/version': { body: { version: '0.26' } } },
      detail,
    ),
    'closed vllm',
  ],
  [
    'vLLM known by uvicorn, version and an empty health',
    routes(
      {
        '/v1/models': { headers: { server: 'uvicorn' }, ...list({ id: 'm' }) },
        '/version': { body: { version: '0.26' } },
        '/health': { body: '' },
      },
      detail,
    ),
    'engine vllm',
  ],
  [
    'another server on uvicorn',
    routes({ '/v1/models': { headers: { server: 'uvicorn' }, ...list({ id: 'm' }) } }, detail),
    'engine openai',
  ],
  [
    'LM Studio',
    routes({ '/v1/models': lmList, '/lmstudio-greeting': { body: { lmstudio: true } } }, unexpected),
    'engine lmstudio',
  ],
  ['LM Studio without a greeting', routes({ '/v1/models': lmList }, unexpected), 'engine lmstudio'],
  [
    'LM Studio whose /v1/models is broken',
    routes(
      { '/lmstudio-greeting': { body: { lmstudio: true } }, '/api/v0/models': { body: { data: [{ id: 'm' }] } } },
      unexpected,
    ),
    'engine lmstudio',
  ],
  [
    'LM Studio that wants a token',
    routes(
      {},
      { status: 401, body: { error: { message: 'An LM Studio API token is required', code: 'invalid_api_key' } } },
    ),
    'closed lmstudio',
  ],
  ["LM Studio's internal port", routes({ '/lmstudio-greeting': { body: { lmstudio: true } } }, unexpected), 'stranger'],
  ['another OpenAI-compatible server', routes({ '/v1/models': list({ id: 'm' }) }), 'engine openai'],
  ['a web page', routes({}, { body: '<html>' }), 'stranger'],
  ['a server of something else', routes({}, { status: 404 }), 'stranger'],
  ['a redirect', routes({}, { status: 307, headers: { location: 'http://evil.test' } }), 'stranger'],
  ['something that is not HTTP', () => 'not-http', 'stranger'],
  ['an answer that is too large', () => 'too-large', 'stranger'],
  ['nothing', undefined, 'silent'],
  ['a port that never answers', () => 'answer-timeout', 'silent'],
  ['FLM', routes({}, { status: 403, headers: { 'x-flm-gateway': '0.1.0' } }), 'self'],
];

describe('fingerprint', () => {
  for (const [what, server, expected] of table) {
    it(`takes ${what} for: ${expected}`, async () => {
      assert.equal((await identityOf(server)).text, expected);
    });
  }

  it('is unsure of a 401 that no engine has signed', async () => {
    const { identity } = await identityOf(routes({}, { status: 401, body: 'login' }));

    assert.equal(identity.type === 'closed' && identity.isSure, false);
  });

  it('asks llama-server a single question', async () => {
    assert.deepEqual((await identityOf(llamaServer())).network.pathsAt(baseUrl), ['/v1/models']);
  });

  it('never sends an unknown route to Ollama that its log would show as an error', async () => {
    const { network } = await identityOf(ollamaServer());

    assert.deepEqual(network.pathsAt(baseUrl), ['/v1/models', '/api/version', '/']);
  });
});

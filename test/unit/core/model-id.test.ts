import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  canonicalModelId,
  engineId,
  isLoopbackHost,
  slug,
  splitCanonicalId,
  stripModelUri,
} from '../../../src/core/model-id';

describe('engineId', () => {
  const cases: [Parameters<typeof engineId>[0], string, string][] = [
    ['ollama', 'http://127.0.0.1:11434', 'ollama'],
    ['ollama', 'http://[::1]:11434', 'ollama'],
    ['ollama', 'http://localhost:11436', 'ollama-11436'],
    ['llamacpp', 'http://127.0.0.1:8081', 'llamacpp-8081'],
    ['openai', 'http://127.0.0.1:5000/v1', 'openai-5000'],
    ['vllm', 'http://gpu-box.lan:8000', 'vllm-gpu-box-lan-8000'],
    ['vllm', 'https://gpu-box.lan', 'vllm-gpu-box-lan-443'],
  ];
  for (const [kind, url, expected] of cases) {
    it(`calls ${kind} at ${url} ${expected}`, () => assert.equal(engineId(kind, url), expected));
  }

  it('holds no slash, whatever the host', () => {
    fc.assert(
      fc.property(fc.webAuthority(), (authority) => assert.ok(!engineId('vllm', `http://${authority}`).includes('/'))),
    );
  });
});

describe('canonical model ids', () => {
  it('come apart again whatever the model is called', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (model) => {
        assert.deepEqual(splitCanonicalId(canonicalModelId('ollama', model)), { engineId: 'ollama', modelId: model });
      }),
    );
  });

  it('need both sides', () => {
    for (const id of ['', 'model', '/model', 'engine/']) assert.equal(splitCanonicalId(id), undefined, id);
  });
});

describe('flm:// model URIs', () => {
  it('are decoded, and taken as they are when their percent signs are no encoding', () => {
    assert.equal(stripModelUri('flm://ollama/llama3.2%3A3b'), 'ollama/llama3.2:3b');
    assert.equal(stripModelUri('flm://ollama/100%'), 'ollama/100%');
    assert.equal(stripModelUri('ollama/llama3.2:3b'), 'ollama/llama3.2:3b');
  });
});

describe('slug', () => {
  it('is never empty and never longer than 40', () => {
    fc.assert(fc.property(fc.string(), (text) => assert.match(slug(text), /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9-])?$/)));
  });
});

describe('isLoopbackHost', () => {
  it('takes names and literals of this machine and nothing that only looks like them', () => {
    for (const host of ['localhost', 'LOCALHOST', '127.0.0.1', '127.1.2.3', '::1', '[::1]'])
      assert.ok(isLoopbackHost(host), host);
    for (const host of ['127.0.0.1.evil.test', 'localhost.evil.test', '128.0.0.1', '0.0.0.0', 'gpu']) {
      assert.ok(!isLoopbackHost(host), host);
    }
  });
});

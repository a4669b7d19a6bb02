import assert from 'node:assert/strict';
import type { EngineKind, EngineState } from '../../../src/core/engine';
import { reason } from '../../../src/core/reason';
import type { Candidate } from '../../../src/engines/candidates';
import { newRecord, type EngineRecord } from '../../../src/engines/engine-record';
import { viewEngines, type ViewInput } from '../../../src/engines/engine-view';

interface Sketch extends Partial<Omit<Candidate, 'kind'>> {
  readonly kind?: EngineKind;
  readonly state?: EngineState;
  readonly models?: readonly string[];
}

function record(
  baseUrl: string,
  { kind = 'llamacpp', state = 'healthy', models = ['m'], ...more }: Sketch = {},
): EngineRecord {
  return {
    ...newRecord({ baseUrl, source: 'default-port', isConfigured: false, ...more }),
    role: 'engine',
    kind,
    status: { state, reason: reason('engine.healthy', 1), since: 0, failures: 0 },
    models: models.map((id) => ({ id, capabilities: ['chat'] })),
  };
}

function view(records: readonly EngineRecord[], more: Partial<ViewInput> = {}) {
  return viewEngines({
    records,
    installed: [],
    ownAddresses: new Set(),
    monotonic: 0,
    cacheTtlMs: 1000,
    startedAt: 0,
    ...more,
  });
}

const ids = (...args: Parameters<typeof view>) => view(...args).engines.map((engine) => engine.id);

describe('view of engines', () => {
  it('shows what the settings say of the models, as the same list until something changes', () => {
    const records = [record('http://gpu:1', { capabilities: ['tools'] })];
    const [first] = view(records).engines;

    assert.deepEqual(first?.models, [{ id: 'm', capabilities: ['chat', 'tools'], declared: ['tools'] }]);
    assert.equal(view(records).engines[0]?.models, first.models);
  });

  it('shows two servers on the two loopback addresses of one port when their models differ', () => {
    const records = [
      record('http://127.0.0.1:8080', { models: ['a'] }),
      record('http://[::1]:8080', { models: ['b'] }),
    ];

    assert.deepEqual(ids(records), ['llamacpp', 'llamacpp-2']);
  });

  it('never gives one id twice, even where a configured id looks like a numbered one', () => {
    const records = [
      record('http://127.0.0.1:8080', { models: ['a'] }),
      record('http://[::1]:8080', { models: ['b'] }),
      record('http://gpu:1', { id: 'llamacpp-2' }),
    ];

    assert.deepEqual(ids(records), ['llamacpp', 'llamacpp-3', 'llamacpp-2']);
  });

  it('keeps a configured address that fails in view beside a working one', () => {
    const records = [
      record('http://[::1]:8080', { isConfigured: true, source: 'configured', state: 'network-error' }),
      record('http://127.0.0.1:8080'),
    ];

    assert.equal(view(records).engines.length, 2);
  });

  it('shows an installed engine only while none of its kind is in view on this machine', () => {
    const installed = [{ kind: 'ollama', path: '/bin/ollama' }] as const;

    assert.deepEqual(ids([], { installed }), ['ollama']);
    assert.deepEqual(ids([record('http://127.0.0.1:11434', { kind: 'ollama' })], { installed }), ['ollama']);
    assert.deepEqual(ids([record('http://gpu:11434', { kind: 'ollama' })], { installed }), [
      'ollama-gpu-11434',
      'ollama',
    ]);
  });

  it('tells how to start an engine that is gone and installed', () => {
    const installed = [{ kind: 'llamacpp', path: '/bin/llama-server', startCommand: 'llama-server' }] as const;

    const [engine] = view([record('http://127.0.0.1:8080', { state: 'network-error' })], { installed }).engines;

    assert.equal(engine?.startCommand, 'llama-server');
  });

  it('names engines of other machines by host and port where there are several', () => {
    const records = [record('http://gpu-a:8000', { kind: 'vllm' }), record('http://gpu-b:8000', { kind: 'vllm' })];

    assert.deepEqual(
      view(records).engines.map((engine) => engine.name),
      ['vLLM (gpu-a:8000)', 'vLLM (gpu-b:8000)'],
    );
  });
});

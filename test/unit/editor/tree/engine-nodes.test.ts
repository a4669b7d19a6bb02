import assert from 'node:assert/strict';
import type { EngineState } from '../../../../src/core/engine';
import { engineNode, engineNodes } from '../../../../src/editor/tree/engine-nodes';
import { english, makeEngine, makeModel, makeOptions, now } from '../editor-facts';

const options = makeOptions();

function inState(state: EngineState, name: string = state) {
  return makeEngine({ id: name, name, state });
}

describe('rows of engines', () => {
  it('are ordered: running, loading, problems, installed', () => {
    const engines = (['installed', 'network-error', 'needs-key', 'loading', 'degraded', 'healthy'] as const).map(
      (state) => inState(state),
    );

    const labels = engineNodes(english, engines, options).map((node) => node.label);

    assert.deepEqual(labels, ['healthy', 'degraded', 'loading', 'needs-key', 'network-error', 'installed']);
  });

  it('are ordered by name within a state, numbers by value', () => {
    const engines = ['vLLM 10', 'vLLM 9', 'Ollama'].map((name) => inState('healthy', name));

    assert.deepEqual(
      engineNodes(english, engines, options).map((node) => node.label),
      ['Ollama', 'vLLM 9', 'vLLM 10'],
    );
  });

  for (const [state, description] of [
    ['healthy', '127.0.0.1:11434 · 0.32.15 · 12 ms'],
    ['degraded', '127.0.0.1:11434 · 0.32.15 · 12 ms · slow'],
    ['loading', '127.0.0.1:11434 · loading'],
    ['needs-key', '127.0.0.1:11434 · needs a key'],
    ['network-error', '127.0.0.1:11434 · not reachable'],
    ['api-error', '127.0.0.1:11434 · unexpected answers'],
  ] as const) {
    it(`tell in state ${state}: ${description}`, () => {
      assert.equal(engineNode(english, inState(state), options).description, description);
    });
  }

  it('tell of an installed engine that it does not run', () => {
    const engine = makeEngine({ state: 'installed', baseUrl: '', models: [] });

    assert.equal(engineNode(english, engine, options).description, 'installed, not running');
  });

  it('tell the age of a cached state instead of its latency', () => {
    const engine = makeEngine({ isStale: true, checkedAt: now - 180_000 });
    const node = engineNode(english, engine, options);

    assert.equal(node.description, '127.0.0.1:11434 · 0.32.15 · cached, 3 min old');
    assert.equal(node.icon.color, 'disabledForeground');
  });

  it('say in words what the icon shows', () => {
    assert.equal(
      engineNode(english, inState('needs-key', 'vLLM'), options).accessibilityLabel,
      'Engine vLLM, needs a key, 1 model, 127.0.0.1:11434 · needs a key',
    );
  });

  it('carry the state in their context value, for menus', () => {
    const engine = makeEngine({ state: 'installed', source: 'installed', baseUrl: '', startCommand: 'ollama serve' });

    assert.equal(
      engineNode(english, engine, options).contextValue,
      ';engine;state=installed;source=installed;startable;',
    );
  });

  it('show names on one line whatever the engine says', () => {
    const node = engineNode(english, makeEngine({ name: 'a\nb\u202Ec', version: '1\r\n2' }), options);

    assert.doesNotMatch(`${node.label}${node.description ?? ''}`, /[\n\r\u202E]/);
  });

  it('open themselves unless they have many models or cannot be used', () => {
    const many = Array.from({ length: 51 }, (_, index) => makeModel({ id: `m${String(index)}` }));

    assert.equal(engineNode(english, makeEngine(), options).expansion, 'expanded');
    assert.equal(engineNode(english, makeEngine({ models: many }), options).expansion, 'collapsed');
    assert.equal(engineNode(english, inState('network-error'), options).expansion, 'collapsed');
    assert.equal(engineNode(english, makeEngine({ models: [] }), options).expansion, 'none');
  });

  it('offer ways on when none runs', () => {
    const rows = engineNodes(english, [inState('installed')], options);

    assert.deepEqual(
      rows.map((node) => (node.kind === 'action' ? node.command : node.kind)),
      ['engine', 'flm.engines.add', 'flm.demo.start'],
    );
  });

  it('are absent when there is no engine, so that the welcome view shows', () => {
    assert.deepEqual(engineNodes(english, [], options), []);
  });

  it('leave out hidden engines', () => {
    const engines = [makeEngine(), makeEngine({ id: 'vllm', name: 'vLLM' })];

    assert.deepEqual(
      engineNodes(english, engines, makeOptions({ hidden: ['vllm'] })).map((node) => node.label),
      ['Ollama'],
    );
  });

  it('show hidden engines last on demand, also those the gateway no longer knows', () => {
    const rows = engineNodes(english, [makeEngine()], makeOptions({ hidden: ['gone'], showsHidden: true }));

    assert.deepEqual(
      rows.map((node) => [node.label, node.contextValue.includes(';hidden;')]),
      [
        ['Ollama', false],
        ['gone', true],
      ],
    );
  });

  it('show only engines with a matching model while filtering, opened', () => {
    const engines = [
      makeEngine(),
      makeEngine({ id: 'vllm', name: 'vLLM', models: [makeModel({ id: 'Qwen/Qwen3-8B' })] }),
    ];
    const rows = engineNodes(english, engines, makeOptions({ filter: 'qwen' }));

    assert.deepEqual(
      rows.map((node) => [node.label, node.expansion]),
      [['vLLM', 'expanded']],
    );
  });
});

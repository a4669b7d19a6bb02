import assert from 'node:assert/strict';
import type { Engine } from '../../../../src/core/engine';
import { TreeModel } from '../../../../src/editor/tree/tree-model';
import { english, makeEngine, makeModel, makeOptions } from '../editor-facts';

const ollama = makeEngine({ models: [makeModel({ id: 'a' }), makeModel({ id: 'b' })] });
const vllm = makeEngine({ id: 'vllm', name: 'vLLM', models: [makeModel({ id: 'c' })] });

function input(...engines: Engine[]) {
  return { engines, options: makeOptions() };
}

/** A tree whose rows have all been asked for, as after opening everything. */
function openTree(...engines: Engine[]) {
  const model = new TreeModel(english, input(...engines));
  const roots = model.roots();
  return { model, roots, children: roots.map((row) => model.children(row)) };
}

describe('the tree', () => {
  it('asks for nothing again when nothing changed', () => {
    const { model } = openTree(ollama, vllm);

    assert.deepEqual(model.update(input({ ...ollama }, { ...vllm })), []);
  });

  it('asks again for the one engine that looks different', () => {
    const { model, roots } = openTree(ollama, vllm);

    assert.deepEqual(model.update(input(ollama, { ...vllm, latencyMs: 99 })), [roots[1]]);
  });

  it('asks again for the one model that looks different', () => {
    const { model, children } = openTree(ollama, vllm);
    const models = [makeModel({ id: 'a' }), makeModel({ id: 'b', quantization: 'Q8_0' })];

    assert.deepEqual(model.update(input({ ...ollama, models }, vllm)), [children[0]![1]]);
  });

  it('asks again for an engine whose models came or went', () => {
    const { model, roots } = openTree(ollama, vllm);

    assert.deepEqual(model.update(input({ ...ollama, models: [makeModel({ id: 'a' })] }, vllm)), [roots[0]]);
  });

  it('asks for everything again when an engine came', () => {
    const { model } = openTree(ollama);

    assert.equal(model.update(input(ollama, vllm)), 'all');
  });

  it('does not look at models of an engine nobody opened', () => {
    const model = new TreeModel(english, input(ollama));
    model.roots();

    assert.deepEqual(model.update(input({ ...ollama, models: [makeModel({ id: 'z' }), makeModel({ id: 'y' })] })), []);
  });

  it('keeps the same row for the same engine, so that VS Code keeps its selection', () => {
    const { model, roots } = openTree(ollama);
    model.update(input(ollama, vllm));

    assert.equal(model.roots()[0], roots[0]);
  });

  it('shows the newest models to who asks after a change', () => {
    const { model, roots } = openTree(ollama);
    model.update(input({ ...ollama, models: [makeModel({ id: 'new' })] }));

    assert.deepEqual(
      model.children(roots[0]!).map((row) => row.node.label),
      ['new'],
    );
  });

  it('knows the parent of a model', () => {
    const { roots, children } = openTree(ollama);

    assert.equal(children[0]![0]!.parent, roots[0]);
  });

  it('finds the row of an engine', () => {
    const { model, roots } = openTree(ollama, vllm);

    assert.equal(model.findEngine('vllm'), roots[1]);
    assert.equal(model.findEngine('none'), undefined);
  });
});

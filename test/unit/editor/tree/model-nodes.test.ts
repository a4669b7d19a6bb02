import assert from 'node:assert/strict';
import { modelNode, modelNodes } from '../../../../src/editor/tree/model-nodes';
import { english, makeEngine, makeModel, makeOptions } from '../editor-facts';

const engine = makeEngine();

describe('rows of models', () => {
  it('tell size, quantisation, context and whether it is loaded', () => {
    const model = makeModel({
      parameters: '3.2B',
      quantization: 'Q4_K_M',
      contextLoaded: 8192,
      contextMax: 131072,
      isLoaded: true,
    });

    assert.equal(modelNode(english, engine, model, makeOptions()).description, '3.2B · Q4_K_M · 8k of 128k · loaded');
  });

  it('tell what a model is that cannot chat', () => {
    const model = makeModel({ capabilities: ['embeddings'], parameters: '137M' });

    assert.equal(modelNode(english, engine, model, makeOptions()).description, 'embeddings · 137M');
  });

  it('tell that prompts to a cloud model leave the machine', () => {
    const node = modelNode(english, engine, makeModel({ isCloud: true }), makeOptions());

    assert.equal(node.icon.id, 'cloud');
    assert.match(node.description ?? '', /cloud/);
  });

  it('mark the default model, by its canonical or bare id', () => {
    for (const defaultModel of ['ollama/llama3.2:3b', 'llama3.2:3b']) {
      const node = modelNode(english, engine, makeModel(), makeOptions({ defaultModel }));

      assert.equal(node.description, 'default');
      assert.match(node.contextValue, /;default;/);
    }
  });

  it('come loaded first, then chat models, then the rest, by name', () => {
    const models = [
      makeModel({ id: 'b-embed', capabilities: ['embeddings'] }),
      makeModel({ id: 'c-chat' }),
      makeModel({ id: 'a-chat' }),
      makeModel({ id: 'z-loaded', isLoaded: true }),
    ];

    assert.deepEqual(
      modelNodes(english, makeEngine({ models }), makeOptions()).map((node) => node.label),
      ['z-loaded', 'a-chat', 'c-chat', 'b-embed'],
    );
  });

  it('have different ids for models of the same name on two engines', () => {
    const ids = ['one', 'two'].map((id) => modelNode(english, makeEngine({ id }), makeModel(), makeOptions()).id);

    assert.equal(new Set(ids).size, 2);
  });

  it('are paged: 200 of 5,000, with a row that shows more', () => {
    const models = Array.from({ length: 5000 }, (_, index) => makeModel({ id: `m${String(index)}` }));
    const rows = modelNodes(english, makeEngine({ models }), makeOptions());
    const last = rows.at(-1)!;

    assert.equal(rows.length, 201);
    assert.equal(last.description, '4,800 models not shown');
    assert.deepEqual(last.kind === 'action' && [last.command, last.args], ['flm.models.showMore', ['ollama']]);
  });

  it('are as many as were asked for', () => {
    const models = Array.from({ length: 450 }, (_, index) => makeModel({ id: `m${String(index)}` }));
    const shown = new Map([['ollama', 400]]);

    assert.equal(modelNodes(english, makeEngine({ models }), makeOptions({ shown })).length, 401);
  });

  it('match a filter by all of its words, in id, name or alias', () => {
    const models = [
      makeModel({ id: 'Llama-3.2-3B-Instruct' }),
      makeModel({ id: 'x', displayName: 'Llama Guard' }),
      makeModel({ id: 'qwen3', aliases: ['instruct-llama'] }),
    ];
    const matching = (filter: string) =>
      modelNodes(english, makeEngine({ models }), makeOptions({ filter })).map((node) => node.label);

    assert.deepEqual(matching('llama instruct'), ['Llama-3.2-3B-Instruct', 'qwen3']);
    assert.deepEqual(matching('GUARD'), ['Llama Guard']);
    assert.deepEqual(matching('ollama/qw'), ['qwen3']);
    assert.deepEqual(matching('none'), []);
  });
});

import assert from 'node:assert/strict';
import type { Model } from '../../../../src/core/model';
import { toolModels } from '../../../../src/editor/wiring/tool-models';
import { makeEngine } from '../editor-facts';

function contextOf(model: Partial<Model>): number | undefined {
  const engine = makeEngine({ models: [{ id: 'm', capabilities: ['chat'], contextMax: 131_072, ...model }] });
  const [tool] = toolModels([engine], []);
  return tool === undefined ? undefined : tool.maxInputTokens + tool.maxOutputTokens;
}

describe('the context written into a tool’s file', () => {
  it('is what the engine gives the model now', () => {
    assert.equal(contextOf({ contextLoaded: 8192, contextExpected: { tokens: 4096, from: 'default' } }), 8192);
  });

  it('is what the model’s own parameters ask for while it is not loaded', () => {
    assert.equal(contextOf({ contextExpected: { tokens: 16_384, from: 'parameters' } }), 16_384);
  });

  it('is the model’s own length where only a default is supposed', () => {
    assert.equal(contextOf({ contextExpected: { tokens: 4096, from: 'default' } }), 131_072);
  });
});

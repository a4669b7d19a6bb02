import assert from 'node:assert/strict';
import { modelInformation, splitContext } from '../../../../src/editor/language-models/model-information';
import { english, makeEngine, makeModel } from '../editor-facts';

function one(model: Parameters<typeof makeModel>[0], engine: Parameters<typeof makeEngine>[0] = {}) {
  const [information] = modelInformation(english, [makeEngine({ ...engine, models: [makeModel(model)] })], []);
  assert.ok(information);
  return information;
}

describe("models for VS Code's picker", () => {
  it('are the chat models of usable engines', () => {
    const engines = [
      makeEngine({ models: [makeModel(), makeModel({ id: 'nomic-embed-text', capabilities: ['embeddings'] })] }),
      makeEngine({ id: 'vllm', state: 'loading', models: [makeModel({ id: 'org/model' })] }),
      makeEngine({ id: 'lmstudio', state: 'network-error', models: [makeModel()] }),
    ];

    const ids = modelInformation(english, engines, []).map(({ id }) => id);

    assert.deepEqual(ids, ['ollama/llama3.2:3b', 'vllm/org/model']);
  });

  it('leave out hidden engines, which are not published', () => {
    assert.deepEqual(modelInformation(english, [makeEngine()], ['ollama']), []);
  });

  it('are told apart by their engine', () => {
    const information = one({ displayName: 'Llama 3.2' }, { name: 'Ollama (11500)' });

    assert.equal(information.name, 'Llama 3.2');
    assert.equal(information.detail, 'Ollama (11500)');
  });

  it('have the context they are loaded with rather than the one they could have', () => {
    const { maxInputTokens, maxOutputTokens } = one({ contextLoaded: 8192, contextMax: 131_072 });

    assert.equal(maxInputTokens + maxOutputTokens, 8192);
    assert.equal(maxOutputTokens, 2048);
  });

  it('have the greatest context while it is not known what they get', () => {
    const { maxInputTokens, maxOutputTokens } = one({ contextMax: 131_072 });

    assert.deepEqual([maxInputTokens, maxOutputTokens], [131_072 - 16_384, 16_384]);
  });

  it('have the context they are expected to be loaded with, and say how it is known', () => {
    const expected = { contextMax: 131_072, contextExpected: { tokens: 4096, from: 'default' } } as const;
    const { maxInputTokens, maxOutputTokens, tooltip } = one(expected);

    assert.equal(maxInputTokens + maxOutputTokens, 4096);
    assert.match(tooltip, /Context, when loaded: at most 128k; 4k assumed until it is loaded/);
    assert.equal(one({ ...expected, contextLoaded: 32_768 }).maxInputTokens, 32_768 - 8192);
  });

  it('say so where the engine tells no context', () => {
    assert.match(one({}).tooltip, /not known; FLM assumes 4k/);
  });

  it('can what their engine says', () => {
    assert.deepEqual(one({ capabilities: ['chat', 'vision', 'tools'] }).capabilities, {
      imageInput: true,
      toolCalling: true,
    });
    assert.deepEqual(one({}).capabilities, { imageInput: false, toolCalling: false });
  });

  it('name family and version, from the engine or the name', () => {
    const told = one({ family: 'qwen3', parameters: '8.2B', quantization: 'Q4_K_M' });
    assert.deepEqual([told.family, told.version], ['qwen3', '8.2B-Q4_K_M']);

    const guessed = one({ id: 'hf.co/x/Qwen2.5-Coder-GGUF:Q4' });
    assert.deepEqual([guessed.family, guessed.version], ['qwen2.5', '1']);
    assert.equal(one({ id: '!!' }).family, 'unknown');
  });

  it('show nothing that an engine could use to mislead', () => {
    const { name, tooltip } = one({ displayName: 'good\u202Eelif\nmodel', family: 'a\u0007b' });

    assert.equal(name, 'good elif model');
    assert.ok(!tooltip.includes('\u0007'));
  });

  it('say when prompts leave the machine', () => {
    assert.match(one({ isCloud: true }).tooltip, /leave this machine/);
  });

  it('keep room for question and answer in the smallest context', () => {
    assert.deepEqual(splitContext(1), { maxInputTokens: 1, maxOutputTokens: 1 });
    assert.deepEqual(splitContext(512), { maxInputTokens: 384, maxOutputTokens: 128 });
  });
});

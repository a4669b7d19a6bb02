import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseLlamaModels, parseLlamaProps } from '../../../src/engines/llamacpp';

/** Answers recorded from llama-server b1-de3ff81. */
const recorded = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../../fixtures/llamacpp/${name}.json`), 'utf8'));

describe('llama-server', () => {
  it('with one model tells its contexts, size, parameters and quantisation', () => {
    const [model] = parseLlamaModels(recorded('v1-models'), parseLlamaProps(recorded('props'))) ?? [];

    assert.deepEqual(model, {
      id: 'stories260k',
      capabilities: ['chat', 'completion'],
      isLoaded: true,
      contextMax: 2048,
      contextLoaded: 2048,
      sizeBytes: 1_171_200,
      parameters: '293K',
      quantization: 'F32',
      format: 'gguf',
      embeddingLength: 64,
    });
  });

  it('tells its build and that it is no router', () => {
    const props = parseLlamaProps(recorded('props'));

    assert.deepEqual([props?.version, props?.isRouter], ['b1-de3ff81', false]);
  });

  it('with a BERT vocabulary serves embeddings, though it claims completion', () => {
    const [model] = parseLlamaModels(recorded('embed-v1-models')) ?? [];

    assert.deepEqual(model?.capabilities, ['embeddings']);
  });

  it('as a router lists models that are not loaded', () => {
    const models = parseLlamaModels(recorded('router-v1-models')) ?? [];

    assert.equal(parseLlamaProps(recorded('router-props'))?.isRouter, true);
    assert.deepEqual(
      models.map((model) => [model.id, model.isLoaded, model.quantization]),
      [
        ['bertbge-rand-f16', false, 'F16'],
        ['qwen2vocab-rand-f16', false, 'F16'],
        ['stories260K-f32', false, 'F32'],
      ],
    );
  });

  it('as a router shows loading, sleeping and failed models, and none that is still being downloaded', () => {
    const row = (id: string, value: string) => ({
      id,
      status: { value },
      architecture: { input_modalities: ['text', 'image'] },
    });

    const models = parseLlamaModels({
      data: ['loading', 'loaded', 'sleeping', 'failed', 'downloading'].map((s) => row(s, s)),
    });

    assert.deepEqual(
      models?.map((model) => [model.id, model.isLoaded, model.isLoading]),
      [
        ['loading', false, true],
        ['loaded', true, undefined],
        ['sleeping', false, undefined],
        ['failed', false, undefined],
      ],
    );
    assert.ok(models[0]?.capabilities.includes('vision'));
  });

  it('with a Windows path as id has the file name for people', () => {
    const [model] = parseLlamaModels({ data: [{ id: 'C:\\m\\Qwen3-8B-Q4_K_M.gguf' }] }) ?? [];

    assert.deepEqual(
      [model?.id, model?.displayName, model?.quantization],
      ['C:\\m\\Qwen3-8B-Q4_K_M.gguf', 'Qwen3-8B-Q4_K_M', 'Q4_K_M'],
    );
  });

  it('shows vision, tools and thinking in its properties, and never claims FIM', () => {
    const props = parseLlamaProps({
      build_info: 'b9775',
      modalities: { vision: true, audio: false },
      chat_template: '{% if enable_thinking %}<think>{% endif %}',
      chat_template_caps: { supports_tools: true },
    });

    assert.deepEqual(props?.capabilities, ['vision', 'tools', 'thinking']);
  });

  it('shows in its template where messages of the system may stand; a name tells it where no template is shown', () => {
    const list = { object: 'list', data: [{ id: 'Qwen3.5-9B.gguf', owned_by: 'llamacpp' }] };
    const strictness = (props: object | undefined) =>
      parseLlamaModels(list, props && parseLlamaProps({ build_info: 'b1', ...props }))?.[0]?.isSystemFirst;

    assert.equal(
      strictness({ chat_template: "{{ raise_exception('System message must be at the beginning.') }}" }),
      true,
    );
    assert.equal(
      strictness({ chat_template: "{{ raise_exception('Only user, assistant and tool roles are supported') }}" }),
      true,
    );
    assert.equal(strictness({ chat_template: '{{ messages }}' }), undefined, 'mended by hand');
    assert.equal(strictness(undefined), true);
  });

  it('is not recognised by just any JSON at /props', () => {
    for (const body of [null, [], {}, { error: 'x' }, { build_info: 7 }])
      assert.equal(parseLlamaProps(body), undefined);
  });
});

import assert from 'node:assert/strict';
import { ollamaEmbed, ollamaEmbeddings } from '../../../../../src/proxy/dialects/ollama/embed';
import { ollamaGenerate } from '../../../../../src/proxy/dialects/ollama/generate';
import { without } from '../../../../../src/proxy/repairs/json-object';
import { contextOf, entryOf, linesOf, refusalOf, toldOf, translate, translationOf } from './support';

describe('a generate request of Ollama’s API', () => {
  it('becomes a chat, because Ollama puts the prompt into the chat template', () => {
    const { route, request } = translationOf(ollamaGenerate, { prompt: 'Why?', system: 'Be brief.' });

    assert.equal(route, '/v1/chat/completions');
    assert.deepEqual(request.messages, [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Why?' },
    ]);
  });

  it('becomes a completion when raw, with a suffix, or for a model that cannot chat', () => {
    const raw = translationOf(ollamaGenerate, { prompt: '<s>', raw: true });
    const filled = translationOf(ollamaGenerate, { prompt: 'a', suffix: 'b' });
    const base = translationOf(
      ollamaGenerate,
      { prompt: 'a' },
      contextOf(entryOf('vllm', { capabilities: ['completion'] })),
    );

    assert.deepEqual([raw.route, raw.request], ['/v1/completions', { prompt: '<s>' }]);
    assert.deepEqual([filled.route, filled.request], ['/v1/completions', { prompt: 'a', suffix: 'b' }]);
    assert.equal(base.route, '/v1/completions');
  });

  it('tells the text of either route as response', () => {
    const chat = linesOf(translationOf(ollamaGenerate, { prompt: 'a' }), [{ choices: [{ delta: { content: 'x' } }] }]);
    const completion = linesOf(translationOf(ollamaGenerate, { prompt: 'a', raw: true }), [
      { choices: [{ text: 'y' }] },
    ]);

    assert.deepEqual([chat[0]?.response, completion[0]?.response], ['x', 'y']);
    assert.deepEqual([chat.at(-1)?.response, chat.at(-1)?.done], ['', true]);
  });

  it('refuses what only Ollama could take, instead of leaving it out silently', () => {
    assert.match(refusalOf(ollamaGenerate, { prompt: 'a', context: [1, 2] })[1], /'context'/);
    assert.match(refusalOf(ollamaGenerate, { prompt: 'a', template: '{{ .Prompt }}' })[1], /'template'/);
  });

  it('keeps a format in a raw prompt where the engine can, and is refused where it would be ignored', () => {
    const schema = { type: 'object', properties: {} };
    const raw = { prompt: 'a', raw: true, format: schema };
    const member = (kind: 'llamacpp' | 'vllm') =>
      without(translationOf(ollamaGenerate, raw, contextOf(entryOf(kind))).request, 'prompt');

    assert.deepEqual(member('llamacpp'), { json_schema: schema });
    assert.deepEqual(Object.keys(member('vllm')), ['response_format']);
    assert.match(refusalOf(ollamaGenerate, raw)[1], /cannot keep a 'format'/);
  });

  it('refuses pictures in a raw prompt, where nothing could show them to the model', () => {
    assert.equal(refusalOf(ollamaGenerate, { prompt: 'a', raw: true, images: ['iVBORw0KGgo='] })[0], 400);
  });

  it('without a prompt loads the model', () => {
    const translated = translate(ollamaGenerate, {});

    assert.ok(translated.ok === 'answered');
    assert.deepEqual([translated.answer.response, translated.answer.done_reason], ['', 'load']);
  });
});

describe('an embed request of Ollama’s API', () => {
  it('becomes one of OpenAI’s API, and its vectors keep the order of the texts', () => {
    const translation = translationOf(ollamaEmbed, { input: ['a', 'b'], dimensions: 2, truncate: true });

    assert.deepEqual(translation.request, { input: ['a', 'b'], dimensions: 2, encoding_format: 'float' });
    const told = toldOf(translation, {
      data: [
        { index: 1, embedding: [3, 4] },
        { index: 0, embedding: [1, 2] },
      ],
      usage: { prompt_tokens: 4, total_tokens: 4 },
    });
    assert.deepEqual(
      [told.embeddings, told.prompt_eval_count, told.model],
      [
        [
          [1, 2],
          [3, 4],
        ],
        4,
        'asked',
      ],
    );
  });

  it('takes one text, too', () => {
    assert.deepEqual(translationOf(ollamaEmbed, { input: 'a' }).request.input, ['a']);
  });

  it('refuses anything but texts', () => {
    for (const input of [undefined, 3, [1, 2], [['a']]]) assert.equal(refusalOf(ollamaEmbed, { input })[0], 400);
  });

  it('answers an empty text without the engine', () => {
    const translated = translate(ollamaEmbed, { input: '' });

    assert.ok(translated.ok === 'answered');
    assert.deepEqual(translated.answer.embeddings, []);
  });

  it('has an older form with one vector', () => {
    const translation = translationOf(ollamaEmbeddings, { prompt: 'a' });

    assert.deepEqual(translation.whole({ data: [{ embedding: [1, 2] }] }), { embedding: [1, 2] });
  });

  it('has no answer where the engine gave no vectors', () => {
    assert.equal(translationOf(ollamaEmbed, { input: 'a' }).whole({ choices: [] }), undefined);
    assert.equal(translationOf(ollamaEmbeddings, { prompt: 'a' }).whole({ data: [] }), undefined);
  });
});

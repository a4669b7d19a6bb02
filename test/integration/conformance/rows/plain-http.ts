import assert from 'node:assert/strict';
import type { Row, Stage } from '../stage';

/** Like a client library: an error status is an error. */
async function post(stage: Stage, path: string, body: object): Promise<string> {
  const answer = await stage.fetch(stage.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: stage.model, ...body }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}

const infill = { input_prefix: 'def f(', input_suffix: '): pass', n_predict: 8 };
const fim = { purpose: 'fim', script: { reply: { text: ['x', ', y'] } } } as const;

/** Routes for which there is no official client. */
export const plainRows: readonly Row[] = [
  {
    ...fim,
    feature: '`POST /infill` (llama.vim, llama.vscode)',
    run: async (stage) => {
      const answer = JSON.parse(await post(stage, '/infill', infill)) as Record<string, unknown>;

      assert.deepEqual([answer.content, answer.stop], ['x, y', true]);
    },
  },
  {
    ...fim,
    feature: '`POST /infill`, streamed',
    run: async (stage) => {
      const text = await post(stage, '/infill', { ...infill, stream: true });
      const events = text.match(/^data: .*$/gm) ?? [];
      const pieces = events.map((event) => JSON.parse(event.slice(6)) as { content: string; stop: boolean });

      assert.equal(pieces.map(({ content }) => content).join(''), 'x, y');
      assert.equal(pieces.at(-1)?.stop, true);
    },
  },
  {
    feature: '`POST /v1/rerank`',
    purpose: 'rerank',
    script: (kind) =>
      kind === 'vllm' || kind === 'openai'
        ? { answers: { '/v1/rerank': { body: { results: [{ index: 1, relevance_score: 0.9 }] } } } }
        : {},
    run: async (stage) => {
      const text = await post(stage, '/v1/rerank', { query: 'cats', documents: ['dogs', 'cats'] });

      assert.ok((JSON.parse(text) as { results: unknown[] }).results.length > 0);
    },
  },
];

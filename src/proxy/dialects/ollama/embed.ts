import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import { readUsage } from '../../usage';
import type { Dialect, StreamTranslator, Translated, Translation } from '../dialect';
import { ollamaPath } from './native-path';
import { nanoseconds } from './ollama-answer';
import { ollamaErrors } from './ollama-errors';
import { askedModel, membersOf, refused } from './ollama-request';
import { ollamaStreams } from './ollama-streams';
import { usageInOllamaJson } from './ollama-usage';

const common = {
  errors: ollamaErrors,
  streams: ollamaStreams,
  streamsByDefault: false,
  neverStreams: true,
  usage: usageInOllamaJson,
} as const;

/** `POST /api/embed`: one vector for each text. */
export const ollamaEmbed: Dialect = {
  ...common,
  nativePath: ollamaPath('/api/embed'),
  translate: (body, context) => {
    const { input, dimensions } = membersOf(body);
    const texts = typeof input === 'string' ? [input] : input;
    if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string')) {
      return refused('invalid input type', 'input');
    }
    const model = askedModel(body, context);
    if (texts.every((text) => text === '')) {
      return { ok: 'answered', answer: { model, embeddings: [] }, headers: [] };
    }
    const wanted = { input: texts, ...(typeof dimensions === 'number' ? { dimensions } : {}) };
    return embeddings(wanted, (answer) => {
      const vectors = vectorsOf(answer);
      const duration = nanoseconds(context.elapsedMs());
      return vectors && { model, embeddings: vectors, total_duration: duration, ...promptCount(answer) };
    });
  },
};

/** `POST /api/embeddings`: the older form, one vector for one text. */
export const ollamaEmbeddings: Dialect = {
  ...common,
  nativePath: ollamaPath('/api/embeddings'),
  translate: (body) => {
    const { prompt = '' } = membersOf(body);
    if (typeof prompt !== 'string') return refused("'prompt' must be a string", 'prompt');
    if (prompt === '') return { ok: 'answered', answer: { embedding: [] }, headers: [] };
    return embeddings({ input: prompt }, (answer) => {
      const embedding = vectorsOf(answer)?.[0];
      return embedding === undefined ? undefined : { embedding };
    });
  },
};

function embeddings(request: JsonObject, whole: Translation['whole']): Translated {
  const translation: Translation = {
    route: '/v1/embeddings',
    request: { ...request, encoding_format: 'float' },
    stream: () => noStream,
    whole,
  };
  return { ok: true, translation };
}

/** Embeddings never stream. */
const noStream: StreamTranslator = { chunk: () => '', end: () => '' };

/** Vectors in the order of their texts, which `index` tells; undefined when there are none. */
function vectorsOf({ data }: JsonObject): readonly unknown[] | undefined {
  if (!Array.isArray(data)) return undefined;
  const rows = data.filter(isJsonObject);
  const place = (row: JsonObject): number => (typeof row.index === 'number' ? row.index : 0);
  return [...rows].sort((a, b) => place(a) - place(b)).map((row) => row.embedding);
}

function promptCount(answer: JsonObject): JsonObject {
  const tokens = readUsage(answer.usage)?.tokensIn;
  return tokens === undefined ? {} : { prompt_eval_count: tokens };
}

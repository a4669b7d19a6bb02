import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CatalogEntry } from '../../../../src/core/catalog';
import type { EngineKind } from '../../../../src/core/engine';
import type { Model } from '../../../../src/core/model';
import { reason } from '../../../../src/core/reason';
import type { Dialect, Translated, Translation } from '../../../../src/proxy/dialects/dialect';
import type { JsonObject } from '../../../../src/proxy/repairs/json-object';
import { bodyOf } from '../repairs/support';

export const requestId = 'req_0123456789abcdefABCDEFGH';

export function entryOf(kind: EngineKind, version?: string, model: Partial<Model> = {}): CatalogEntry {
  const known: Model = { id: 'm', capabilities: ['chat'], ...model };
  return {
    id: 'engine/m',
    model: known,
    engine: {
      id: 'engine',
      kind,
      name: 'Engine',
      baseUrl: 'http://127.0.0.1:9',
      source: 'configured',
      state: 'healthy',
      reason: reason('engine.healthy', 1),
      since: 0,
      failures: 0,
      models: [known],
      isStale: false,
      isRemote: false,
      ...(version !== undefined && { version }),
    },
  };
}

export function translate(dialect: Dialect, request: object | string, entry = entryOf('openai')): Translated {
  const context = { entry, requestId, receivedAt: 1_700_000_000_000, elapsedMs: () => 5 };
  assert.ok(dialect.translate);
  return dialect.translate(bodyOf(request), context);
}

export function translationOf(dialect: Dialect, request: object, entry = entryOf('openai')): Translation {
  const translated = translate(dialect, request, entry);
  assert.ok(translated.ok === true, JSON.stringify(translated));
  return translated.translation;
}

/** The member that a refusal names. */
export function refusedParam(dialect: Dialect, request: object): string | null {
  const translated = translate(dialect, request);
  assert.ok(translated.ok === false);
  assert.equal(translated.error.status, 400);
  return translated.error.param;
}

/** Data of each named event; the name must be its type. */
export function namedEvents(text: string): JsonObject[] {
  const blocks = text.split('\n\n');
  assert.equal(blocks.pop(), '');
  return blocks.map((block) => {
    const [name, data = '', ...rest] = block.split('\n');
    assert.deepEqual(rest, []);
    assert.ok(data.startsWith('data: '));
    const event = JSON.parse(data.slice(6)) as JsonObject;
    assert.equal(name, `event: ${String(event.type)}`);
    return event;
  });
}

/** What a model says, in the order in which engines send it. */
export interface Said {
  readonly reasoning: string;
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: JsonObject }[];
}

const words = fc.string({ unit: 'grapheme', maxLength: 30 });

export const anySaid: fc.Arbitrary<Said> = fc.record({
  reasoning: words,
  text: words,
  calls: fc.uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 8 }),
      name: fc.string({ minLength: 1, maxLength: 8 }),
      arguments: fc.dictionary(
        fc.string({ maxLength: 5 }).filter((key) => key !== '__proto__'),
        fc.oneof(fc.integer(), words),
      ),
    }),
    { maxLength: 3, selector: ({ id }) => id },
  ),
});

export const usage = { prompt_tokens: 12, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 5 } };

/** A whole chat answer that says it. */
export function wholeAnswer({ reasoning, text, calls }: Said, finish: string): JsonObject {
  const message = {
    role: 'assistant',
    content: text === '' ? null : text,
    ...(reasoning !== '' && { reasoning }),
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ id, name, arguments: given }) => ({
        id,
        type: 'function',
        function: { name, arguments: JSON.stringify(given) },
      })),
    }),
  };
  return {
    id: 'c',
    object: 'chat.completion',
    model: 'm',
    choices: [{ index: 0, message, finish_reason: finish }],
    usage,
  };
}

/** The same as chunks, each text cut into pieces of at most `size` characters. */
export function chunksOf({ reasoning, text, calls }: Said, finish: string, size: number): JsonObject[] {
  const chunk = (delta: object, reason: string | null = null): JsonObject => ({
    id: 'c',
    object: 'chat.completion.chunk',
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: reason }],
  });
  const called = calls.flatMap(({ id, name, arguments: given }, index) => [
    chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }),
    ...cut(JSON.stringify(given), size).map((part) =>
      chunk({ tool_calls: [{ index, function: { arguments: part } }] }),
    ),
  ]);
  return [
    chunk({ role: 'assistant', content: '' }),
    ...cut(reasoning, size).map((part) => chunk({ reasoning: part, reasoning_content: part })),
    ...cut(text, size).map((content) => chunk({ content })),
    ...called,
    chunk({}, finish),
    { id: 'c', object: 'chat.completion.chunk', model: 'm', choices: [], usage },
  ];
}

function cut(text: string, size: number): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += size) parts.push(text.slice(at, at + size));
  return parts;
}

/** All that a translator says to these chunks. */
export function streamed(translation: Translation, chunks: readonly JsonObject[]): JsonObject[] {
  const translator = translation.stream();
  const texts = chunks.map((chunk) => translator.chunk(chunk));
  return namedEvents(texts.join('') + translator.end());
}

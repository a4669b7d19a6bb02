import assert from 'node:assert/strict';
import type { EngineKind } from '../../../../../src/core/engine';
import type { Model } from '../../../../../src/core/model';
import { reason } from '../../../../../src/core/reason';
import type { CatalogEntry } from '../../../../../src/core/catalog';
import type { Dialect, Translated, Translation, TranslationContext } from '../../../../../src/proxy/dialects/dialect';
import { parseInferenceBody } from '../../../../../src/proxy/inference-body';
import type { JsonObject } from '../../../../../src/proxy/repairs/json-object';

export function entryOf(kind: EngineKind = 'lmstudio', model: Partial<Model> = {}): CatalogEntry {
  const known: Model = { id: 'qwen3-8b', capabilities: ['chat', 'completion'], ...model };
  return {
    id: `${kind}/${known.id}`,
    model: known,
    engine: {
      id: kind,
      kind,
      name: kind,
      baseUrl: 'http://127.0.0.1:1',
      source: 'configured',
      state: 'healthy',
      reason: reason('engine.healthy', 1),
      since: 0,
      failures: 0,
      models: [known],
      isStale: false,
      isRemote: false,
    },
  };
}

/** A context whose clock stands at the times given, one for each look, the last for all further ones. */
export function contextOf(entry = entryOf(), ...elapsed: readonly number[]): TranslationContext {
  const times = [...elapsed];
  let now = 0;
  return {
    entry,
    requestId: 'req_1',
    receivedAt: Date.UTC(2026, 0, 2),
    elapsedMs: () => (now = times.shift() ?? now),
  };
}

export function translate(dialect: Dialect, body: JsonObject, context = contextOf()): Translated {
  const parsed = parseInferenceBody(Buffer.from(JSON.stringify({ model: 'asked', ...body })));
  assert.ok(parsed.ok && dialect.translate !== undefined);
  return dialect.translate(parsed.body, context);
}

/** The translation, where there must be one. */
export function translationOf(dialect: Dialect, body: JsonObject, context = contextOf()): Translation {
  const translated = translate(dialect, body, context);
  assert.equal(translated.ok, true);
  return (translated as { translation: Translation }).translation;
}

export function refusalOf(dialect: Dialect, body: JsonObject, context = contextOf()): readonly [number, string] {
  const translated = translate(dialect, body, context);
  assert.ok(translated.ok === false);
  return [translated.error.status, translated.error.message];
}

/** The lines a translation makes of chunks. */
export function linesOf(translation: Translation, chunks: readonly JsonObject[]): readonly JsonObject[] {
  const stream = translation.stream();
  const text = chunks.map((chunk) => stream.chunk(chunk)).join('') + stream.end();
  assert.ok(text.endsWith('\n'));
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject);
}

export const chunkOf = (delta: JsonObject, finish: string | null = null, more: JsonObject = {}): JsonObject => ({
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...more,
});

/** A whole answer as it is told, where it is one. */
export function toldOf(translation: Translation, answer: JsonObject): JsonObject {
  const told = translation.whole(answer);
  assert.ok(told !== undefined);
  return told;
}

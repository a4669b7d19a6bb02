import assert from 'node:assert/strict';
import type { EngineKind } from '../../../../src/core/engine';
import type { Stage } from '../stage';

/** What the rows of several clients say and expect. */
export const messages = [{ role: 'user' as const, content: 'Hi' }];

export const text = 'Grüß Gott 😀 こんにちは';

export const calls = [
  { name: 'weather', arguments: { city: 'Köln', days: 2 } },
  { name: 'weather', arguments: { city: '東京' } },
];

export const parameters = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const }, days: { type: 'integer' as const } },
  required: ['city'],
  additionalProperties: false,
};

/** An answer that fits {@link parameters}. */
export const structured = { city: 'Köln', days: 2 };

export const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A long, slow answer, for clients that leave in its middle. */
export const endless = { reply: { text: Array<string>(2000).fill(' word') }, timing: { tokenMs: 5 } };

/** Nothing comes before the client leaves. */
export const silent = { reply: { text: 'late' }, timing: { firstTokenMs: 60_000 } };

/** Reasoning in the field that most clients read, where a kind can choose. */
export const thinking = {
  purpose: 'thinking',
  script: { reply: { reasoning: 'let me think', text: 'yes' }, reasoningField: 'reasoning_content' },
} as const;

/** A gate that wants a key. */
export const keyed = {
  admit: () => ({
    ok: false as const,
    refusal: { rule: 'identity', code: 'key_missing' as const, message: 'An API key is needed.' },
  }),
};

/** Everything that the parts of a stream have. */
export async function collect<T, R>(parts: AsyncIterable<T>, read: (part: T) => R | undefined | null): Promise<R[]> {
  const found: R[] = [];
  for await (const part of parts) {
    const value = read(part);
    if (value !== undefined && value !== null) found.push(value);
  }
  return found;
}

/** Resolves when the engine works on the request, so that leaving has something to end. */
export async function underWay({ engine }: Stage): Promise<void> {
  await engine.waitForRequest();
  while (engine.runningGenerations === 0) await new Promise((resolve) => setImmediate(resolve));
}

/** The client has left: the engine stops, and the record says so. */
export async function assertStopped({ engine, recordOf }: Stage): Promise<void> {
  await engine.waitForIdle();
  const { outcome } = await recordOf();
  if (outcome !== 'aborted') throw new Error(`the record says ${outcome}`);
}

/** How a kind lets a client demand one tool (ENGINES 1.4, 2.4, 3.4, 4.4); Ollama reads no choice at all. */
const toolChoices: Readonly<Record<EngineKind, 'object' | 'text' | undefined>> = {
  ollama: undefined,
  vllm: 'object',
  lmstudio: 'text',
  llamacpp: 'text',
  openai: 'object',
};

/** The engine was told to call `weather`, in a way that it understands. */
export function assertForced(stage: Stage): void {
  const { tools, tool_choice: choice } = stage.asked();
  const how = toolChoices[stage.kind];
  assert.ok(how !== undefined, `${stage.kind} reads no tool_choice`);
  if (how === 'object') assert.match(JSON.stringify(choice), /"name":"weather"/);
  else assert.deepEqual([choice, (tools as unknown[]).length], ['required', 1]);
}

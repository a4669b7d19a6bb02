import { choiceIndex, choicesOf, mapChoices } from './choices';
import { isJsonObject, without, type JsonObject } from './json-object';
import { textRoutes, type ChunkRepair, type Repair } from './repair';

/** vLLM's own reasons, which no enumeration of OpenAI's knows (vllm/v1/engine/__init__.py). */
const foreign = new Set(['abort', 'repetition']);

/** Every answer that ends well says why: `null` at the end (Ollama) and reasons unknown to OpenAI (vLLM) become known. */
export const finishReasons: Repair = {
  name: 'finish-reasons',
  kinds: ['ollama', 'vllm'],
  routes: textRoutes,
  chunks: ({ route }) => new FinishReasons(route === '/v1/completions'),
  whole: () => ({
    apply: (answer) =>
      mapChoices(answer, (choice) => {
        const isMissing = choice.finish_reason === null || choice.finish_reason === undefined;
        return isMissing ? { ...choice, finish_reason: reasonFor(hasCalls(choice.message)) } : known(choice);
      }),
  }),
};

interface Seen {
  hasFinished: boolean;
  hasCalls: boolean;
}

class FinishReasons implements ChunkRepair {
  readonly #isCompletion: boolean;
  readonly #choices = new Map<number, Seen>();
  /** Identity of the answer, to make a chunk of: everything but what was said. */
  #head: JsonObject = {};

  constructor(isCompletion: boolean) {
    this.#isCompletion = isCompletion;
  }

  chunk(chunk: JsonObject): JsonObject | readonly JsonObject[] {
    const choices = choicesOf(chunk);
    if (choices.length === 0) return isJsonObject(chunk.usage) ? [...this.#missing(), chunk] : chunk;
    this.#head = chunk;
    choices.forEach((choice, at) => {
      const index = choiceIndex(choice, at);
      const seen = this.#choices.get(index) ?? { hasFinished: false, hasCalls: false };
      seen.hasFinished ||= typeof choice.finish_reason === 'string';
      seen.hasCalls ||= hasCalls(choice.delta);
      this.#choices.set(index, seen);
    });
    return mapChoices(chunk, known);
  }

  /** A stream that breaks off gets no reason: it has not ended well. */
  end(isDone: boolean): readonly JsonObject[] {
    return isDone ? this.#missing() : [];
  }

  #missing(): readonly JsonObject[] {
    const open = [...this.#choices].filter(([, { hasFinished }]) => !hasFinished);
    for (const [, seen] of open) seen.hasFinished = true;
    return open.map(([index, seen]) => ({
      ...without(this.#head, 'usage'),
      choices: [
        { index, ...(this.#isCompletion ? { text: '' } : { delta: {} }), finish_reason: reasonFor(seen.hasCalls) },
      ],
    }));
  }
}

function known(choice: JsonObject): JsonObject {
  const isForeign = typeof choice.finish_reason === 'string' && foreign.has(choice.finish_reason);
  return isForeign ? { ...choice, finish_reason: 'stop' } : choice;
}

function reasonFor(hasToolCalls: boolean): string {
  return hasToolCalls ? 'tool_calls' : 'stop';
}

function hasCalls(part: unknown): boolean {
  return isJsonObject(part) && Array.isArray(part.tool_calls) && part.tool_calls.length > 0;
}

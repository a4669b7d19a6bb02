import { readUsage } from '../usage';
import { choicesOf } from './choices';
import { isJsonObject, without, type JsonObject } from './json-object';
import { textRoutes, type ChunkRepair, type Repair, type RepairContext, type RequestView } from './repair';

/**
 * Usage of streams: always asked of the engine, so that tokens are counted, and told to the client only if it asked.
 *
 * - not asked: the usage chunk is left out, and `usage` of any other chunk (vLLM `--enable-force-include-usage`, the
 *   last chunk of llama.cpp's completions)
 * - asked: the zeros Ollama puts into each chunk of a completion are left out, and a usage that comes with the last
 *   words gets a chunk of its own, as OpenAI sends it
 */
export const usageChunks: Repair = {
  name: 'usage',
  kinds: ['ollama', 'vllm', 'lmstudio', 'llamacpp'],
  routes: textRoutes,
  request: (body) => {
    if (!body.isStream || asked(body, 'include_usage')) return undefined;
    const options = body.value('stream_options');
    if (options !== undefined && options !== null && !isJsonObject(options)) return undefined; // the engine's to refuse
    return { set: { stream_options: { ...options, include_usage: true } } };
  },
  chunks: (context) => {
    if (!asked(context.request, 'include_usage')) return new HiddenUsage(context);
    const isOdd = context.route === '/v1/completions' && (context.kind === 'ollama' || context.kind === 'llamacpp');
    return isOdd ? { chunk: apart } : undefined;
  },
};

function asked(body: RequestView, option: 'include_usage' | 'continuous_usage_stats'): boolean {
  const options = body.value('stream_options');
  return isJsonObject(options) && options[option] === true;
}

/** Takes the usage out. */
class HiddenUsage implements ChunkRepair {
  readonly #carriesTimings: boolean;
  #last: JsonObject | undefined;

  constructor({ kind, route }: RepairContext) {
    this.#carriesTimings = kind === 'llamacpp' && route === '/v1/chat/completions';
  }

  chunk(chunk: JsonObject): JsonObject | readonly JsonObject[] {
    const isUsageChunk = isJsonObject(chunk.usage) && choicesOf(chunk).length === 0;
    const held = this.#last;
    this.#last = undefined;
    if (isUsageChunk) return held === undefined ? [] : [withTimings(held, chunk)];
    const shown = without(chunk, 'usage');
    const isLast = this.#carriesTimings && choicesOf(chunk).some((choice) => typeof choice.finish_reason === 'string');
    if (!isLast) return held === undefined ? shown : [held, shown];
    this.#last = shown;
    return held === undefined ? [] : [held];
  }

  end(): readonly JsonObject[] {
    const held = this.#last;
    this.#last = undefined;
    return held === undefined ? [] : [held];
  }
}

/**
 * llama.cpp puts its timings on the last chunk, which is the usage chunk once usage is asked for. They go back to the
 * finish chunk, where the client would have found them; that chunk waits for its neighbour (sent in the same write).
 */
function withTimings(last: JsonObject, usageChunk: JsonObject): JsonObject {
  return usageChunk.timings === undefined ? last : { ...last, timings: usageChunk.timings };
}

function apart(chunk: JsonObject): JsonObject | readonly JsonObject[] {
  if (!isJsonObject(chunk.usage) || choicesOf(chunk).length === 0) return chunk;
  const shown = without(chunk, 'usage');
  return readUsage(chunk.usage) === undefined ? shown : [shown, { ...chunk, choices: [] }];
}

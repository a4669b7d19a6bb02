import type { EngineKind } from '../../core/engine';
import { choicesOf } from './choices';
import { isJsonObject, type JsonObject } from './json-object';
import type { ChunkRepair, Repair, RepairContext, RequestView } from './repair';
import { isVersionWithin } from './version-range';

/**
 * Completions that fill in before a `suffix`, as editors ask for autocomplete.
 *
 * llama-server has it as `/infill` only, in its own words (and says 501 for a model without the tokens for it). vLLM 0.32
 * fills in with the models that it has a form for (DeepSeek V4: vllm 44229) and refuses others itself (recorded:
 * `completions-suffix`), so it is left alone; before, it declared the member and ignored it. Nobody knows what LM Studio
 * does. Where the member is ignored, what comes out goes on behind the cursor as if nothing followed: those requests are
 * refused.
 */
export const suffix: Repair = {
  name: 'suffix',
  kinds: ['llamacpp', 'vllm', 'lmstudio'],
  routes: ['/v1/completions'],
  isNeedless: takesSuffix,
  request: (body, { engine, kind }) => {
    if (!wants(body)) return undefined;
    if (kind !== 'llamacpp') {
      const message = `The engine ${engine} cannot fill in before a 'suffix'. Models of Ollama and llama.cpp that know how can.`;
      return { refuse: message, param: 'suffix' };
    }
    const prompt = body.value('prompt');
    if (typeof prompt !== 'string') {
      return { refuse: `The engine ${engine} takes one text as 'prompt' beside a 'suffix'.`, param: 'prompt' };
    }
    const limit = body.value('max_tokens');
    return {
      path: '/infill',
      set: {
        input_prefix: prompt,
        input_suffix: body.value('suffix'),
        prompt: '', // text between the two, which OpenAI's API does not have
        ...(typeof limit === 'number' ? { n_predict: limit } : {}),
      },
      drop: ['suffix'],
    };
  },
  chunks: (context) => (isInfill(context) ? new InfillChunks(context.requestId) : undefined),
  whole: (context) => (isInfill(context) ? { apply: (answer) => asCompletion(answer, context.requestId) } : undefined),
};

/** This version of an engine fills in before a `suffix`, or refuses it itself. */
export function takesSuffix(kind: EngineKind, version: string): boolean {
  return kind === 'ollama' || kind === 'openai' || (kind === 'vllm' && !isVersionWithin(version, '0', '0.32.0'));
}

function wants(request: RequestView): boolean {
  const value = request.value('suffix');
  return typeof value === 'string' && value !== '';
}

function isInfill({ kind, request }: RepairContext): boolean {
  return kind === 'llamacpp' && wants(request);
}

/** Pieces of llama-server's own form as chunks of a completion. */
class InfillChunks implements ChunkRepair {
  readonly owesDone = true;
  readonly #requestId: string;

  constructor(requestId: string) {
    this.#requestId = requestId;
  }

  chunk(chunk: JsonObject): JsonObject {
    return asCompletion(chunk, this.#requestId);
  }
}

/** A piece, or a whole answer, of `/infill`; anything else (an error, a completion) stays as it is. */
function asCompletion(native: JsonObject, requestId: string): JsonObject {
  const { content, stop, stop_type: reason, stopped_limit: isCut, timings, model } = native;
  if (typeof content !== 'string' || typeof stop !== 'boolean' || choicesOf(native).length > 0) return native;
  const finish = reason === 'limit' || isCut === true ? 'length' : 'stop';
  return {
    id: `cmpl-${requestId}`,
    object: 'text_completion',
    created: Math.floor(Date.now() / 1000),
    model: model ?? '',
    choices: [{ index: 0, text: content, logprobs: null, finish_reason: stop ? finish : null }],
    ...(stop ? { usage: usageOf(native) } : {}),
    ...(isJsonObject(timings) ? { timings } : {}),
  };
}

function usageOf({ tokens_evaluated: prompt, tokens_predicted: answer }: JsonObject): JsonObject {
  const prompt_tokens = typeof prompt === 'number' ? prompt : 0;
  const completion_tokens = typeof answer === 'number' ? answer : 0;
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}

import type { EngineKind } from '../../../core/engine';
import { isJsonObject, type JsonObject } from '../../repairs/json-object';

/** How engines call the sampling options that OpenAI's API lacks; an engine that is not named would refuse or ignore it. */
const otherNames: Readonly<Record<string, Partial<Record<EngineKind, string>>>> = {
  top_k: { llamacpp: 'top_k', vllm: 'top_k', lmstudio: 'top_k' },
  min_p: { llamacpp: 'min_p', vllm: 'min_p', lmstudio: 'min_p' },
  repeat_penalty: { llamacpp: 'repeat_penalty', vllm: 'repetition_penalty', lmstudio: 'repeat_penalty' },
  repeat_last_n: { llamacpp: 'repeat_last_n' },
  typical_p: { llamacpp: 'typical_p' },
  num_keep: { llamacpp: 'n_keep' },
  mirostat: { llamacpp: 'mirostat' },
  mirostat_tau: { llamacpp: 'mirostat_tau' },
  mirostat_eta: { llamacpp: 'mirostat_eta' },
};

const sameNames = ['temperature', 'top_p', 'seed', 'stop', 'presence_penalty', 'frequency_penalty'] as const;

/**
 * Ollama's `options` as members of a request in OpenAI's form. What concerns the loading of a model (`num_ctx`,
 * `num_gpu`, `num_thread` …) is left out: engines other than Ollama decide that when they start.
 */
export function samplingMembers(options: unknown, kind: EngineKind): JsonObject {
  if (!isJsonObject(options)) return {};
  const members: Record<string, unknown> = {};
  for (const name of sameNames) if (isSet(options[name])) members[name] = options[name];
  for (const [name, names] of Object.entries(otherNames)) {
    const theirs = names[kind];
    if (theirs !== undefined && isSet(options[name])) members[theirs] = options[name];
  }
  // -1: without end, -2: until the context is full. Both are what engines do when nothing is said
  if (typeof options.num_predict === 'number' && options.num_predict >= 0) members.max_tokens = options.num_predict;
  return members;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

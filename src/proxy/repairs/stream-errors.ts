import { engineError } from '../engine-error';
import { Fault, textRoutes, type Repair } from './repair';
import type { JsonObject } from './json-object';

/**
 * Errors that engines put into a stream, each in its own shape (LM Studio without type, llama.cpp and vLLM with a
 * number as code), in OpenAI's: one event `data: {"error":{message,type,param,code}}`, then the end without `[DONE]`,
 * which only vLLM would send.
 */
export const streamErrors: Repair = {
  name: 'stream-errors',
  kinds: ['ollama', 'vllm', 'lmstudio', 'llamacpp'],
  routes: textRoutes,
  chunks: ({ engine }) => ({ chunk: (chunk) => faultOf(chunk, engine) ?? chunk }),
};

/** The error that a chunk tells in place of an answer. */
export function faultOf(chunk: JsonObject, engine: string): Fault | undefined {
  const { error } = chunk;
  if (error === undefined || error === null || Array.isArray(chunk.choices)) return undefined;
  const said = engineError(engine, 200, JSON.stringify({ error }));
  return new Fault(said.error, said.code);
}

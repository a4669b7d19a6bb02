import type { JsonObject } from '../../repairs/json-object';
import { readUsage, type Usage } from '../../usage';

/** Tokens as an answer of Ollama's own API tells them; it leaves zeros out. */
export function ollamaUsage({ prompt_eval_count: prompt, eval_count: answer }: JsonObject): Usage | undefined {
  return readUsage({ prompt_tokens: prompt, completion_tokens: answer });
}

/** The same from the bytes of an answer, whose embeddings may be megabytes: the counts stand at its end. */
export function usageInOllamaJson(body: Buffer): Usage | undefined {
  const tail = body.toString('latin1', Math.max(0, body.length - 2048));
  const pick = (name: string): number | undefined => {
    const digits = new RegExp(`"${name}"\\s*:\\s*(\\d{1,12})\\b`).exec(tail)?.[1];
    return digits === undefined ? undefined : Number(digits);
  };
  return ollamaUsage({ prompt_eval_count: pick('prompt_eval_count'), eval_count: pick('eval_count') });
}

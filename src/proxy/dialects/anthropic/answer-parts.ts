import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import { tokenCount } from '../chat-parts';

/** What an answer needs besides the engine's words. */
export interface MessageFacts {
  readonly requestId: string;
  /** Named when the engine does not name its model. */
  readonly model: string;
  readonly stopSequences: readonly string[];
}

/** Engines sign no thoughts; clients send the signature back with them, and some drop a thought without one. */
export const signature = 'flm';

/** `usage` as the Messages API counts: what came from a cache is not in `input_tokens`. */
export function messageUsage(usage: unknown): JsonObject {
  const {
    prompt_tokens: prompt,
    completion_tokens: output,
    prompt_tokens_details: details,
  } = isJsonObject(usage) ? usage : {};
  const cached = isJsonObject(details) ? tokenCount(details.cached_tokens) : 0;
  return {
    input_tokens: Math.max(0, tokenCount(prompt) - cached),
    output_tokens: tokenCount(output),
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
  };
}

/** `stop_reason` and `stop_sequence`. Only vLLM tells which sequence it was; elsewhere a stop is a stop. */
export function stopMembers(choice: JsonObject, hasCalls: boolean, { stopSequences }: MessageFacts): JsonObject {
  const { finish_reason: reason, stop_reason: stop } = choice;
  if (typeof stop === 'string' && stopSequences.includes(stop))
    return { stop_reason: 'stop_sequence', stop_sequence: stop };
  const known = stopReasons[typeof reason === 'string' ? reason : 'stop'] ?? 'end_turn';
  return { stop_reason: hasCalls && known === 'end_turn' ? 'tool_use' : known, stop_sequence: null };
}

const stopReasons: Readonly<Record<string, string | undefined>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
};

export function messageHead({ requestId, model }: MessageFacts, answer: JsonObject): JsonObject {
  return {
    id: `msg_${requestId.replace(/^req_/, '')}`,
    type: 'message',
    role: 'assistant',
    model: typeof answer.model === 'string' && answer.model !== '' ? answer.model : model,
  };
}

export function callId(id: unknown, { requestId }: MessageFacts, at: number): string {
  return typeof id === 'string' && id !== '' ? id : `toolu_${requestId.replace(/^req_/, '')}${at}`;
}

import type { CatalogEntry } from '../../../core/catalog';
import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import { isAbsent, listAt, RequestProblem } from '../request-problem';
import { withOneSystemMessage } from '../system-messages';
import { outputLimit } from './output-limit';
import { chatMessages } from './request-messages';
import { thinkingMembers } from './request-thinking';
import { chatTools } from './request-tools';

/** Passed on under the same name. `top_k` is no member of OpenAI's, but of every engine's. */
const sameNames = ['temperature', 'top_p', 'top_k'] as const;

/** Need a server that keeps state or runs things; dropping them would change what the request means. */
const refused = ['container', 'mcp_servers'] as const;

/**
 * A request of the Messages API as a chat request in OpenAI's form. Left out, since nothing of an answer depends on them
 * here: `metadata`, `cache_control`, `service_tier`, `context_management`, `betas` and the like.
 *
 * @throws RequestProblem naming a member that has no counterpart
 */
export function chatRequest(request: JsonObject, entry: CatalogEntry): JsonObject {
  for (const name of refused) {
    const value = request[name];
    const isEmpty = isAbsent(value) || (Array.isArray(value) && value.length === 0);
    if (!isEmpty) throw new RequestProblem(name, 'is not supported: it needs Anthropic’s servers.');
  }
  const messages = withOneSystemMessage(chatMessages(request));
  const same = sameNames.flatMap((name) => (isAbsent(request[name]) ? [] : [[name, request[name]] as const]));
  const tools = chatTools(request);
  return {
    messages,
    ...outputLimit(request.max_tokens, messages, tools.tools, entry),
    ...Object.fromEntries(same),
    ...stopMembers(request),
    ...tools,
    ...thinkingMembers(request, entry),
    ...formatMembers(request),
    ...continuation(messages, entry),
  };
}

/** The stop sequences that the client named. */
export function stopSequences({ stop_sequences: stops }: JsonObject): readonly string[] {
  if (isAbsent(stops)) return [];
  return listAt(stops, 'stop_sequences').filter((stop) => typeof stop === 'string');
}

function stopMembers(request: JsonObject): JsonObject {
  const stop = stopSequences(request);
  return stop.length === 0 ? {} : { stop };
}

/** Structured outputs; `output_format` is the name they had as a beta. */
function formatMembers({ output_config: config, output_format: old }: JsonObject): JsonObject {
  const format = (isJsonObject(config) ? config.format : undefined) ?? old;
  if (!isJsonObject(format)) return {};
  if (format.type !== 'json_schema') throw new RequestProblem('output_config.format.type', "must be 'json_schema'.");
  return {
    response_format: { type: 'json_schema', json_schema: { name: 'output', strict: true, schema: format.schema } },
  };
}

/** A last message of the assistant is to be continued; vLLM wants that said, the others do it by themselves. */
function continuation(messages: readonly JsonObject[], { engine }: CatalogEntry): JsonObject {
  const last = messages.at(-1);
  if (engine.kind !== 'vllm' || last?.role !== 'assistant' || last.tool_calls !== undefined) return {};
  return { add_generation_prompt: false, continue_final_message: true };
}

import type { CatalogEntry } from '../../../core/catalog';
import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import { effortMembers } from '../effort';
import { isAbsent, objectAt, RequestProblem, stringAt } from '../request-problem';
import { withOneSystemMessage } from '../system-messages';
import { chatMessages } from './request-items';
import { chatTools } from './request-tools';

/** Need a server that remembers or works on alone. `store` itself is true by default, so it is no wish for it. */
const stateful: Readonly<Record<string, string>> = {
  previous_response_id: 'this engine keeps no earlier responses. Send the whole conversation as input.',
  conversation: 'this engine keeps no conversations. Send the whole conversation as input.',
  prompt: 'this engine keeps no prompt templates. Send the prompt as instructions and input.',
};

const sameNames = ['temperature', 'top_p'] as const;

/**
 * A request of the Responses API as a chat request in OpenAI's form. Left out, since nothing of an answer depends on
 * them here: `store`, `metadata`, `include`, `truncation`, `service_tier`, `user`, prompt cache keys and the like.
 *
 * @throws RequestProblem naming a member that has no counterpart
 */
export function chatRequest(request: JsonObject, entry: CatalogEntry): JsonObject {
  for (const [name, why] of Object.entries(stateful)) {
    if (!isAbsent(request[name])) throw new RequestProblem(name, why);
  }
  if (request.background === true) throw new RequestProblem('background', 'this engine answers at once or not at all.');
  const same = sameNames.flatMap((name) => (isAbsent(request[name]) ? [] : [[name, request[name]] as const]));
  const { max_output_tokens: limit, reasoning } = request;
  return {
    messages: withOneSystemMessage(chatMessages(request)),
    ...Object.fromEntries(same),
    ...(!isAbsent(limit) && { max_tokens: limit }),
    ...chatTools(request),
    ...formatMembers(request.text),
    ...effortMembers(entry, effortOf(reasoning)),
  };
}

function effortOf(reasoning: unknown): string | undefined {
  const effort = isJsonObject(reasoning) ? reasoning.effort : undefined;
  return isAbsent(effort) ? undefined : stringAt(effort, 'reasoning.effort');
}

/** `text.format`; the chat API has its schema one level deeper. */
function formatMembers(text: unknown): JsonObject {
  const given = isJsonObject(text) ? text.format : undefined;
  if (isAbsent(given)) return {};
  const format = objectAt(given, 'text.format');
  if (format.type === 'text') return {};
  if (format.type === 'json_object') return { response_format: { type: 'json_object' } };
  if (format.type !== 'json_schema') {
    throw new RequestProblem('text.format.type', "must be 'text', 'json_object' or 'json_schema'.");
  }
  const { name, schema, strict, description } = format;
  return {
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: isAbsent(name) ? 'output' : name,
        schema,
        ...(!isAbsent(strict) && { strict }),
        ...(!isAbsent(description) && { description }),
      },
    },
  };
}

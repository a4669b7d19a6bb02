import type { CatalogEntry } from '../../../core/catalog';
import type { InferenceBody } from '../../inference-body';
import { isJsonObject } from '../../repairs/json-object';
import { RequestMembers } from '../../repairs/request-members';
import type { Dialect, Translation } from '../dialect';
import { isNativeSince, type NativeSince } from '../native-since';
import { translating } from '../request-problem';
import { chatRequest } from './chat-request';
import { responseErrors } from './response-errors';
import { ResponseStream } from './response-stream';
import { responseStreams, responseUsage } from './response-streams';
import { toolOrigins } from './tool-origins';
import { wholeResponse } from './whole-response';

/**
 * Engines that speak the Responses API well: Ollama, stateless, since 0.13.3, and LM Studio, with state, since 0.3.29
 * (it tells no version). llama.cpp's is partial, its events lack the numbers that OpenAI's SDK needs; vLLM's tells tool
 * calls of most models wrongly, while its chat API has a parser for each.
 */
const nativeSince: NativeSince = { ollama: '0.13.3', lmstudio: 'any' };

/** `POST /v1/responses` (https://platform.openai.com/docs/api-reference/responses/create). */
export const openAiResponses: Dialect = {
  errors: responseErrors,
  streams: responseStreams,
  streamsByDefault: false,
  nativePath: (entry, body) =>
    isNativeSince(entry, nativeSince) && !isBetterTranslated(entry, body) ? '/v1/responses' : undefined,
  usage: responseUsage,
  translate: (body, { entry, requestId, receivedAt }) =>
    translating(body, (request) => {
      const facts = { requestId, receivedAt, model: entry.model.id, request, origins: toolOrigins(request) };
      const translation = {
        route: '/v1/chat/completions',
        request: chatRequest(request, entry),
        stream: () => new ResponseStream(facts),
        whole: (answer) => wholeResponse(answer, facts),
      } satisfies Translation;
      return { ok: true, translation };
    }),
};

/** Requests that these engines treat worse in this API than in their chat API. State is theirs alone. */
function isBetterTranslated({ engine }: CatalogEntry, body: InferenceBody): boolean {
  const members = new RequestMembers(body);
  if (members.has('previous_response_id')) return false;
  if (refusesTools(members)) return true;
  return engine.kind === 'lmstudio' ? ignoresFormat(members) : engine.kind === 'ollama' && ignoresChoice(members);
}

/** Ollama reads no `tool_choice` (openai/responses.go); of a chat request the repairs make what can be made of it. */
function ignoresChoice(members: RequestMembers): boolean {
  const choice = members.has('tool_choice') ? members.value('tool_choice') : undefined;
  return choice === 'none' || choice === 'required' || isJsonObject(choice);
}

/** Codex sends its tools in namespaces, which no engine is known to take (ollama 17618, lmstudio-bug-tracker 1810). */
function refusesTools(members: RequestMembers): boolean {
  if (!members.includes('tools', '"namespace"') && !members.includes('tools', '"custom"')) return false;
  const tools = members.value('tools');
  const types = Array.isArray(tools) ? tools.map((tool: unknown) => (isJsonObject(tool) ? tool.type : undefined)) : [];
  return types.includes('namespace') || types.includes('custom');
}

/** LM Studio honours a JSON schema in its chat API only (lmstudio-bug-tracker 2403). */
function ignoresFormat(members: RequestMembers): boolean {
  const text = members.value('text');
  return isJsonObject(text) && isJsonObject(text.format) && text.format.type !== 'text';
}

import type { EngineKind } from '../../../core/engine';
import { openAiError, type OpenAiError } from '../../openai-error';
import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import { pictureUrl } from './pictures';

export type OpenAiMessages =
  { readonly ok: true; readonly messages: readonly JsonObject[] } | { readonly ok: false; readonly error: OpenAiError };

/** A tool call without its answer so far. */
interface OpenCall {
  readonly id: string;
  readonly name: unknown;
}

/**
 * Ollama's messages in OpenAI's form. Pictures become parts, arguments text, and tool answers get the id of their call:
 * Ollama tells them apart by name or by order only.
 */
export function openAiMessages(messages: readonly unknown[], kind: EngineKind, idSeed: string): OpenAiMessages {
  const open: OpenCall[] = [];
  let calls = 0;
  const translated: JsonObject[] = [];
  for (const message of messages) {
    if (!isJsonObject(message) || typeof message.role !== 'string') return refuse('every message needs a role');
    const { content = '' } = message;
    if (typeof content !== 'string' && content !== null) return refuse('the content of a message must be a string');
    const text = content ?? '';
    const role = message.role.toLowerCase();
    const pictures = Array.isArray(message.images) ? message.images.map(pictureUrl) : [];
    if (pictures.includes(undefined)) return refuse('an image is not base64 of a PNG, JPEG, GIF, WebP or BMP picture');
    const next: Record<string, unknown> = { role, content: pictures.length === 0 ? text : parts(text, pictures) };
    if (role === 'assistant') {
      if (Array.isArray(message.tool_calls) && message.tool_calls.length > 0) {
        next.tool_calls = message.tool_calls.filter(isJsonObject).map((call) => {
          const told = toolCall(call, `call_${idSeed}_${calls++}`);
          open.push({ id: told.id, name: told.function.name });
          return told;
        });
      }
      // The chat templates of models that think between tool calls read it back
      const isRead = kind === 'llamacpp' || kind === 'vllm';
      if (isRead && typeof message.thinking === 'string') next.reasoning_content = message.thinking;
    }
    if (role === 'tool') next.tool_call_id = answeredCall(open, message) ?? `call_${idSeed}_${calls++}`;
    translated.push(next);
  }
  return { ok: true, messages: translated };
}

/** Text with pictures, as parts. */
export function parts(text: string, pictureUrls: readonly unknown[]): readonly JsonObject[] {
  return [
    ...(text === '' ? [] : [{ type: 'text', text }]),
    ...pictureUrls.map((url) => ({ type: 'image_url', image_url: { url } })),
  ];
}

function toolCall({ id, function: called }: JsonObject, freshId: string) {
  const { name, arguments: given } = isJsonObject(called) ? called : {};
  const text = typeof given === 'string' ? given : JSON.stringify(given ?? {});
  return {
    id: typeof id === 'string' && id !== '' ? id : freshId,
    type: 'function',
    function: { name, arguments: text },
  };
}

/** The id of the call a tool message answers, which is then no longer open. */
function answeredCall(open: OpenCall[], { tool_call_id: id, tool_name: name }: JsonObject): string | undefined {
  const byId = open.findIndex((call) => call.id === id);
  const byName = open.findIndex((call) => call.name === name);
  const at = byId !== -1 ? byId : byName !== -1 ? byName : 0;
  const [answered] = open.splice(at, 1);
  return answered?.id ?? (typeof id === 'string' && id !== '' ? id : undefined);
}

function refuse(what: string): { ok: false; error: OpenAiError } {
  return { ok: false, error: openAiError('invalid_request', `invalid messages: ${what}`, 'messages') };
}

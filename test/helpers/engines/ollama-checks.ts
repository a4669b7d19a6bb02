import { hasLateSystem } from './late-system';
import { goTypeError } from './ollama-wire';
import { isObject, mediaParts, type JsonObject } from './openai-request';

/** What Ollama's OpenAI middleware refuses before it asks for a model. Undefined: nothing. */
export function chatProblem(body: JsonObject): string | undefined {
  const type = goTypeError('ChatCompletionRequest', body, {
    temperature: ['number', 'float64'],
    messages: ['array', '[]openai.Message'],
  });
  if (type !== undefined) return type;
  const messages = Array.isArray(body['messages']) ? (body['messages'] as unknown[]) : [];
  if (messages.length === 0) return "[] is too short - 'messages'";
  if (hasLateSystem(body)) return 'system message must be at the beginning';
  return messages.map(messageProblem).find((problem) => problem !== undefined) ?? effortProblem(body);
}

export function completionProblem(body: JsonObject): string | undefined {
  return goTypeError('CompletionRequest', body, { prompt: ['string', 'string'] });
}

/** `/v1/messages`: Anthropic's own required members. */
export function messagesProblem(body: JsonObject): string | undefined {
  if (typeof body['max_tokens'] !== 'number') return 'max_tokens is required and must be positive';
  const isEmpty = !Array.isArray(body['messages']) || body['messages'].length === 0;
  return isEmpty ? 'messages is required' : chatProblem({ ...body, reasoning_effort: undefined });
}

/** The words of the llama-server that runs the model, which Ollama passes on whole. */
export function imageProblem(body: JsonObject, capabilities: readonly string[]): string | undefined {
  if (capabilities.includes('vision') || mediaParts(body['messages']).length === 0) return undefined;
  const message = 'Multimodal data provided, but model does not support multimodal requests.';
  return JSON.stringify({ error: { code: 400, message, type: 'invalid_request_error' } });
}

function messageProblem(message: unknown): string | undefined {
  if (!isObject(message)) return undefined;
  const { content, tool_calls: calls } = message;
  const hasCalls = Array.isArray(calls) && calls.length > 0;
  if (content === null && !hasCalls) return 'invalid message content type: <nil>';
  if (typeof content === 'number') return 'invalid message content type: float64';
  const isRemoteImage = mediaParts([message]).some((part) =>
    /"url":"https?:/.test(JSON.stringify(part['image_url'] ?? '')),
  );
  if (isRemoteImage) return 'image URLs are not currently supported, please use base64 encoded data instead';
  return hasCalls && !(calls as unknown[]).every(hasReadableArguments) ? 'invalid tool call arguments' : undefined;
}

function hasReadableArguments(call: unknown): boolean {
  const text = isObject(call) && isObject(call['function']) ? call['function']['arguments'] : undefined;
  if (typeof text !== 'string') return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const efforts = ['minimal', 'low', 'medium', 'high', 'xhigh', 'ultra', 'max', 'none'];

function effortProblem({ reasoning_effort: effort }: JsonObject): string | undefined {
  if (typeof effort !== 'string' || efforts.includes(effort)) return undefined;
  const [last, ...others] = efforts.toReversed().map((one) => `"${one}"`);
  return `invalid reasoning value: "${effort}" (must be ${others.toReversed().join(', ')}, or ${last ?? ''})`;
}

import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import { tokenCount } from '../chat-parts';
import { isAbsent } from '../request-problem';
import { toldTools } from './request-tools';
import { customText, type ToolOrigin, type ToolOrigins } from './tool-origins';

/** What an answer needs besides the engine's words. */
export interface ResponseFacts {
  readonly requestId: string;
  /** Named when the engine does not name its model. */
  readonly model: string;
  /** Epoch ms. */
  readonly receivedAt: number;
  /** Much of it is told back. */
  readonly request: JsonObject;
  readonly origins: ToolOrigins;
}

/** Ids of a response and of its items. */
export function idOf(prefix: 'resp' | 'msg' | 'rs' | 'fc' | 'call', { requestId }: ResponseFacts, at?: number): string {
  return `${prefix}_${requestId.replace(/^req_/, '')}${at ?? ''}`;
}

/** The `response` object (https://platform.openai.com/docs/api-reference/responses/object). Nothing is stored, and it says so. */
export function responseObject(facts: ResponseFacts, answer: JsonObject, result: JsonObject): JsonObject {
  const { request } = facts;
  return {
    id: idOf('resp', facts),
    object: 'response',
    created_at: Math.floor(facts.receivedAt / 1000),
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    metadata: request.metadata ?? {},
    model: typeof answer.model === 'string' && answer.model !== '' ? answer.model : facts.model,
    output: [],
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: request.reasoning ?? { effort: null, summary: null },
    store: false,
    temperature: request.temperature ?? null,
    text: request.text ?? { format: { type: 'text' } },
    tool_choice: request.tool_choice ?? 'auto',
    tools: toldTools(request),
    top_p: request.top_p ?? null,
    truncation: 'disabled',
    usage: null,
    user: request.user ?? null,
    ...result,
  };
}

/** Members of a response that has ended. */
export function ended(finishReason: unknown, output: readonly JsonObject[], usage: unknown): JsonObject {
  const why = typeof finishReason === 'string' ? incompleteReasons[finishReason] : undefined;
  return {
    status: why === undefined ? 'completed' : 'incomplete',
    incomplete_details: why === undefined ? null : { reason: why },
    output,
    output_text: outputText(output),
    usage: usageOf(usage),
  };
}

const incompleteReasons: Readonly<Record<string, string | undefined>> = {
  length: 'max_output_tokens',
  content_filter: 'content_filter',
};

export function messageItem(id: string, text: string, status = 'completed'): JsonObject {
  return { id, type: 'message', role: 'assistant', status, content: [textPart(text)] };
}

export function textPart(text: string): JsonObject {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

export function reasoningItem(id: string, text: string): JsonObject {
  return { id, type: 'reasoning', status: 'completed', summary: [], content: [reasoningPart(text)] };
}

export function reasoningPart(text: string): JsonObject {
  return { type: 'reasoning_text', text };
}

/** A call in the form that belongs to its tool: `name` and `text` are the model's. */
export function callItem(
  { id, callId, name, text, origin }: Call,
  status: 'in_progress' | 'completed' = 'completed',
): JsonObject {
  const shared = { id, status, call_id: callId, name: origin?.name ?? name };
  const place = origin?.namespace === undefined ? {} : { namespace: origin.namespace };
  if (origin?.type === 'custom') return { ...shared, type: 'custom_tool_call', ...place, input: customText(text) };
  return { ...shared, type: 'function_call', ...place, arguments: text };
}

export interface Call {
  readonly id: string;
  readonly callId: string;
  readonly name: string;
  /** Arguments as the model wrote them. */
  readonly text: string;
  readonly origin: ToolOrigin | undefined;
}

function outputText(output: readonly JsonObject[]): string {
  const parts = output.flatMap(({ type, content }): readonly unknown[] =>
    type === 'message' && Array.isArray(content) ? content : [],
  );
  return parts.map((part) => (isJsonObject(part) && typeof part.text === 'string' ? part.text : '')).join('');
}

function usageOf(usage: unknown): JsonObject | null {
  if (isAbsent(usage) || !isJsonObject(usage)) return null;
  const { prompt_tokens_details: input, completion_tokens_details: output } = usage;
  const tokensIn = tokenCount(usage.prompt_tokens);
  const tokensOut = tokenCount(usage.completion_tokens);
  return {
    input_tokens: tokensIn,
    input_tokens_details: { cached_tokens: isJsonObject(input) ? tokenCount(input.cached_tokens) : 0 },
    output_tokens: tokensOut,
    output_tokens_details: { reasoning_tokens: isJsonObject(output) ? tokenCount(output.reasoning_tokens) : 0 },
    total_tokens: tokensIn + tokensOut,
  };
}

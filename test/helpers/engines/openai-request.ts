import type { Prompt } from './reply';

/** A parsed request body: any JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of a message's content: a string, or its text parts. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('');
}

/** Every part of the messages' contents that is no text. */
export function mediaParts(messages: unknown): JsonObject[] {
  const list: unknown[] = Array.isArray(messages) ? messages : [];
  return list
    .flatMap((message): unknown[] => {
      const content = isObject(message) ? message['content'] : undefined;
      return Array.isArray(content) ? content : [];
    })
    .filter(isObject)
    .filter((part) => part['type'] !== 'text');
}

/** A field as text, `''` when it is none. */
export function textField(body: JsonObject, field: string): string {
  const value = body[field];
  return typeof value === 'string' ? value : '';
}

/** What the echo reply quotes: the last user message; all of `messages` counts as prompt. */
export function chatPrompt(body: JsonObject, limitFields: readonly string[]): Prompt {
  const messages = Array.isArray(body['messages']) ? (body['messages'] as unknown[]).filter(isObject) : [];
  const last = messages.findLast((message) => message['role'] === 'user') ?? messages.at(-1);
  return withLimit({ text: contentText(last?.['content']) }, body, limitFields);
}

export function completionPrompt(body: JsonObject, limitFields: readonly string[]): Prompt {
  const prompt = body['prompt'];
  const text = typeof prompt === 'string' ? prompt : Array.isArray(prompt) ? prompt.map(String).join(' ') : '';
  return withLimit({ text }, body, limitFields);
}

/** Input of `/v1/responses`: a text or messages. */
export function responsesPrompt(body: JsonObject): Prompt {
  const { input } = body;
  if (typeof input === 'string') return withLimit({ text: input }, body, ['max_output_tokens']);
  return withLimit(chatPrompt({ messages: input }, []), body, ['max_output_tokens']);
}

/** Where in `tools` the first is that no engine's own `/v1/responses` takes: of a namespace, or with free text. */
export function strangeTool({ tools }: JsonObject): number | undefined {
  const list: readonly unknown[] = Array.isArray(tools) ? tools : [];
  const at = list.findIndex((tool) => isObject(tool) && (tool['type'] === 'namespace' || tool['type'] === 'custom'));
  return at === -1 ? undefined : at;
}

/** Whether the request asked for a stream. */
export function wantsStream(body: JsonObject): boolean {
  return body['stream'] === true;
}

/** Whether a stream shall end with a usage chunk. */
export function wantsUsage(body: JsonObject): boolean {
  const options = body['stream_options'];
  return isObject(options) && options['include_usage'] === true;
}

function withLimit(prompt: { text: string }, body: JsonObject, fields: readonly string[]): Prompt {
  for (const field of fields) {
    const value = body[field];
    if (typeof value === 'number') return { ...prompt, maxTokens: value };
  }
  return prompt;
}

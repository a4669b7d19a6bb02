import type { ChatMessage, ChatPart } from './chat-message';

/** Messages of OpenAI's chat completions (https://platform.openai.com/docs/api-reference/chat/create). */
export type OpenAiMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string | readonly OpenAiContent[]; readonly name?: string }
  | {
      readonly role: 'assistant';
      readonly content: string | null;
      readonly name?: string;
      readonly tool_calls?: readonly OpenAiToolCall[];
    }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

export type OpenAiContent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

export interface OpenAiToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

/** OpenAI refuses other names; a refused name would refuse the whole chat. */
const usableName = /^[\w-]{1,64}$/;

/**
 * VS Code's chat in OpenAI's form. Tool results, which VS Code puts into user messages, become messages of their own
 * right after the calls they answer. Messages with nothing in them are left out: several engines refuse them.
 */
export function toOpenAiMessages(messages: readonly ChatMessage[]): readonly OpenAiMessage[] {
  return messages.flatMap((message) => {
    switch (message.role) {
      case 'system':
        return systemMessage(message);
      case 'assistant':
        return assistantMessage(message);
      case 'user':
        return userMessages(message);
    }
  });
}

function systemMessage({ parts }: ChatMessage): OpenAiMessage[] {
  const content = textOf(parts, '\n');
  return content === '' ? [] : [{ role: 'system', content }];
}

function assistantMessage({ parts, name }: ChatMessage): OpenAiMessage[] {
  // Pieces of one streamed answer: nothing belongs between them.
  const content = textOf(parts, '');
  const calls = parts.flatMap((part): OpenAiToolCall[] =>
    part.kind === 'tool-call'
      ? [{ id: part.id, type: 'function', function: { name: part.name, arguments: JSON.stringify(part.input) } }]
      : [],
  );
  if (content === '' && calls.length === 0) return [];
  return [
    {
      role: 'assistant',
      content: content === '' ? null : content,
      ...named(name),
      ...(calls.length > 0 && { tool_calls: calls }),
    },
  ];
}

function userMessages({ parts, name }: ChatMessage): OpenAiMessage[] {
  const results = parts.filter((part) => part.kind === 'tool-result');
  const answers = results.map((result): OpenAiMessage => ({
    role: 'tool',
    tool_call_id: result.id,
    content: textOf(result.content, '\n'),
  }));
  // Tool messages hold text only; what a tool shows follows them as if the user had attached it.
  const shown = results.flatMap((result) => result.content.filter((part) => part.kind === 'image'));
  const content = userContent([...shown, ...parts]);
  return content === undefined ? answers : [...answers, { role: 'user', content, ...named(name) }];
}

function userContent(parts: readonly ChatPart[]): string | readonly OpenAiContent[] | undefined {
  const content = parts.flatMap((part): OpenAiContent[] => {
    if (part.kind === 'image') return [{ type: 'image_url', image_url: { url: dataUri(part.mimeType, part.data) } }];
    return part.kind === 'text' && part.text !== '' ? [{ type: 'text', text: part.text }] : [];
  });
  if (content.length === 0) return undefined;
  // Plain text where there is no image: every engine's chat template takes it.
  return content.some(({ type }) => type === 'image_url') ? content : textOf(parts, '\n');
}

function textOf(parts: readonly ChatPart[], between: string): string {
  return parts.flatMap((part) => (part.kind === 'text' && part.text !== '' ? [part.text] : [])).join(between);
}

/** RFC 2397. */
function dataUri(mimeType: string, data: Uint8Array): string {
  return `data:${mimeType};base64,${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}`;
}

function named(name: string | undefined): { readonly name?: string } {
  return name !== undefined && usableName.test(name) ? { name } : {};
}

import { isJsonObject, type JsonObject } from '../repairs/json-object';

/**
 * Chat messages with one system message at most, and that first. Chat templates refuse any other («System message must be
 * at the beginning», Qwen3.5 and later: llama.cpp 20733, ollama 17774), while agents send several: Claude Code says what it
 * can do after the user's first words (since 2.1.154), Codex opens with two developer messages.
 *
 * Those before the first answer are joined; they stay the same as the conversation grows, and with them the engine's
 * prompt cache. A later one is put at the end of what the model reads before it, marked as a reminder, where it changes
 * nothing of the prompt before.
 */
export function withOneSystemMessage(messages: readonly JsonObject[]): readonly JsonObject[] {
  if (!messages.some((message, at) => at > 0 && isSystem(message))) return messages;
  const firstAnswer = messages.findIndex(({ role }) => role === 'assistant');
  const start = firstAnswer === -1 ? messages : messages.slice(0, firstAnswer);
  const texts = start.filter(isSystem).map(textOf).filter(Boolean);
  const chat: JsonObject[] = texts.length === 0 ? [] : [{ role: 'system', content: texts.join('\n\n') }];
  chat.push(...start.filter((message) => !isSystem(message)));
  for (const message of messages.slice(start.length)) {
    if (!isSystem(message)) chat.push(message);
    else remind(chat, textOf(message));
  }
  return chat;
}

function remind(chat: JsonObject[], text: string): void {
  const reminder = `<system-reminder>\n${text}\n</system-reminder>`;
  const last = chat.at(-1);
  if (last === undefined || last.role === 'assistant') chat.push({ role: 'user', content: reminder });
  else chat[chat.length - 1] = { ...last, content: withText(last.content, reminder) };
}

function withText(content: unknown, text: string): unknown {
  if (Array.isArray(content)) return [...(content as readonly unknown[]), { type: 'text', text }];
  return typeof content === 'string' && content !== '' ? `${content}\n\n${text}` : text;
}

function isSystem({ role }: JsonObject): boolean {
  return role === 'system';
}

/** Of the parts of a content, those of text: a message of the system has no others. */
function textOf({ content }: JsonObject): string {
  if (!Array.isArray(content)) return typeof content === 'string' ? content : '';
  const parts = content as readonly unknown[];
  return parts.flatMap((part) => (isJsonObject(part) && typeof part.text === 'string' ? [part.text] : [])).join('\n\n');
}

/** Whether a list of messages has one of the system, wherever it stands. */
export function hasSystemMessage(messages: unknown): boolean {
  return Array.isArray(messages) && messages.some((message) => isJsonObject(message) && isSystem(message));
}

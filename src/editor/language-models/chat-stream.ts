import { ChatError, readChatError } from './chat-error';
import type { ChatEvent, ChatUsage } from './chat-message';
import { ToolCalls } from './tool-calls';

/**
 * Reads the events of a streamed chat completion. Text is told at once, tool calls when their choice has finished.
 * Reasoning is dropped: VS Code's part for it is a proposed API that published extensions may not use.
 */
export class ChatStream {
  readonly #emit: (event: ChatEvent) => void;
  readonly #toolCalls: ToolCalls;
  #hasFinished = false;
  #isDone = false;

  constructor(emit: (event: ChatEvent) => void, newId: () => string) {
    this.#emit = emit;
    this.#toolCalls = new ToolCalls(newId);
  }

  /** The data of one event. Throws ChatError for an error event; what is no JSON object is passed over. */
  push(data: string): void {
    if (data.trim() === '[DONE]') {
      this.#isDone = true;
      return;
    }
    let event: unknown;
    try {
      event = JSON.parse(data);
    } catch {
      return;
    }
    const error = readChatError(event, undefined);
    if (error !== undefined) throw error;
    if (typeof event === 'object' && event !== null) this.#read(event as Record<string, unknown>);
  }

  /** After the last byte. Throws ChatError when the answer was cut off, so that half an answer is not taken for a whole. */
  end(): void {
    if (!this.#hasFinished && !this.#isDone) {
      throw new ChatError('other', "The model's answer broke off before its end.", 'engine_stream_broken');
    }
    // Engines that end with [DONE] only.
    this.#flushCalls();
  }

  #read(event: Record<string, unknown>): void {
    const choice = Array.isArray(event.choices) ? (event.choices[0] as unknown) : undefined;
    if (typeof choice === 'object' && choice !== null) this.#readChoice(choice as Record<string, unknown>);
    const usage = readUsage(event.usage);
    if (usage !== undefined) this.#emit({ kind: 'usage', usage });
  }

  #readChoice(choice: Record<string, unknown>): void {
    // `message`: an engine that answers in one piece although a stream was asked for.
    const delta = (choice.delta ?? choice.message) as Record<string, unknown> | null | undefined;
    const text = delta?.content;
    if (typeof text === 'string' && text !== '') this.#emit({ kind: 'text', text });
    this.#toolCalls.push(delta?.tool_calls);
    if (typeof choice.finish_reason === 'string') {
      this.#hasFinished = true;
      this.#flushCalls();
    }
  }

  #flushCalls(): void {
    for (const call of this.#toolCalls.take()) this.#emit({ kind: 'tool-call', ...call });
  }
}

function readUsage(value: unknown): ChatUsage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { prompt_tokens: prompt, completion_tokens: completion } = value as Record<string, unknown>;
  if (!isCount(prompt) || !isCount(completion)) return undefined;
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

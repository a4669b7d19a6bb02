import { readEngineError } from './engine-error';
import { readUsage, type Usage } from './usage';

/** How a stream of chat or completion chunks ended, or stands so far. */
export interface StreamState {
  /** `[DONE]` was seen. */
  readonly isDone: boolean;
  /** A choice had a finish reason. */
  readonly hasFinished: boolean;
  /** The engine sent an error of its own as an event: the client has been told. */
  readonly hasError: boolean;
  /** Text of an error told in a way clients do not read (llama-server before September 2025: `error: {…}`). */
  readonly hiddenError: string | undefined;
}

/** Counts what the events of a stream say: tokens, first token, how it ended. */
export class StreamTally implements StreamState {
  isDone = false;
  hasFinished = false;
  hasError = false;
  hiddenError: string | undefined;
  usage: Usage | undefined;
  /** Events that carried text, reasoning or tool calls: about one per token. */
  contentEvents = 0;

  done(): void {
    this.isDone = true;
  }

  /** A line of an event that is no data. */
  otherField(name: string, value: string): void {
    if (name === 'error') this.hiddenError = readEngineError(value)?.message ?? '';
  }

  /** The parsed data of one event; anything but an object is passed over. */
  event(event: unknown): void {
    if (!isRecord(event)) return;
    if (isRecord(event.error) || typeof event.error === 'string') this.hasError = true;
    if (event.usage !== undefined) this.usage = readUsage(event.usage) ?? this.usage;
    if (!Array.isArray(event.choices)) {
      this.#nativePiece(event);
      return;
    }
    let hasContent = false;
    for (const choice of event.choices as unknown[]) {
      if (!isRecord(choice)) continue;
      if (typeof choice.finish_reason === 'string') this.hasFinished = true;
      hasContent ||= isText(choice.text) || (isRecord(choice.delta) && carriesContent(choice.delta));
    }
    if (hasContent) this.contentEvents++;
  }

  /** llama-server's own form, in which `/infill` answers: the last piece says `stop` and the counts. */
  #nativePiece({ content, stop, tokens_evaluated, tokens_predicted }: Readonly<Record<string, unknown>>): void {
    if (typeof stop !== 'boolean') return;
    if (isText(content)) this.contentEvents++;
    if (!stop) return;
    this.hasFinished = true;
    this.usage = readUsage({ prompt_tokens: tokens_evaluated, completion_tokens: tokens_predicted }) ?? this.usage;
  }
}

function carriesContent(delta: Readonly<Record<string, unknown>>): boolean {
  return (
    isText(delta.content) ||
    isText(delta.reasoning_content) ||
    isText(delta.reasoning) ||
    (Array.isArray(delta.tool_calls) && delta.tool_calls.length > 0)
  );
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import type { Answer, AnswerContext } from './answer';
import { AnswerJoiner } from './answer-joiner';
import { isJsonObject, type JsonObject } from './repairs/json-object';
import { SseEvents } from './sse-events';
import type { UpstreamFailure } from './upstream-failure';

/** Longer answers are given up: nobody asks for so much in one piece. */
const maxStreamBytes = 256 * 1024 * 1024;

/**
 * A stream of the engine for a client that wants a whole answer: joined, and then treated as if the engine had sent it
 * whole. An error inside the stream becomes the answer, so it gets a proper status; a stream that breaks off is an error.
 */
export class JoinedAnswer implements Answer {
  readonly #context: AnswerContext;
  readonly #whole: Answer;
  readonly #joiner = new AnswerJoiner();
  readonly #events = new SseEvents(
    (data) => this.#take(data),
    (_field, value) => this.#take(value), // llama-server's old `error: {…}`
  );
  #bytes = 0;
  #error: JsonObject | undefined;
  #isDone = false;

  /** @param whole takes the joined answer */
  constructor(context: AnswerContext, whole: Answer) {
    this.#context = context;
    this.#whole = whole;
  }

  chunk(bytes: Buffer): void {
    const { exchange } = this.#context;
    exchange.firstTokenMs ??= exchange.elapsedMs;
    this.#bytes += bytes.length;
    const isTooMuch = this.#bytes > maxStreamBytes;
    if (!isTooMuch) this.#events.push(bytes);
    if (!isTooMuch && !this.#events.hasSkipped) return;
    this.#context.abort();
    this.#whole.failed(isTooMuch ? this.#broken('sent more than FLM puts together into one answer') : this.#gap());
  }

  end(): void {
    this.#events.end();
    if (this.#events.hasSkipped) {
      this.#whole.failed(this.#gap());
      return;
    }
    if (this.#error === undefined && !this.#isDone && !this.#joiner.isComplete) {
      this.#context.sign('reset');
      this.#whole.failed(this.#broken('ended its answer before it was complete'));
      return;
    }
    this.#whole.chunk(Buffer.from(JSON.stringify(this.#error ?? this.#joiner.answer())));
    this.#whole.end();
  }

  failed(failure: UpstreamFailure): void {
    if (this.#error !== undefined || this.#isDone) this.end();
    else if (failure.isReset) this.#whole.failed(this.#broken('broke off in the middle of its answer'));
    else this.#whole.failed(failure);
  }

  shutdown(): void {
    this.#whole.shutdown();
  }

  #take(data: string): void {
    if (data === '[DONE]') {
      this.#isDone = true;
      return;
    }
    const chunk = parse(data);
    if (chunk === undefined) return;
    if (isError(chunk)) this.#error ??= 'error' in chunk ? chunk : { error: chunk };
    else this.#joiner.add(chunk);
  }

  /** An event that could not be read would be missing in the middle of the answer. */
  #gap(): UpstreamFailure {
    const message = `The engine ${this.#context.engine} sent an event of more than 1 MiB, too large to be put together.`;
    return { code: 'engine_error', message, sign: undefined, isReset: false };
  }

  #broken(what: string): UpstreamFailure {
    const message = `The engine ${this.#context.engine} ${what}.`;
    return { code: 'engine_stream_broken', message, sign: undefined, isReset: false };
  }
}

function isError(chunk: JsonObject): boolean {
  return !('choices' in chunk) && ('error' in chunk || 'message' in chunk);
}

function parse(data: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

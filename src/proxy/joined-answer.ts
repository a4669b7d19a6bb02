import { isUtf8 } from 'node:buffer';
import type { Answer, AnswerContext } from './answer';
import { AnswerJoiner } from './answer-joiner';
import { isDoneMark, isGap, parseData, readBlock, unreadable, type ParsedData } from './event-block';
import { isJsonObject, type JsonObject } from './repairs/json-object';
import { SseBlocks, type BlockSink } from './repairs/sse-blocks';
import type { UpstreamFailure } from './upstream-failure';

/** Longer answers are given up: nobody asks for so much in one piece. */
const maxStreamBytes = 256 * 1024 * 1024;

/**
 * A stream of the engine for a client that wants a whole answer: joined, and then treated as if the engine had sent it
 * whole. An error inside the stream becomes the answer, so it gets a proper status; a stream that breaks off is an error,
 * and so is an event that cannot be read: it would be missing in the middle of the answer ({@link isGap}).
 */
export class JoinedAnswer implements Answer, BlockSink {
  readonly #context: AnswerContext;
  readonly #whole: Answer;
  readonly #joiner = new AnswerJoiner();
  readonly #blocks = new SseBlocks(this);
  #bytes = 0;
  #error: JsonObject | undefined;
  #isDone = false;
  /** What the engine sent that cannot be joined. */
  #gap: string | undefined;
  #hasFailed = false;

  /** @param whole takes the joined answer */
  constructor(context: AnswerContext, whole: Answer) {
    this.#context = context;
    this.#whole = whole;
  }

  chunk(bytes: Buffer): void {
    if (this.#hasFailed) return;
    const { exchange } = this.#context;
    exchange.firstTokenMs ??= exchange.elapsedMs;
    this.#bytes += bytes.length;
    const isTooMuch = this.#bytes > maxStreamBytes;
    if (!isTooMuch) this.#blocks.push(bytes);
    if (!isTooMuch && this.#gap === undefined) return;
    this.#context.abort();
    this.#fail(isTooMuch ? this.#broken('sent more than FLM puts together into one answer') : this.#lost());
  }

  end(): void {
    if (this.#hasFailed) return;
    this.#blocks.end();
    if (this.#gap !== undefined) {
      this.#fail(this.#lost());
      return;
    }
    if (this.#error === undefined && !this.#isDone && !this.#joiner.isComplete) {
      this.#context.sign('reset');
      this.#fail(this.#broken('ended its answer before it was complete'));
      return;
    }
    this.#whole.chunk(Buffer.from(JSON.stringify(this.#error ?? this.#joiner.answer())));
    this.#whole.end();
  }

  failed(failure: UpstreamFailure): void {
    if (this.#hasFailed) return;
    if (this.#error !== undefined || this.#isDone) this.end();
    else if (failure.isReset) this.#fail(this.#broken('broke off in the middle of its answer'));
    else this.#fail(failure);
  }

  shutdown(): void {
    this.#whole.shutdown();
  }

  block(bytes: Buffer): void {
    if (this.#isDone || this.#gap !== undefined) return;
    const block = readBlock(bytes);
    const { data, error, isOpen } = block;
    if (error !== undefined) this.#take(parseData(error)); // llama-server's old `error: {…}`
    if (isDoneMark(data)) {
      this.#isDone = true;
      return;
    }
    const parsed = isUtf8(bytes) ? parseData(data) : unreadable;
    // Cut by the end of the stream: whether the answer is whole without it shows in what came before
    if (isGap(block, parsed) && !isOpen) this.#gap = 'that is not valid JSON in UTF-8';
    else this.#take(parsed);
  }

  spill(): void {
    if (!this.#isDone) this.#gap ??= 'of more than 1 MiB, too large to be put together';
  }

  lateLf(): void {
    // The end of a line that has been read
  }

  #take(chunk: ParsedData): void {
    if (!isJsonObject(chunk)) return;
    if (isError(chunk)) this.#error ??= 'error' in chunk ? chunk : { error: chunk };
    else this.#joiner.add(chunk);
  }

  #fail(failure: UpstreamFailure): void {
    this.#hasFailed = true;
    this.#whole.failed(failure);
  }

  #lost(): UpstreamFailure {
    const message = `The engine ${this.#context.engine} sent an event ${String(this.#gap)}, so a part of its answer is missing.`;
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

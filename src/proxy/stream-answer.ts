import type { ErrorCode } from '../core/errors';
import type { Answer, AnswerContext } from './answer';
import { errorEvent, openAiError } from './openai-error';
import type { PacedWriter } from './paced-writer';
import { SseTap, type StreamState } from './sse-tap';
import type { UpstreamFailure } from './upstream-failure';

/**
 * A stream of server-sent events, passed on byte for byte as it comes.
 *
 * How it ends is made honest: a stream that broke, or ended with neither `[DONE]` nor a finish reason, gets one event
 * `data: {"error":{…}}` and then ends **without** `[DONE]`, so that no client takes half an answer for a whole one
 * (bifrost 5546, ollama's lost mid-stream errors). A line or event left open is closed first, or the error would be
 * glued to it. An error event of the engine itself is passed as it is, with or without its `[DONE]`.
 */
export class StreamAnswer implements Answer {
  readonly #context: AnswerContext;
  readonly #writer: PacedWriter;
  readonly #tap = new SseTap();

  constructor(context: AnswerContext, writer: PacedWriter, headers: readonly string[], contentType: string) {
    this.#context = context;
    this.#writer = writer;
    context.exchange.writeHead(200, [...headers, 'content-type', contentType, 'x-accel-buffering', 'no']);
    context.exchange.res.flushHeaders();
  }

  chunk(bytes: Buffer): void {
    this.#writer.write(bytes);
    const tap = this.#tap;
    tap.push(bytes);
    const { exchange } = this.#context;
    if (tap.isDone) exchange.outcome ??= 'ok'; // a client that leaves now has it all
    if (tap.contentEvents > 0) exchange.firstTokenMs ??= exchange.elapsedMs;
    this.#count();
  }

  end(): void {
    const { position } = this.#tap;
    this.#tap.end();
    this.#count();
    const message = brokenMessage(this.#tap, this.#context.engine);
    if (message !== undefined) {
      this.#context.sign('reset');
      this.#tell('engine_stream_broken', message, position);
    } else if (this.#tap.hasError) {
      this.#context.exchange.outcome = 'engine-error';
      this.#context.exchange.errorCode = 'engine_error';
    }
    this.#writer.end();
  }

  failed({ code, message, isReset }: UpstreamFailure): void {
    const broke = `The engine ${this.#context.engine} broke off in the middle of its answer.`;
    if (this.#tap.isDone) this.#context.exchange.outcome = 'ok';
    else if (isReset || code === 'engine_error') this.#tell('engine_stream_broken', broke);
    else this.#tell(code, message);
    this.#writer.end();
  }

  shutdown(): void {
    this.#context.abort();
    this.#tell('gateway_stopping', 'FLM is stopping. Try again in a moment.');
    this.#writer.end();
  }

  #tell(code: ErrorCode, message: string, position = this.#tap.position): void {
    const { exchange } = this.#context;
    exchange.outcome = code === 'gateway_stopping' ? 'error' : 'engine-error';
    exchange.errorCode = code;
    const gap = { 'mid-line': '\n\n', 'line-start': '\n', 'event-start': '' }[position];
    this.#writer.write(gap + errorEvent(openAiError(code, message)));
  }

  /** Kept up to date with every chunk, since the client may leave after any. */
  #count(): void {
    const { exchange } = this.#context;
    const { usage, contentEvents } = this.#tap;
    exchange.tokensIn = usage?.tokensIn;
    exchange.tokensOut = usage?.tokensOut ?? contentEvents;
  }
}

/** Why a stream that ended by itself is not whole; undefined when it is, or the engine has told the client so. */
export function brokenMessage(state: StreamState, engine: string): string | undefined {
  if (state.isDone || state.hasFinished || state.hasError) return undefined;
  if (state.hiddenError !== undefined && state.hiddenError !== '') {
    return `The engine ${engine} failed: ${state.hiddenError.slice(0, 500)}`;
  }
  return `The engine ${engine} ended its answer before it was complete.`;
}

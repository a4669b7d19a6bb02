import type { ErrorCode } from '../core/errors';
import type { Answer, AnswerContext } from './answer';
import type { StreamTap, StreamType } from './dialects/dialect';
import { withoutInternals } from './engine-words';
import { NativeStream } from './native-stream';
import { openAiError } from './openai-error';
import type { PacedWriter } from './paced-writer';
import type { RepairedStream } from './repairs/repaired-stream';
import type { StreamPosition } from './sse-events';
import type { StreamState } from './stream-tally';
import type { UpstreamFailure } from './upstream-failure';

/** Headers of every stream. A buffering proxy in between would turn tokens into one late block. */
export function streamHeaders(contentType: string): readonly string[] {
  return ['content-type', contentType, 'x-accel-buffering', 'no'];
}

/** What closes a line or event left open, so that the error after it stands by itself. */
const gaps: Readonly<Record<StreamType, Readonly<Record<StreamPosition, string>>>> = {
  'text/event-stream': { 'mid-line': '\n\n', 'line-start': '\n', 'event-start': '' },
  'application/x-ndjson': { 'mid-line': '\n', 'line-start': '', 'event-start': '' },
};

/**
 * A stream, passed on as it comes: byte for byte without a repair ({@link NativeStream}), event by event with one or for
 * another dialect ({@link RepairedStream}).
 *
 * How it ends is made honest: a stream that broke, or ended with neither `[DONE]` nor a finish reason, gets one event
 * `data: {"error":{…}}` and then ends **without** `[DONE]`, so that no client takes half an answer for a whole one
 * (bifrost 5546, ollama's lost mid-stream errors). A line or event left open is closed first, or the error would be
 * glued to it. An error event of the engine itself keeps its shape, unless the repair `stream-errors` is armed, but never
 * what it gives away of the engine's machine. An error that FLM puts in the place of an event ends the stream at once.
 */
export class StreamAnswer implements Answer {
  readonly #context: AnswerContext;
  readonly #writer: PacedWriter;
  readonly #repaired: RepairedStream | undefined;
  readonly #native: NativeStream | undefined;
  readonly #tap: StreamTap;
  #hasEnded = false;

  /** @param headers of the engine, already written when the context is open */
  constructor(
    context: AnswerContext,
    writer: PacedWriter,
    headers: readonly string[],
    repaired: RepairedStream | undefined,
  ) {
    this.#context = context;
    this.#writer = writer;
    this.#repaired = repaired;
    const { voice } = context.plan;
    this.#native = repaired === undefined ? new NativeStream(voice.clientStreams) : undefined;
    this.#tap = voice.tap();
    if (context.isOpen) return;
    context.exchange.writeHead(200, headers);
    context.exchange.res.flushHeaders();
  }

  chunk(bytes: Buffer): void {
    if (this.#hasEnded) return;
    if (this.#native !== undefined) {
      this.#write(this.#native.push(bytes));
      this.#tap.push(bytes);
    } else this.#write(this.#repaired?.push(bytes));
    const { exchange } = this.#context;
    const tally = this.#tally;
    if (this.#noteFault()) this.#finish();
    else if (tally.isDone) exchange.outcome ??= 'ok'; // a client that leaves now has it all
    if (tally.contentEvents > 0) exchange.firstTokenMs ??= exchange.elapsedMs;
    this.#count();
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#write((this.#native ?? this.#repaired)?.end());
    if (this.#native !== undefined) this.#tap.end();
    this.#count();
    const message = brokenMessage(this.#tally, this.#context.engine);
    if (this.#noteFault()) this.#finish();
    else if (message !== undefined) {
      this.#context.sign('reset');
      this.#tell('engine_stream_broken', message);
    } else if (this.#tally.hasError) {
      if (this.#native !== undefined) this.#closeOpen();
      this.#context.exchange.outcome = 'engine-error';
      this.#context.exchange.errorCode = 'engine_error';
    }
    this.#finish();
  }

  failed({ code, message, isReset }: UpstreamFailure): void {
    if (this.#hasEnded) return;
    const broke = `The engine ${this.#context.engine} broke off in the middle of its answer.`;
    this.#write(this.#repaired?.cutOff());
    if (this.#noteFault()) this.#finish();
    else if (this.#tally.isDone) this.#context.exchange.outcome = 'ok';
    else if (isReset || code === 'engine_error') this.#tell('engine_stream_broken', broke);
    else this.#tell(code, message);
    this.#finish();
  }

  shutdown(): void {
    this.#context.abort();
    if (this.#hasEnded) return;
    this.#write(this.#repaired?.cutOff());
    if (!this.#noteFault()) this.#tell('gateway_stopping', 'FLM is stopping. Try again in a moment.');
    this.#finish();
  }

  ping(): void {
    const { ping } = this.#context.plan.voice;
    const isOver = this.#hasEnded || this.#tally.isDone; // the client has its last event, and awaits nothing after it
    if (ping !== undefined && !isOver && this.#position === 'event-start' && !this.#writer.isStalled)
      this.#writer.write(ping);
  }

  get #tally(): Pick<StreamTap, keyof StreamState | 'usage' | 'contentEvents'> {
    return this.#repaired?.tally ?? this.#tap;
  }

  get #position(): StreamPosition {
    return (this.#repaired ?? this.#native)?.position ?? 'event-start';
  }

  #write(bytes: Buffer | string | undefined): void {
    if (bytes !== undefined) this.#writer.write(bytes);
  }

  /** Whether an error stands in the place of an event: nothing may follow it. */
  #noteFault(): boolean {
    const fault = this.#repaired?.fault;
    if (fault !== undefined) {
      this.#context.exchange.outcome = 'engine-error';
      this.#context.exchange.errorCode = fault.code;
      return true;
    }
    if (this.#native?.hasOverlongError !== true) return false;
    const message = `The engine ${this.#context.engine} failed, and its account of it is too long to be passed on.`;
    this.#tell('engine_error', message);
    return true;
  }

  /** The engine's work ends with the exchange. */
  #finish(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#writer.end();
  }

  /** Clients pass over an event that the stream's end leaves open. */
  #closeOpen(): void {
    const gap = gaps[this.#context.plan.voice.clientStreams][this.#position];
    if (gap !== '') this.#writer.write(gap);
  }

  #tell(code: ErrorCode, message: string): void {
    const { exchange } = this.#context;
    exchange.outcome = code === 'gateway_stopping' ? 'error' : 'engine-error';
    exchange.errorCode = code;
    const error = openAiError(code, message);
    this.#closeOpen();
    this.#writer.write(this.#repaired?.errorEvent(error) ?? exchange.errors.event(error, exchange.facts.id));
  }

  /** Kept up to date with every chunk, since the client may leave after any. */
  #count(): void {
    const { exchange } = this.#context;
    const { usage, contentEvents } = this.#tally;
    exchange.tokensIn = usage?.tokensIn;
    exchange.tokensOut = usage?.tokensOut ?? contentEvents;
  }
}

/** Why a stream that ended by itself is not whole; undefined when it is, or the engine has told the client so. */
export function brokenMessage(state: StreamState, engine: string): string | undefined {
  if (state.isDone || state.hasFinished || state.hasError) return undefined;
  if (state.hiddenError !== undefined && state.hiddenError !== '') {
    return `The engine ${engine} failed: ${withoutInternals(state.hiddenError.slice(0, 500))}`;
  }
  return `The engine ${engine} ended its answer before it was complete.`;
}

import type { ErrorCode } from '../core/errors';
import type { Answer, AnswerContext } from './answer';
import type { StreamTap, StreamType } from './dialects/dialect';
import { withoutInternals } from './engine-words';
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
 * A stream, passed on as it comes: byte for byte without a repair, event by event with one or for another dialect.
 *
 * How it ends is made honest: a stream that broke, or ended with neither `[DONE]` nor a finish reason, gets one event
 * `data: {"error":{…}}` and then ends **without** `[DONE]`, so that no client takes half an answer for a whole one
 * (bifrost 5546, ollama's lost mid-stream errors). A line or event left open is closed first, or the error would be
 * glued to it. An error event of the engine itself is passed as it is, unless the repair `stream-errors` is armed.
 */
export class StreamAnswer implements Answer {
  readonly #context: AnswerContext;
  readonly #writer: PacedWriter;
  readonly #repaired: RepairedStream | undefined;
  readonly #tap: StreamTap;

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
    this.#tap = context.plan.voice.tap();
    if (context.isOpen) return;
    context.exchange.writeHead(200, headers);
    context.exchange.res.flushHeaders();
  }

  chunk(bytes: Buffer): void {
    if (this.#repaired === undefined) {
      this.#writer.write(bytes);
      this.#tap.push(bytes);
    } else this.#write(this.#repaired.push(bytes));
    const { exchange } = this.#context;
    const tally = this.#tally;
    this.#noteFault();
    if (tally.isDone) exchange.outcome ??= 'ok'; // a client that leaves now has it all
    if (tally.contentEvents > 0) exchange.firstTokenMs ??= exchange.elapsedMs;
    this.#count();
  }

  end(): void {
    const position = this.#end();
    this.#count();
    const message = brokenMessage(this.#tally, this.#context.engine);
    if (this.#repaired?.fault !== undefined) this.#noteFault();
    else if (message !== undefined) {
      this.#context.sign('reset');
      this.#tell('engine_stream_broken', message, position);
    } else if (this.#tally.hasError) {
      this.#context.exchange.outcome = 'engine-error';
      this.#context.exchange.errorCode = 'engine_error';
    }
    this.#writer.end();
  }

  failed({ code, message, isReset }: UpstreamFailure): void {
    const broke = `The engine ${this.#context.engine} broke off in the middle of its answer.`;
    this.#write(this.#repaired?.cutOff());
    if (this.#repaired?.fault !== undefined) this.#noteFault();
    else if (this.#tally.isDone) this.#context.exchange.outcome = 'ok';
    else if (isReset || code === 'engine_error') this.#tell('engine_stream_broken', broke);
    else this.#tell(code, message);
    this.#writer.end();
  }

  shutdown(): void {
    this.#context.abort();
    this.#write(this.#repaired?.cutOff());
    if (this.#repaired?.fault === undefined) this.#tell('gateway_stopping', 'FLM is stopping. Try again in a moment.');
    this.#writer.end();
  }

  ping(): void {
    const { ping } = this.#context.plan.voice;
    if (ping !== undefined && this.#position === 'event-start' && !this.#writer.isStalled) this.#writer.write(ping);
  }

  get #tally(): Pick<StreamTap, keyof StreamState | 'usage' | 'contentEvents'> {
    return this.#repaired?.tally ?? this.#tap;
  }

  get #position(): StreamPosition {
    return (this.#repaired ?? this.#tap).position;
  }

  #write(bytes: Buffer | string | undefined): void {
    if (bytes !== undefined) this.#writer.write(bytes);
  }

  /** Reads what is left; tells where the output then stands. */
  #end(): StreamPosition {
    if (this.#repaired !== undefined) {
      this.#write(this.#repaired.end());
      return this.#repaired.position;
    }
    const { position } = this.#tap;
    this.#tap.end();
    return position;
  }

  #noteFault(): void {
    const fault = this.#repaired?.fault;
    if (fault === undefined) return;
    this.#context.exchange.outcome = 'engine-error';
    this.#context.exchange.errorCode = fault.code;
  }

  #tell(code: ErrorCode, message: string, position = this.#position): void {
    const { exchange } = this.#context;
    exchange.outcome = code === 'gateway_stopping' ? 'error' : 'engine-error';
    exchange.errorCode = code;
    const gap = gaps[this.#context.plan.voice.clientStreams][position];
    const error = openAiError(code, message);
    this.#writer.write(gap + (this.#repaired?.errorEvent(error) ?? exchange.errors.event(error, exchange.facts.id)));
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

import type { Clock } from '../core/clock';
import type { FlmConfig } from '../core/config-schema';
import type { ErrorCode } from '../core/errors';
import type { UpstreamSign } from '../core/upstream';
import type { Answer, AnswerContext } from './answer';
import { mediaType } from './content-type';
import { ErrorAnswer } from './error-answer';
import type { Exchange } from './exchange';
import { Heartbeat } from './heartbeat';
import { JsonAnswer } from './json-answer';
import { openAiError, type OpenAiError } from './openai-error';
import { PacedWriter } from './paced-writer';
import type { RepairPlan } from './repairs/repair-plan';
import type { RepairedStream } from './repairs/repaired-stream';
import { StreamAnswer, streamHeaders } from './stream-answer';
import type { AnswerHeaders, UpstreamCall, UpstreamListener } from './upstream-call';
import { upstreamFailure } from './upstream-failure';
import { answerHeadersFrom } from './upstream-headers';

/**
 * Chooses how to treat an engine's answer when its head is there, and hands it over.
 *
 * A client that streams hears something at least every `flm.proxy.heartbeatSeconds`: clients give up after seconds
 * without a byte, while a cold load takes minutes (cline 9182, lmstudio-bug-tracker 1143). Before the engine's head that
 * means sending the head of a stream early. The price: an error of the engine that comes after it is an error event
 * under status 200, so a client that repeats by status does not repeat. An engine that answers in time costs nothing of
 * this, and 0 switches it off.
 */
export class ForwardListener implements UpstreamListener, AnswerContext {
  readonly exchange: Exchange;
  readonly engine: string;
  readonly clock: Clock;
  readonly stallMs: number;
  readonly plan: RepairPlan;
  readonly sign: (sign: UpstreamSign) => void;
  isOpen = false;
  readonly #config: FlmConfig;
  #call: UpstreamCall | undefined;
  #answer: Answer | undefined;
  #writer: PacedWriter | undefined;
  #stream: RepairedStream | undefined;
  #heartbeat: Heartbeat | undefined;

  constructor(
    exchange: Exchange,
    engine: string,
    config: FlmConfig,
    clock: Clock,
    plan: RepairPlan,
    sign: (sign: UpstreamSign) => void,
  ) {
    this.exchange = exchange;
    this.engine = engine;
    this.clock = clock;
    this.stallMs = config['timeouts.idleSeconds'] * 1000;
    this.plan = plan;
    this.sign = sign;
    this.#config = config;
  }

  /** @param isStream the client waits for a stream, so it can be sent signs of life */
  start(call: UpstreamCall, isStream: boolean): void {
    this.#call = call;
    const everyMs = this.#config['proxy.heartbeatSeconds'] * 1000;
    if (isStream && everyMs > 0) {
      this.#heartbeat = new Heartbeat(this.clock, everyMs, () => this.#beat());
      this.#heartbeat.start();
    }
    call.start();
  }

  head(status: number, headers: AnswerHeaders): void {
    this.sign(signOf(status));
    this.#answer = this.#answerFor(status, headers);
  }

  chunk(bytes: Buffer): void {
    this.#heartbeat?.touch();
    this.#answer?.chunk(bytes);
  }

  end(): void {
    this.#answer?.end();
  }

  failed(error: unknown): void {
    const failure = upstreamFailure(error, this.engine, this.#config);
    if (failure.sign !== undefined) this.sign(failure.sign);
    if (this.#answer !== undefined) this.#answer.failed(failure);
    else {
      this.exchange.outcome = 'engine-error';
      this.respondError(openAiError(failure.code, failure.message), failure.code);
    }
  }

  respondError(error: OpenAiError, code: ErrorCode, headers: readonly string[] = []): void {
    if (!this.isOpen || this.#writer === undefined) {
      this.exchange.respondError(error, code, headers);
      return;
    }
    this.exchange.errorCode = code;
    this.exchange.outcome ??= 'error';
    this.#writer.write(this.exchange.errors.event(error, this.exchange.facts.id));
    this.#writer.end();
  }

  respondStopping(): void {
    if (!this.isOpen) {
      this.exchange.refuseStopping();
      return;
    }
    this.exchange.outcome = 'error';
    this.respondError(openAiError('gateway_stopping', 'FLM is stopping. Try again in a moment.'), 'gateway_stopping');
  }

  pause(): void {
    this.#call?.pause();
  }

  resume(): void {
    this.#call?.resume();
  }

  abort(): void {
    this.#call?.abort();
  }

  /** The exchange is over: an engine that still works for it stops. */
  close(): void {
    this.abort();
    this.#heartbeat?.stop();
    this.#writer?.dispose();
  }

  shutdown(): void {
    if (this.exchange.res.writableEnded) return;
    if (this.#answer !== undefined) this.#answer.shutdown();
    else {
      this.abort();
      this.respondStopping();
    }
  }

  #answerFor(status: number, headers: AnswerHeaders): Answer {
    if (status < 200 || status > 299) return new ErrorAnswer(this, status, first(headers['retry-after']));
    const contentType = first(headers['content-type']);
    const passed = answerHeadersFrom(headers);
    this.#writer ??= new PacedWriter(this);
    // Judged by the answer: lenient engines also stream for `"stream":1`
    const { voice } = this.plan;
    if (mediaType(contentType) === voice.engineStreams) {
      if (!this.isOpen) this.#stream = this.plan.stream();
      const type = voice.isTranslated ? voice.clientStreams : (contentType as string);
      const head = [...passed, ...this.#streamHead(type)];
      return new StreamAnswer(this, this.#writer, head, this.#stream);
    }
    return new JsonAnswer(this, this.#writer, passed, first(headers['content-length']), this.plan.whole());
  }

  #beat(): void {
    if (this.exchange.res.writableEnded) return;
    if (this.#answer?.ping !== undefined) this.#answer.ping();
    else if (this.isOpen) this.#pingOpen();
    else if (this.#answer === undefined && this.plan.voice.ping !== undefined && !this.exchange.isAnswered()) {
      this.#stream = this.plan.stream();
      this.#writer = new PacedWriter(this);
      this.exchange.writeHead(200, this.#streamHead(this.plan.voice.clientStreams));
      this.isOpen = true;
      this.#pingOpen();
    }
  }

  #pingOpen(): void {
    const { ping } = this.plan.voice;
    if (ping !== undefined && this.#writer?.isStalled === false) this.#writer.write(ping);
  }

  #streamHead(contentType: string): readonly string[] {
    return [...this.plan.headers(this.#stream?.names ?? []), ...streamHeaders(contentType)];
  }
}

/** Health sign of an answer by its status. */
export function signOf(status: number): UpstreamSign {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 429 || status === 503) return 'busy';
  return status >= 500 ? 'failed' : 'ok';
}

function first(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

import type { Clock } from '../core/clock';
import type { FlmConfig } from '../core/config-schema';
import type { ErrorCode } from '../core/errors';
import type { Refusal } from '../core/request';
import type { UpstreamSign } from '../core/upstream';
import type { Answer, AnswerContext } from './answer';
import type { Attempt } from './attempt';
import { mediaType } from './content-type';
import { ErrorAnswer } from './error-answer';
import type { Exchange } from './exchange';
import { Heartbeat, pingComment } from './heartbeat';
import { JoinedAnswer } from './joined-answer';
import { joinRepair } from './joined-request';
import { JsonAnswer } from './json-answer';
import { openAiError, type OpenAiError } from './openai-error';
import { PacedWriter } from './paced-writer';
import { repairHeader, type RepairPlan } from './repairs/repair-plan';
import type { RepairedStream } from './repairs/repaired-stream';
import { isRefusingStatus, isUnansweredFault } from './routing/fail-over';
import { StreamAnswer, streamHeaders } from './stream-answer';
import type { AnswerHeaders, UpstreamListener } from './upstream-call';
import { upstreamFailure } from './upstream-failure';
import { answerHeadersFrom } from './upstream-headers';

/** Response header: the engine that answered. */
export const engineHeader = 'x-flm-engine';

/** Response header: engines that were asked before it and gave no answer. */
export const failedEnginesHeader = 'x-flm-failed-engines';

/**
 * Takes the answers of the engines that are asked for one request, one after the other, chooses how to treat the one
 * whose head is there, and hands it over.
 *
 * A client that streams hears something at least every `flm.proxy.heartbeatSeconds`: clients give up after seconds
 * without a byte, while a cold load takes minutes (cline 9182, lmstudio-bug-tracker 1143). Before the engine's head, and
 * while the request waits for its turn, that means sending the head of a stream early. The price: an error of the engine
 * that comes after it is an error event under status 200, so a client that repeats by status does not repeat. An engine
 * that answers in time costs nothing of this, and 0 switches it off.
 *
 * What such a head could not say yet, because the engine was chosen after it, stands before the first event as a comment,
 * one line for each header: `: x-flm-engine: ollama`. Formats of lines have no early heads, and no comments.
 */
export class ForwardListener implements UpstreamListener, AnswerContext {
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly stallMs: number;
  isOpen = false;
  readonly #config: FlmConfig;
  #attempt: Attempt | undefined;
  #answer: Answer | undefined;
  #writer: PacedWriter | undefined;
  #stream: RepairedStream | undefined;
  #heartbeat: Heartbeat | undefined;
  /** Takes over when nobody reads the answer any more. */
  #unread: UpstreamListener | undefined;
  #isDeaf = false;
  /** Headers of FLM that the client knows, as comment lines. */
  #toldHead = '';

  constructor(exchange: Exchange, clock: Clock, config: FlmConfig) {
    this.exchange = exchange;
    this.clock = clock;
    this.stallMs = config['timeouts.idleSeconds'] * 1000;
    this.#config = config;
  }

  get engine(): string {
    return this.#current.engine.name;
  }

  get plan(): RepairPlan {
    return this.#current.plan;
  }

  /** @param isStream the client waits for a stream, so it can be sent signs of life */
  start(isStream: boolean): void {
    const everyMs = this.#config['proxy.heartbeatSeconds'] * 1000;
    if (!isStream || everyMs <= 0) return;
    this.#heartbeat = new Heartbeat(this.clock, everyMs, () => this.#beat());
    this.#heartbeat.start();
  }

  /** The request goes to this engine now. */
  attempt(attempt: Attempt): void {
    this.#attempt = attempt;
    this.#stream = undefined;
    this.exchange.ownTime.wait();
    attempt.call.start();
  }

  sent(): void {
    this.#attempt?.connected();
  }

  head(status: number, headers: AnswerHeaders): void {
    if (this.#unread !== undefined || this.#isDeaf) return this.#unread?.head(status, headers);
    const attempt = this.#current;
    const { ownTime, res } = this.exchange;
    ownTime.resume();
    attempt.sign(signOf(status));
    attempt.settle('answered');
    if (isRefusingStatus(status) && attempt.goOn(false)) attempt.call.abort();
    else {
      this.#answer = this.#answerFor(status, headers);
      if (this.isOpen) this.#tellHead();
    }
    if (!res.headersSent) ownTime.wait(); // a whole answer: the rest of it is the engine's time, too
  }

  chunk(bytes: Buffer): void {
    if (this.#unread !== undefined || this.#isDeaf) return this.#unread?.chunk(bytes);
    this.#heartbeat?.touch();
    this.#answer?.chunk(bytes);
  }

  end(): void {
    if (this.#unread !== undefined || this.#isDeaf) return this.#unread?.end();
    this.exchange.ownTime.resume();
    this.#answer?.end();
  }

  failed(error: unknown): void {
    if (this.#unread !== undefined || this.#isDeaf) return this.#unread?.failed(error);
    this.exchange.ownTime.resume();
    const attempt = this.#current;
    const failure = upstreamFailure(error, this.engine, this.#config);
    if (failure.sign !== undefined) attempt.sign(failure.sign);
    if (this.#answer !== undefined) {
      this.#answer.failed(failure);
      return;
    }
    const isUnanswered = isUnansweredFault(failure.code);
    attempt.settle(isUnanswered ? 'failed' : 'unknown');
    if (isUnanswered && attempt.goOn(failure.isReset)) return;
    this.exchange.outcome = 'engine-error';
    this.respondError(openAiError(failure.code, failure.message), failure.code);
  }

  sign(sign: UpstreamSign): void {
    this.#attempt?.sign(sign);
  }

  respondError(error: OpenAiError, code: ErrorCode, headers: readonly string[] = []): void {
    if (!this.isOpen || this.#writer === undefined) {
      this.exchange.respondError(error, code, [...this.#engineHeaders(), ...headers]);
      return;
    }
    this.exchange.errorCode = code;
    this.exchange.outcome ??= 'error';
    this.#tellHead();
    this.#writer.write(this.exchange.errors.event(error, this.exchange.facts.id));
    this.#writer.end();
  }

  /** Refused while it waited for its turn. */
  refuse(refusal: Refusal): void {
    if (!this.isOpen) {
      this.exchange.refuse(refusal);
      return;
    }
    this.exchange.rule = refusal.rule;
    this.exchange.outcome = 'refused';
    this.respondError(openAiError(refusal.code, refusal.message), refusal.code);
  }

  /** An answer of FLM itself. */
  respond(body: string, headers: readonly string[]): void {
    if (!this.isOpen || this.#writer === undefined) {
      this.exchange.respond(200, 'application/json', body, headers);
      return;
    }
    this.#writer.write(`${body}\n`); // only line-wise formats stream what FLM knows
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
    this.#attempt?.call.pause();
  }

  resume(): void {
    this.#attempt?.call.resume();
  }

  abort(): void {
    if (this.#attempt?.isDrained === true) this.#isDeaf = true;
    else this.#attempt?.call.abort();
  }

  /**
   * The exchange is over: an engine that still works for it stops at once, but for the few cases of `Attempt.unread`.
   *
   * @param release called once, when the engine does nothing more for it
   */
  close(release: () => void): void {
    this.#heartbeat?.stop();
    this.#writer?.dispose();
    const attempt = this.#attempt;
    this.#unread = attempt?.call.isUnderWay === true ? attempt.unread(this.#answer !== undefined, release) : undefined;
    if (this.#unread !== undefined) return;
    attempt?.call.abort();
    release();
    this.#attempt = undefined; // or exchanges that are over keep each other in V8's old space (SPEED.md)
  }

  shutdown(): void {
    if (this.exchange.res.writableEnded) return;
    if (this.#answer !== undefined) this.#answer.shutdown();
    else {
      this.abort();
      this.respondStopping();
    }
  }

  get #current(): Attempt {
    return this.#attempt as Attempt;
  }

  #answerFor(status: number, headers: AnswerHeaders): Answer {
    if (status < 200 || status > 299) return new ErrorAnswer(this, status, first(headers['retry-after']));
    const contentType = first(headers['content-type']);
    const passed = answerHeadersFrom(headers);
    passed.push(...this.#engineHeaders());
    this.#writer ??= new PacedWriter(this);
    const { isJoined, plan } = this.#current;
    const { voice } = plan;
    // Judged by the answer: lenient engines also stream for `"stream":1`
    const type = mediaType(contentType);
    if (type !== voice.engineStreams) {
      const isSure = type === 'application/json' && this.exchange.isStream !== true;
      return new JsonAnswer(this, this.#writer, passed, first(headers['content-length']), plan.whole(), isSure);
    }
    if (isJoined) {
      passed.push(repairHeader, joinRepair);
      return new JoinedAnswer(this, new JsonAnswer(this, this.#writer, passed, undefined, plan.whole(), true));
    }
    this.#stream ??= plan.stream();
    const told = voice.isTranslated ? voice.clientStreams : (contentType as string);
    return new StreamAnswer(this, this.#writer, [...passed, ...this.#streamHead(told)], this.#stream);
  }

  #beat(): void {
    if (this.exchange.res.writableEnded) return;
    if (this.#answer?.ping !== undefined) this.#answer.ping();
    else if (this.isOpen) this.#pingOpen();
    else if (this.#answer === undefined && this.#ping !== undefined && !this.exchange.isAnswered()) {
      this.#stream = this.#attempt?.plan.stream();
      this.#writer = new PacedWriter(this);
      const type = this.exchange.dialect?.streams.contentType ?? 'text/event-stream';
      this.exchange.writeHead(200, [...this.#engineHeaders(), ...this.#streamHead(type)]);
      this.isOpen = true;
      this.#toldHead = this.#headLines();
      this.#pingOpen();
    }
  }

  /** Known before the engine is: the client's API alone says it. */
  get #ping(): string | undefined {
    const { dialect } = this.exchange;
    return dialect === undefined ? pingComment : dialect.streams.ping;
  }

  #pingOpen(): void {
    const ping = this.#ping;
    if (ping !== undefined && this.#writer?.isStalled === false) this.#writer.write(ping);
  }

  /** After an early head: what is known now and was not then. */
  #tellHead(): void {
    const lines = this.#headLines();
    if (lines === this.#toldHead) return;
    this.#toldHead = lines;
    this.#writer?.write(`${lines}\n`);
  }

  #headLines(): string {
    const headers = [...this.#engineHeaders(), ...this.#planHeaders()];
    let lines = '';
    for (let at = 0; at + 1 < headers.length; at += 2)
      lines += `: ${headers[at] as string}: ${headers[at + 1] as string}\n`;
    return lines;
  }

  #streamHead(contentType: string): readonly string[] {
    return [...this.#planHeaders(), ...streamHeaders(contentType)];
  }

  #planHeaders(): readonly string[] {
    return this.#attempt?.plan.headers(this.#stream?.names ?? []) ?? [];
  }

  #engineHeaders(): readonly string[] {
    if (this.#attempt === undefined) return [];
    const failed = this.exchange.failedEngines;
    const engine = [engineHeader, this.#attempt.engine.id];
    return failed === undefined ? engine : [...engine, failedEnginesHeader, failed.join(', ')];
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

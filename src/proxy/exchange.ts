import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Timer } from '../core/clock';
import type { ErrorCode } from '../core/errors';
import { printable } from '../core/printable';
import type { AccessRecord, Identity, Outcome, Refusal, RequestFacts } from '../core/request';
import type { Dialect, ErrorFormat } from './dialects/dialect';
import { dialectOf, errorFormatOf } from './dialects/dialect-table';
import { openAiError, type OpenAiError } from './openai-error';
import { OwnTime, overheadHeader, queueHeader } from './own-time';
import { pathOf } from './route-table';
import { drainRequest, hasUnreadBody } from './unread-body';

/** A whole answer that a client has not taken after this long is given up with its connection. */
const unreadAnswerMs = 60_000;

/** What the server keeps for every exchange. */
export interface ExchangeHost {
  monotonic(): number;
  later(callback: () => void, delayMs: number): Timer;
  /** Called exactly once, when the last byte is written or the socket is gone. */
  settled(exchange: Exchange): void;
}

/**
 * One request with its answer: the state that grows along the way, the ways to answer, and the single point where it
 * ends. Its `close` comes exactly once (Node emits it after the last byte, or when the socket is gone); who must stop
 * something then, sets `onClose`.
 */
export class Exchange {
  readonly facts: RequestFacts;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly startedAt: number;
  /** Of an inference route that is not OpenAI's. */
  readonly dialect: Dialect | undefined;
  readonly errors: ErrorFormat;
  readonly ownTime: OwnTime;
  /** Among the open exchanges, for whoever keeps their list. */
  place = -1;
  identity: Identity | undefined;
  /** Undefined: every model. */
  canUse: ((canonicalModelId: string) => boolean) | undefined;
  rule: string | undefined;
  errorCode: ErrorCode | undefined;
  engineId: string | undefined;
  /** Engines that were asked before that one and gave no answer. */
  failedEngines: readonly string[] | undefined;
  modelId: string | undefined;
  isStream: boolean | undefined;
  queueMs: number | undefined;
  firstTokenMs: number | undefined;
  #overheadUs: number | undefined;
  tokensIn: number | undefined;
  tokensOut: number | undefined;
  bytesIn = 0;
  bytesOut = 0;
  /** Known once something else than «answered» or «left» has happened. */
  outcome: Outcome | undefined;
  /** The client is gone, or the answer is written: stop whatever still runs for it. */
  onClose: (() => void) | undefined;
  /** The gateway stops: end the answer, telling why. The default answers 503 or cuts. */
  onShutdown: (() => void) | undefined;
  #isClosed = false;
  #stall: Timer | undefined;
  readonly #host: ExchangeHost;
  readonly #baseHeaders: string[];

  constructor(host: ExchangeHost, facts: RequestFacts, req: IncomingMessage, res: ServerResponse, headers: string[]) {
    this.facts = facts;
    this.req = req;
    this.res = res;
    this.#host = host;
    this.#baseHeaders = headers;
    this.startedAt = host.monotonic();
    this.ownTime = new OwnTime(() => host.monotonic());
    this.dialect = dialectOf(facts.route);
    this.errors = errorFormatOf(facts);
    if (this.errors.requestIdHeader !== undefined) headers.push(this.errors.requestIdHeader, facts.id);
    res.on('close', () => this.#close());
    res.on('error', ignore); // a socket that breaks while we write; `close` follows
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** An answer has begun, or can no longer be given. */
  isAnswered(): boolean {
    return this.#isClosed || this.res.headersSent;
  }

  get elapsedMs(): number {
    return this.#host.monotonic() - this.startedAt;
  }

  /** Headers for this answer besides the fixed ones, name, value, name, value … */
  addHeaders(headers: readonly string[]): void {
    this.#baseHeaders.push(...headers);
  }

  addHeader(name: string, value: string): void {
    this.#baseHeaders.push(name, value);
  }

  /** Starts an answer whose body follows piece by piece. */
  writeHead(status: number, headers: readonly string[]): void {
    const head = this.#baseHeaders;
    this.#addReceipt(head);
    for (const text of headers) head.push(text);
    this.res.writeHead(status, head);
  }

  /** A whole answer. Does nothing if one has begun or the client is gone. */
  respond(
    status: number,
    contentType: string | undefined,
    body: string | Buffer,
    headers: readonly string[] = [],
  ): void {
    const { res, req } = this;
    if (res.headersSent || this.#isClosed) return;
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const isBodiless = req.method === 'HEAD' || status === 204;
    const head = this.#baseHeaders;
    if (contentType !== undefined) head.push('content-type', contentType);
    if (status !== 204) head.push('content-length', String(bytes.length));
    const isUnread = hasUnreadBody(req, this.bytesIn);
    if (isUnread) head.push('connection', 'close');
    this.writeHead(status, headers);
    if (!isBodiless) {
      this.bytesOut += bytes.length;
      if (bytes.length >= res.writableHighWaterMark) this.#stall = this.#host.later(() => this.cut(), unreadAnswerMs);
    }
    if (!isUnread) {
      // Head and body in one go: after a `write` Node needs another turn of its queue, 3 µs
      if (isBodiless) res.end();
      else res.end(bytes);
      return;
    }
    if (isBodiless) res.flushHeaders();
    else res.write(bytes);
    drainRequest(req, () => res.end());
  }

  respondJson(status: number, value: unknown): void {
    this.respond(status, 'application/json', JSON.stringify(value));
  }

  /** An error answer. `outcome` stays as set before; the default is `error`. */
  respondError(error: OpenAiError, code: ErrorCode, headers: readonly string[] = []): void {
    this.errorCode = code;
    this.outcome ??= 'error';
    this.respond(error.status, 'application/json', this.errors.body(error, this.facts.id), headers);
  }

  /** Refuses: the answer names what happened, the record also names the rule. */
  refuse(refusal: Refusal, param: string | null = null): void {
    this.rule = refusal.rule;
    this.outcome = 'refused';
    const headers: string[] = [];
    for (const [name, value] of Object.entries(refusal.headers ?? {})) headers.push(name, value);
    if (refusal.retryAfterSec !== undefined) headers.push('retry-after', String(Math.ceil(refusal.retryAfterSec)));
    const error = openAiError(refusal.code, refusal.message, param);
    // Clients that renew tokens (Claude Code) ask ten times in three minutes before they show a 401, unless told not to
    if (error.status === 401) headers.push('www-authenticate', 'Bearer', 'x-should-retry', 'false');
    this.respondError(error, refusal.code, headers);
  }

  /** Cuts the connection: the only honest end of an answer that has begun and cannot be completed. */
  cut(): void {
    this.res.destroy();
  }

  shutdown(): void {
    if (this.onShutdown !== undefined) this.onShutdown();
    else if (!this.res.headersSent) this.refuseStopping();
    else if (!this.res.writableEnded) this.cut();
  }

  refuseStopping(): void {
    this.outcome = 'error';
    const error = openAiError('gateway_stopping', 'FLM is stopping. Try again in a moment.');
    this.respondError(error, 'gateway_stopping', ['retry-after', '5', 'connection', 'close']);
  }

  record(): AccessRecord {
    const { facts } = this;
    const userAgent = facts.headers['user-agent'];
    const record: { -readonly [M in keyof AccessRecord]: AccessRecord[M] } = {
      requestId: facts.id,
      at: facts.receivedAt,
      address: facts.clientAddress,
      method: facts.method,
      route: facts.route,
      path: printable(pathOf(facts.target), 200),
      status: this.res.headersSent ? this.res.statusCode : 499, // nginx' number for «client closed request»
      outcome: this.outcome ?? (this.res.writableFinished ? 'ok' : 'aborted'),
      durationMs: this.elapsedMs,
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
    };
    // Members one by one: spreading an object for each that is there took 5 µs
    if (this.identity !== undefined) record.identity = this.identity;
    if (this.engineId !== undefined) record.engineId = this.engineId;
    if (this.failedEngines !== undefined) record.failedEngines = this.failedEngines;
    if (this.modelId !== undefined) record.modelId = this.modelId;
    if (this.rule !== undefined) record.rule = this.rule;
    if (this.errorCode !== undefined) record.errorCode = this.errorCode;
    if (this.isStream !== undefined) record.isStream = this.isStream;
    if (this.queueMs !== undefined) record.queueMs = this.queueMs;
    if (this.firstTokenMs !== undefined) record.firstTokenMs = this.firstTokenMs;
    if (this.#overheadUs !== undefined) record.overheadUs = this.#overheadUs;
    if (this.tokensIn !== undefined) record.tokensIn = this.tokensIn;
    if (this.tokensOut !== undefined) record.tokensOut = this.tokensOut;
    if (typeof userAgent === 'string') record.userAgent = printable(userAgent, 200);
    return record;
  }

  /** What a routed request cost besides the engine's work. */
  #addReceipt(head: string[]): void {
    if (this.queueMs === undefined) return;
    this.#overheadUs = this.ownTime.us;
    head.push(queueHeader, String(Math.round(this.queueMs)), overheadHeader, String(this.#overheadUs));
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const stop = this.onClose;
    this.onClose = undefined;
    this.onShutdown = undefined;
    this.#stall?.cancel();
    stop?.();
    this.#host.settled(this);
  }
}

function ignore(): void {
  // Nothing more can be done for it
}

import type { CatalogEntry } from '../core/catalog';
import type { Clock } from '../core/clock';
import type { FlmConfig } from '../core/config-schema';
import type { EngineKeys, UpstreamHealth, UpstreamSign } from '../core/upstream';
import type { Answer, AnswerContext } from './answer';
import { mediaType } from './content-type';
import { enginePath, type EnginePools } from './engine-pools';
import { ErrorAnswer } from './error-answer';
import type { Exchange } from './exchange';
import { withModel, type InferenceBody } from './inference-body';
import { JsonAnswer } from './json-answer';
import { openAiError } from './openai-error';
import { PacedWriter } from './paced-writer';
import { StreamAnswer } from './stream-answer';
import { UpstreamCall, type AnswerHeaders, type UpstreamListener } from './upstream-call';
import { upstreamFailure } from './upstream-failure';
import { answerHeadersFrom, requestHeadersFor } from './upstream-headers';

export interface ForwardDeps {
  readonly pools: EnginePools;
  readonly keys: EngineKeys;
  readonly health: UpstreamHealth;
  readonly clock: Clock;
}

/**
 * Sends one inference request to an engine and its answer to the client, until one of the two is gone. Returns at once;
 * the exchange's `onClose` and `onShutdown` end it from the client's and the gateway's side.
 */
export function forward(
  deps: ForwardDeps,
  config: FlmConfig,
  exchange: Exchange,
  { engine, model }: CatalogEntry,
  body: InferenceBody,
): void {
  const pool = deps.pools.get(engine.baseUrl);
  const request = {
    path: enginePath(pool.prefix, exchange.facts.route as string),
    headers: requestHeadersFor(exchange.facts.rawHeaders, pool.host, deps.keys.get(engine.baseUrl)),
    body: withModel(body, model.id),
    firstByteMs: config['timeouts.firstByteSeconds'] * 1000,
    idleMs: config['timeouts.idleSeconds'] * 1000,
  };
  const sign = (value: UpstreamSign): void => deps.health.report(engine.id, value);
  const listener = new ForwardListener(exchange, engine.name, config, deps.clock, sign);
  const call = new UpstreamCall(deps.pools, pool, request, listener, () => deps.clock.monotonic());
  listener.call = call;
  exchange.onClose = () => listener.close();
  exchange.onShutdown = () => listener.shutdown();
  call.start();
}

/** Chooses how to treat the answer when its head is there, and hands it over. */
class ForwardListener implements UpstreamListener, AnswerContext {
  readonly exchange: Exchange;
  readonly engine: string;
  readonly clock: Clock;
  readonly stallMs: number;
  readonly sign: (sign: UpstreamSign) => void;
  call: UpstreamCall | undefined;
  readonly #config: FlmConfig;
  #answer: Answer | undefined;
  #writer: PacedWriter | undefined;

  constructor(exchange: Exchange, engine: string, config: FlmConfig, clock: Clock, sign: (sign: UpstreamSign) => void) {
    this.exchange = exchange;
    this.engine = engine;
    this.clock = clock;
    this.stallMs = config['timeouts.idleSeconds'] * 1000;
    this.sign = sign;
    this.#config = config;
  }

  head(status: number, headers: AnswerHeaders): void {
    this.sign(signOf(status));
    this.#answer = this.#answerFor(status, headers);
  }

  chunk(bytes: Buffer): void {
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
      this.exchange.respondError(openAiError(failure.code, failure.message), failure.code);
    }
  }

  pause(): void {
    this.call?.pause();
  }

  resume(): void {
    this.call?.resume();
  }

  abort(): void {
    this.call?.abort();
  }

  /** The exchange is over: an engine that still works for it stops. */
  close(): void {
    this.abort();
    this.#writer?.dispose();
  }

  shutdown(): void {
    if (this.exchange.res.writableEnded) return;
    if (this.#answer !== undefined) this.#answer.shutdown();
    else {
      this.abort();
      this.exchange.refuseStopping();
    }
  }

  #answerFor(status: number, headers: AnswerHeaders): Answer {
    if (status < 200 || status > 299) return new ErrorAnswer(this, status, first(headers['retry-after']));
    const contentType = first(headers['content-type']);
    const passed = answerHeadersFrom(headers);
    this.#writer = new PacedWriter(this);
    // Judged by the answer: lenient engines also stream for `"stream":1`
    if (mediaType(contentType) === 'text/event-stream') {
      return new StreamAnswer(this, this.#writer, passed, contentType as string);
    }
    return new JsonAnswer(this, this.#writer, passed, first(headers['content-length']));
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

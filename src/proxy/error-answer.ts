import type { Answer, AnswerContext } from './answer';
import { engineError } from './engine-error';
import { openAiError } from './openai-error';
import type { UpstreamFailure } from './upstream-failure';

/** More of an error body than this is not read. */
const maxBytes = 64 * 1024;

/** An answer with an error status: read, put into OpenAI's shape, sent with the fitting status. */
export class ErrorAnswer implements Answer {
  readonly #context: AnswerContext;
  readonly #status: number;
  readonly #retryAfter: string | undefined;
  #held: Buffer[] = [];
  #bytes = 0;

  constructor(context: AnswerContext, status: number, retryAfter: string | undefined) {
    this.#context = context;
    this.#status = status;
    this.#retryAfter = retryAfter;
  }

  chunk(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes < maxBytes) return;
    this.#context.abort();
    this.end();
  }

  end(): void {
    const { exchange, engine, plan } = this.#context;
    const body = Buffer.concat(this.#held).toString('utf8', 0, maxBytes);
    const { error, code, retryAfterSec } = engineError(engine, this.#status, body, this.#retryAfter);
    exchange.outcome = 'engine-error';
    const wait = retryAfterSec === undefined ? [] : ['retry-after', String(retryAfterSec)];
    this.#context.respondError(error, code, [...wait, ...plan.headers([])]);
  }

  /** The status is known, and says more than that its body broke off. */
  failed(failure: UpstreamFailure): void {
    if (failure.code !== 'idle_timeout') {
      this.end();
      return;
    }
    this.#context.exchange.outcome = 'engine-error';
    this.#context.respondError(openAiError(failure.code, failure.message), failure.code);
  }

  shutdown(): void {
    this.#context.abort();
    this.#context.respondStopping();
  }
}

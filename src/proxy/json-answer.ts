import type { Answer, AnswerContext } from './answer';
import { engineError } from './engine-error';
import { openAiError } from './openai-error';
import type { PacedWriter } from './paced-writer';
import type { UpstreamFailure } from './upstream-failure';
import { usageInJson } from './usage';

/** Answers up to this size are looked at as a whole before a byte of them goes out; larger ones are piped. */
const holdBytes = 256 * 1024;

/** End of a piped answer kept for its usage. */
const tailBytes = 4096;

/**
 * A JSON answer, passed on byte for byte. Small ones (all chat answers) are held until they are whole, so an error told
 * under status 200 (LM Studio), an HTML page or a truncated body becomes a proper error status. Of a large one (many
 * embeddings) only the beginning is judged; if it then breaks off, the connection is cut, which no client takes for a
 * whole answer.
 */
export class JsonAnswer implements Answer {
  readonly #context: AnswerContext;
  readonly #writer: PacedWriter;
  readonly #headers: readonly string[];
  readonly #contentLength: string | undefined;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isPiping = false;
  #tail: Buffer = Buffer.alloc(0);

  constructor(
    context: AnswerContext,
    writer: PacedWriter,
    headers: readonly string[],
    contentLength: string | undefined,
  ) {
    this.#context = context;
    this.#writer = writer;
    this.#headers = headers;
    this.#contentLength = contentLength;
  }

  chunk(bytes: Buffer): void {
    const { exchange } = this.#context;
    exchange.firstTokenMs ??= exchange.elapsedMs;
    if (this.#isPiping) {
      this.#pipe(bytes);
      return;
    }
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > holdBytes) this.#startPiping();
  }

  end(): void {
    if (this.#isPiping) {
      this.#count(this.#tail);
      this.#writer.end();
      return;
    }
    const body = this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held);
    const problem = this.#problemOf(body, true);
    if (problem) return;
    this.#count(body);
    this.#context.exchange.respond(200, 'application/json', body, this.#headers);
  }

  failed({ code, message }: UpstreamFailure): void {
    const { exchange } = this.#context;
    exchange.outcome = 'engine-error';
    exchange.errorCode = code;
    if (this.#isPiping) exchange.cut();
    else exchange.respondError(openAiError(code, message), code);
  }

  shutdown(): void {
    const { exchange } = this.#context;
    this.#context.abort();
    exchange.outcome = 'error';
    exchange.errorCode = 'gateway_stopping';
    if (this.#isPiping) exchange.cut();
    else exchange.refuseStopping();
  }

  #startPiping(): void {
    const body = Buffer.concat(this.#held);
    this.#held = [];
    if (this.#problemOf(body, false)) {
      this.#context.abort();
      return;
    }
    this.#isPiping = true;
    const length = this.#contentLength === undefined ? [] : ['content-length', this.#contentLength];
    this.#context.exchange.writeHead(200, [...this.#headers, 'content-type', 'application/json', ...length]);
    this.#pipe(body);
  }

  #pipe(bytes: Buffer): void {
    this.#writer.write(bytes);
    this.#tail = bytes.length >= tailBytes ? bytes : Buffer.concat([this.#tail.subarray(-tailBytes), bytes]);
  }

  /** Answers with an error if `body` is no JSON answer, or an error in disguise. */
  #problemOf(body: Buffer, isWhole: boolean): boolean {
    const { engine, exchange } = this.#context;
    const start = body.toString('latin1', 0, 512).trimStart();
    const last = isWhole
      ? body
          .toString('latin1', Math.max(0, body.length - 512))
          .trimEnd()
          .at(-1)
      : '}';
    if (isWhole && /^\{\s*"(error|message|object"\s*:\s*"error)"/.test(start) && isErrorObject(body)) {
      const { error, code } = engineError(engine, 200, body.toString('utf8', 0, 64 * 1024));
      exchange.outcome = 'engine-error';
      exchange.respondError(error, code);
      this.#context.sign('failed');
      return true;
    }
    const isJson = (start.startsWith('{') && last === '}') || (start.startsWith('[') && isWhole && last === ']');
    if (isJson) return false;
    const what = body.length === 0 ? 'with an empty body' : 'with something that is not complete JSON';
    exchange.outcome = 'engine-error';
    exchange.respondError(openAiError('engine_error', `The engine ${engine} answered ${what}.`), 'engine_error');
    this.#context.sign('failed');
    return true;
  }

  #count(body: Buffer): void {
    const usage = usageInJson(body);
    this.#context.exchange.tokensIn = usage?.tokensIn;
    this.#context.exchange.tokensOut = usage?.tokensOut;
  }
}

/** An error in place of an answer: an `error` without any of what answers carry. */
function isErrorObject(body: Buffer): boolean {
  try {
    const value = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    const isAnswer = 'choices' in value || 'data' in value;
    return !isAnswer && (Boolean(value.error) || value.object === 'error');
  } catch {
    return false;
  }
}

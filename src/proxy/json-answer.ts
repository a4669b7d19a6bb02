import type { Answer, AnswerContext } from './answer';
import { engineError } from './engine-error';
import { openAiError } from './openai-error';
import type { PacedWriter } from './paced-writer';
import type { JsonObject } from './repairs/json-object';
import type { RepairedWhole, WholeRepairs } from './repairs/whole-repairs';
import type { UpstreamFailure } from './upstream-failure';
import type { Usage } from './usage';

/** Answers up to this size are looked at as a whole before a byte of them goes out; larger ones are piped. */
const holdBytes = 256 * 1024;

/** The same where the answer must be a whole: a stream's head is out. */
const openBytes = 4 * 1024 * 1024;

const none = Buffer.alloc(0);

/** End of a piped answer kept for its usage. */
const tailBytes = 4096;

/**
 * A JSON answer, passed on byte for byte. Small ones (all chat answers) are held until they are whole, so an error told
 * under status 200 (LM Studio), an HTML page or a truncated body becomes a proper error status. Of a large one (many
 * embeddings) only the beginning is judged; if it then breaks off, the connection is cut, which no client takes for a
 * whole answer. Beginning and end are looked at; all of it only where the engine does not call it JSON,
 * or was asked for a stream.
 *
 * With a repair armed, longer answers are held too, up to the limit of the repairs; a chat answer above it passes as it
 * is. After an early head the answer is told as one chunk of a stream.
 */
export class JsonAnswer implements Answer {
  readonly #context: AnswerContext;
  readonly #writer: PacedWriter;
  readonly #headers: readonly string[];
  readonly #contentLength: string | undefined;
  readonly #repairs: WholeRepairs | undefined;
  readonly #isSure: boolean;
  #limitBytes: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isPiping = false;
  #tail: Buffer = none;

  /** @param isSure the engine says that it is JSON, and was asked for it */
  constructor(
    context: AnswerContext,
    writer: PacedWriter,
    headers: readonly string[],
    contentLength: string | undefined,
    repairs: WholeRepairs | undefined,
    isSure: boolean,
  ) {
    this.#context = context;
    this.#writer = writer;
    this.#headers = headers;
    this.#contentLength = contentLength;
    this.#repairs = repairs;
    this.#isSure = isSure;
    this.#limitBytes = context.isOpen ? openBytes : holdBytes;
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
    if (this.#heldBytes > this.#limitBytes) this.#overLimit();
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
    this.#answer(body, this.#count(body));
  }

  failed({ code, message }: UpstreamFailure): void {
    const { exchange } = this.#context;
    exchange.outcome = 'engine-error';
    exchange.errorCode = code;
    if (this.#isPiping) exchange.cut();
    else this.#context.respondError(openAiError(code, message), code);
  }

  shutdown(): void {
    const { exchange } = this.#context;
    this.#context.abort();
    exchange.outcome = 'error';
    exchange.errorCode = 'gateway_stopping';
    if (this.#isPiping) exchange.cut();
    else this.#context.respondStopping();
  }

  #answer(whole: Buffer, usage: Usage | undefined): void {
    const { exchange, plan } = this.#context;
    const { body, answer, applied, fault } = this.#repairs?.apply(whole) ?? unrepaired(whole);
    const headers = plan.headers(applied, plan.warningsOf(usage));
    if (fault !== undefined) {
      exchange.outcome = 'engine-error';
      this.#context.respondError(fault.error, fault.code, headers);
    } else if (this.#context.isOpen) this.#tellLate(body, answer);
    else {
      const told = plan.voice.whole(body, answer);
      if (told === undefined) this.#refuse('with something that is not complete JSON');
      else exchange.respond(200, told.contentType, told.body, [...this.#headers, ...headers]);
    }
  }

  #tellLate(body: Buffer, answer: JsonObject | undefined): void {
    const stream = this.#context.plan.voice.late(body, answer);
    if (stream === undefined) {
      this.#refuse('with something that is not the stream it was asked for');
      return;
    }
    this.#writer.write(stream);
    this.#writer.end();
  }

  #overLimit(): void {
    const repairs = this.#repairs;
    const isMore = !this.#context.isOpen && repairs !== undefined && this.#limitBytes < repairs.limitBytes;
    if (isMore && repairs.concerns(Buffer.concat(this.#held))) {
      this.#limitBytes = repairs.limitBytes;
      return;
    }
    const isUnfit = this.#context.isOpen || (repairs?.isVital === true && this.#limitBytes === repairs.limitBytes);
    if (!isUnfit) {
      this.#startPiping();
      return;
    }
    this.#context.abort();
    this.#context.exchange.outcome = 'engine-error';
    const mebi = Math.floor(this.#limitBytes / 1024 / 1024);
    const what = this.#context.isOpen
      ? 'to be sent as a stream'
      : this.#context.plan.voice.isTranslated
        ? 'to be translated'
        : "to be encoded as base64; ask for encoding_format 'float'";
    const message = `The answer of the engine ${this.#context.engine} is larger than ${mebi} MiB, too large ${what}.`;
    this.#context.respondError(openAiError('engine_error', message), 'engine_error');
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
    const { exchange, plan } = this.#context;
    exchange.writeHead(200, [...this.#headers, ...plan.headers([]), 'content-type', 'application/json', ...length]);
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
      this.#context.respondError(error, code);
      this.#context.sign('failed');
      return true;
    }
    const isJson = (start.startsWith('{') && last === '}') || (start.startsWith('[') && isWhole && last === ']');
    if (isJson && (this.#isSure || !isWhole || isParsable(body))) return false;
    this.#refuse(body.length === 0 ? 'with an empty body' : 'with something that is not complete JSON');
    return true;
  }

  #refuse(what: string): void {
    this.#context.exchange.outcome = 'engine-error';
    const message = `The engine ${this.#context.engine} answered ${what}.`;
    this.#context.respondError(openAiError('engine_error', message), 'engine_error');
    this.#context.sign('failed');
  }

  #count(body: Buffer): Usage | undefined {
    const usage = this.#context.plan.voice.usage(body);
    this.#context.exchange.tokensIn = usage?.tokensIn;
    this.#context.exchange.tokensOut = usage?.tokensOut;
    return usage;
  }
}

function unrepaired(body: Buffer): RepairedWhole {
  return { body, applied: [] };
}

function isParsable(body: Buffer): boolean {
  try {
    JSON.parse(body.toString('utf8'));
    return true;
  } catch {
    return false;
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

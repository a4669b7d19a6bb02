import type { IncomingMessage } from 'node:http';
import type { Clock } from '../core/clock';
import type { Exchange } from './exchange';
import type { HeldBodies } from './held-bodies';
import type { OpenAiError } from './openai-error';
import { openAiError } from './openai-error';

export interface BodyLimits {
  readonly maxBytes: number;
  /** As set in `flm.proxy.bodyLimitMiB`, for the message. */
  readonly maxMiB: number;
  readonly uploadSeconds: number;
  /** Undefined: too small to be counted. */
  readonly held?: HeldBodies;
}

export type ReadBody =
  | { readonly ok: true; readonly bytes: Buffer }
  | {
      readonly ok: false;
      readonly reason: 'too-large' | 'slow' | 'no-room';
      readonly error: OpenAiError;
      readonly declared?: number;
    }
  /** The client left. */
  | { readonly ok: false; readonly reason: 'gone' };

/**
 * Reads a request's body into memory, at most `maxBytes` of it. Where it came together with the head, as those of most
 * requests do, no listener and no timer is needed (12 µs less). A body announced as larger is refused before its first
 * byte; one that takes longer than `uploadSeconds` is refused then. Never rejects; always settles, at the latest when
 * the client is gone.
 */
export function readRequestBody(exchange: Exchange, limits: BodyLimits, clock: Clock): Promise<ReadBody> {
  const { req, res } = exchange;
  const declared = Number(req.headers['content-length'] ?? 0);
  if (declared > limits.maxBytes) return Promise.resolve({ ...tooLarge(limits), declared });
  if (req.headers.expect !== undefined && !req.complete) res.writeContinue();

  return new Promise((resolve) => {
    // The parser hands over the body after the head, in the same turn
    process.nextTick(() => {
      const bytes = wholeBody(req, declared);
      if (bytes === undefined) listen(exchange, limits, clock, resolve);
      else {
        exchange.bytesIn = bytes.length;
        resolve({ ok: true, bytes });
      }
    });
  });
}

/** The body, where all of it has arrived. */
function wholeBody(req: IncomingMessage, declared: number): Buffer | undefined {
  if (declared === 0 || req.readableLength !== declared || req.destroyed) return undefined;
  if (req.headers['transfer-encoding'] !== undefined) return undefined;
  const bytes = req.read() as Buffer | null;
  req.resume(); // to its end, which takes nothing more
  return bytes?.length === declared ? bytes : undefined;
}

function listen(exchange: Exchange, limits: BodyLimits, clock: Clock, resolve: (read: ReadBody) => void): void {
  const { req } = exchange;
  const chunks: Buffer[] = [];
  let bytes = 0;
  const settle = (result: ReadBody): void => {
    timer.cancel();
    req.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
    exchange.bytesIn = bytes;
    resolve(result);
  };
  const onData = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > limits.maxBytes) settle(tooLarge(limits));
    else if (limits.held?.take(exchange, chunk.length, limits.maxBytes) === false) settle(noRoom());
    else chunks.push(chunk);
  };
  const onEnd = (): void =>
    settle({ ok: true, bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes) });
  const onGone = (): void => settle({ ok: false, reason: 'gone' });
  const timer = clock.setTimeout(() => settle(tooSlow(limits)), limits.uploadSeconds * 1000);
  if (req.destroyed) {
    settle({ ok: false, reason: 'gone' });
    return;
  }
  req.on('error', () => undefined);
  req.on('data', onData).once('end', onEnd).once('close', onGone).once('error', onGone);
}

function tooLarge({ maxMiB }: BodyLimits): { ok: false; reason: 'too-large'; error: OpenAiError } {
  const message = `The request body is larger than ${maxMiB} MiB (setting flm.proxy.bodyLimitMiB).`;
  return { ok: false, reason: 'too-large', error: openAiError('body_too_large', message) };
}

function tooSlow({ uploadSeconds }: BodyLimits): { ok: false; reason: 'slow'; error: OpenAiError } {
  const message = `The request body did not arrive within ${uploadSeconds} s (setting flm.timeouts.uploadSeconds).`;
  return { ok: false, reason: 'slow', error: openAiError('request_timeout', message) };
}

function noRoom(): { ok: false; reason: 'no-room'; error: OpenAiError } {
  const message = 'Too many large requests are here at once. Send fewer at a time.';
  return { ok: false, reason: 'no-room', error: openAiError('too_many_concurrent', message) };
}

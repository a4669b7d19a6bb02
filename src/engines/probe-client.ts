import { Client } from 'undici';
import type { Clock } from '../core/clock';
import { messageOf } from '../core/errors';
import type { ProbeAnswer, ProbeFailure, ProbeReply, ProbeRequest, Prober } from './probe';
import { causeOf, errorCodeOf, probeFailure } from './probe-failure';
import { authorityOf, portOf } from './base-url';

/** A list of 5,000 models with all metadata is about 3 MB. */
export const maxProbeBodyBytes = 8 * 1024 * 1024;

class BodyTooLarge extends Error {}

/**
 * Probes over HTTP. Every request has a connection of its own that is closed afterwards: three of the four engines
 * close idle connections after five seconds, and a stale one would look like a dead engine.
 *
 * No Origin, no cookies, no redirects, no proxy settings; a key goes to the address of the request and nowhere else.
 */
export class ProbeClient implements Prober {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async send(request: ProbeRequest): Promise<ProbeAnswer> {
    if (request.signal?.aborted === true) return this.#failure('aborted', request, undefined);
    const url = new URL(request.baseUrl);
    const client = new Client(url.origin, {
      connect: { timeout: request.connectTimeoutMs },
      headersTimeout: 0, // one timer for the whole request, below
      bodyTimeout: 0,
      maxResponseSize: maxProbeBodyBytes,
    });
    const progress = { isConnected: false, isOverdue: false };
    client.once('connect', () => {
      progress.isConnected = true;
    });

    const abort = new AbortController();
    const timer = this.#clock.setTimeout(() => {
      progress.isOverdue = true;
      abort.abort();
    }, request.totalTimeoutMs);
    const onOuterAbort = () => abort.abort();
    request.signal?.addEventListener('abort', onOuterAbort, { once: true });

    try {
      return await this.#exchange(client, url, request, abort.signal);
    } catch (error) {
      if (error instanceof BodyTooLarge || errorCodeOf(error) === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
        return this.#failure('too-large', request, error);
      }
      if (progress.isOverdue)
        return this.#failure(progress.isConnected ? 'answer-timeout' : 'connect-timeout', request, error);
      if (abort.signal.aborted) return this.#failure('aborted', request, error);
      return this.#failure(causeOf(error), request, error);
    } finally {
      timer.cancel();
      request.signal?.removeEventListener('abort', onOuterAbort);
      client.destroy().catch(() => undefined);
    }
  }

  async #exchange(client: Client, url: URL, request: ProbeRequest, signal: AbortSignal): Promise<ProbeReply> {
    const startedAt = this.#clock.monotonic();
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'flm' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (request.key !== undefined) headers.authorization = `Bearer ${request.key}`;

    const answer = await client.request({
      method: body === undefined ? 'GET' : 'POST',
      path: `${url.pathname.replace(/\/+$/, '')}${request.path}`,
      headers,
      body: body ?? null,
      signal,
      reset: true, // sends `Connection: close`
    });
    const text = await readText(answer.body);
    return {
      ok: true,
      status: answer.statusCode,
      headers: firstValues(answer.headers),
      body: text,
      latencyMs: Math.max(1, Math.round(this.#clock.monotonic() - startedAt)),
    };
  }

  #failure(cause: ProbeFailure['cause'], request: ProbeRequest, error: unknown): ProbeFailure {
    return probeFailure(cause, {
      authority: authorityOf(request.baseUrl),
      host: new URL(request.baseUrl).hostname,
      port: portOf(request.baseUrl),
      path: request.path,
      connectTimeoutMs: request.connectTimeoutMs,
      totalTimeoutMs: request.totalTimeoutMs,
      maxBodyMb: maxProbeBodyBytes / 1024 / 1024,
      detail: errorCodeOf(error) ?? messageOf(error),
    });
  }
}

/** `maxResponseSize` of undici counts per chunked answer too, but not in every path; counting here is certain. */
async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxProbeBodyBytes) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks)); // drops a byte order mark
}

function firstValues(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) result[name.toLowerCase()] = first;
  }
  return result;
}

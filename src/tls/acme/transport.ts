import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { rootCertificates } from 'node:tls';
import type { Clock } from '../../core/clock';
import { reason } from '../../core/reason';
import { errorMessage } from '../error-message';
import { AcmeFailure } from './acme-failure';
import { failureOf, readProblem, retryAfterMs } from './problem';

/** One request, from the connection to the last byte of the answer. */
export const acmeRequestTimeoutMs = 30_000;
const maxAnswerBytes = 1024 * 1024;

export interface AcmeAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Parsed where it is JSON. */
  readonly data: unknown;
}

interface AcmeRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly data?: unknown;
}

export interface TransportOptions {
  readonly clock: Clock;
  /** Ends every request; its reason is what they reject with. */
  readonly signal: AbortSignal;
  /** Of the directory, for people. */
  readonly host: string;
  /** PEM: trusted besides the well-known CAs. */
  readonly ca?: string;
}

/**
 * How acme-client reaches its server. Put in the place of its own, which is one axios for the whole process, retries
 * after waits that nobody can end, and loses the server's problem document. Here: HTTPS only, no redirects (RFC 8555
 * needs none), bounded, every answer that is an error thrown as an {@link AcmeFailure}. A refused nonce alone is passed
 * on: acme-client asks again by itself (RFC 8555 §6.5).
 */
export class AcmeTransport {
  readonly #options: TransportOptions;
  readonly #agent: Agent;

  constructor(options: TransportOptions) {
    this.#options = options;
    const ca = options.ca === undefined ? {} : { ca: [...rootCertificates, options.ca] };
    this.#agent = new Agent({ keepAlive: true, maxSockets: 2, minVersion: 'TLSv1.2', ...ca });
  }

  close(): void {
    this.#agent.destroy();
  }

  async request(url: string, method: string, options: AcmeRequest = {}): Promise<AcmeAnswer> {
    const { clock, host, signal } = this.#options;
    signal.throwIfAborted();
    if (!url.startsWith('https:')) throw new AcmeFailure(reason('tls.acmeRefused', host, 'a link without TLS'));
    const answer = await this.#send(url, method.toUpperCase(), options);
    const isError = answer.status >= 300;
    if (!isError || readProblem(answer.data).type === 'badNonce') return answer;
    const waitMs = retryAfterMs(answer.headers['retry-after'], clock.now());
    throw failureOf(host, { ...answer, retryAfterMs: waitMs }, clock.now());
  }

  #send(url: string, method: string, { data, headers }: AcmeRequest): Promise<AcmeAnswer> {
    const { clock, signal, host } = this.#options;
    const body = data === undefined ? undefined : Buffer.from(JSON.stringify(data));
    return new Promise((resolve, reject) => {
      const sent = request(url, {
        method,
        agent: this.#agent,
        headers: {
          ...headers,
          'content-type': 'application/jose+json',
          'user-agent': 'FLM',
          'accept-language': 'en',
          ...(body === undefined ? {} : { 'content-length': body.length }),
        },
      });
      const end = (): void => {
        timer.cancel();
        signal.removeEventListener('abort', abort);
      };
      const fail = (error: unknown): void => {
        end();
        sent.destroy();
        const why = error instanceof AcmeFailure || signal.aborted ? error : unreachable(host, errorMessage(error));
        reject((signal.aborted ? signal.reason : why) as Error);
      };
      const abort = (): void => fail(signal.reason);
      const timer = clock.setTimeout(
        () => fail(unreachable(host, `no answer within ${acmeRequestTimeoutMs / 1000} s`)),
        acmeRequestTimeoutMs,
      );
      signal.addEventListener('abort', abort, { once: true });
      sent.once('error', fail);
      sent.once('response', (response) => {
        readBody(response).then((text) => {
          end();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, data: parsed(response, text) });
        }, fail);
      });
      sent.end(body);
    });
  }
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw new Error('its answer is larger than 1 MB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(response: IncomingMessage, text: string): unknown {
  if (!/\bjson\b/.test(response.headers['content-type'] ?? '')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function unreachable(host: string, why: string): AcmeFailure {
  return new AcmeFailure(reason('tls.acmeUnreachable', host, why));
}

import { request as requestHttp, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';

/** Time for one request, from connecting to the last byte. Engines on this machine answer in milliseconds. */
export const probeTimeoutMs = 2_000;
/** Requests under way at once: a check-up must not be felt. */
export const maxConcurrentProbes = 6;
/** A list of models may be long; what comes after is not needed. */
const maxBodyBytes = 256 * 1024;

export interface CheckRequest {
  readonly url: string;
  readonly method?: 'GET' | 'OPTIONS';
  /** Also `host` and `origin`, as a hostile web page would send them. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * False: take whatever certificate there is. Nothing secret is sent, and somebody who tries the way around the proxy
   * would not look at it either. Default: true.
   */
  readonly verifiesTls?: boolean;
}

export interface CheckReply {
  readonly status: number;
  /** Names lower-case, repeated ones joined. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most its first 256 kB. */
  readonly body: string;
}

/** Asks one question over a connection of its own. Never rejects; undefined: no answer in time, or cancelled. */
export interface CheckHttp {
  send(request: CheckRequest, signal: AbortSignal): Promise<CheckReply | undefined>;
}

/** Sends at most {@link maxConcurrentProbes} at once; no key, no cookie, no redirect, no proxy settings. */
export class CheckClient implements CheckHttp {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  async send(request: CheckRequest, signal: AbortSignal): Promise<CheckReply | undefined> {
    await this.#enter();
    try {
      return signal.aborted ? undefined : await exchange(request, signal);
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running >= maxConcurrentProbes) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
  }

  #leave(): void {
    this.#running -= 1;
    this.#waiting.shift()?.();
  }
}

function exchange(wanted: CheckRequest, outer: AbortSignal): Promise<CheckReply | undefined> {
  return new Promise((resolve) => {
    const signal = AbortSignal.any([outer, AbortSignal.timeout(probeTimeoutMs)]);
    const options: RequestOptions = {
      method: wanted.method ?? 'GET',
      headers: { accept: 'application/json', 'user-agent': 'flm-checkup', ...wanted.headers },
      agent: false,
      signal,
      // A `host` among the headers is sent as it is.
      setHost: wanted.headers?.host === undefined,
    };
    const none = () => resolve(undefined);
    try {
      const isTls = wanted.url.startsWith('https:');
      const sent = isTls
        ? requestHttps(wanted.url, { ...options, rejectUnauthorized: wanted.verifiesTls !== false })
        : requestHttp(wanted.url, options);
      sent.once('error', none);
      sent.once('response', (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        const done = () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: joined(response.headers),
            body: Buffer.concat(chunks).toString('utf8'),
          });
        };
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          size += chunk.length;
          if (size < maxBodyBytes) return;
          done();
          response.destroy();
        });
        response.once('error', none);
        response.once('end', done);
        response.once('close', none);
      });
      sent.end();
    } catch {
      none(); // an address that no URL can hold
    }
  });
}

function joined(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return result;
}

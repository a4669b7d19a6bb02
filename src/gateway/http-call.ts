import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { messageOf } from '../core/errors';

/** One small request to our own endpoint. `body` is sent as JSON with POST, else it is a GET. */
export interface HttpCallOptions {
  readonly url: string;
  readonly body?: unknown;
  readonly timeoutMs: number;
}

export type HttpAnswer =
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      /** At most 64 kB. */
      readonly text: string;
      readonly durationMs: number;
    }
  /** No HTTP answer in time; the problem is a short English text. */
  | { readonly ok: false; readonly problem: string };

export type HttpCall = (options: HttpCallOptions) => Promise<HttpAnswer>;

const maxAnswerBytes = 64 * 1024;

/** Calls with a connection of its own. Never rejects; the time limit holds for the whole exchange. */
export const httpCall: HttpCall = (options) =>
  new Promise((resolve) => {
    const startedAt = performance.now();
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const signal = AbortSignal.timeout(options.timeoutMs);
    const fail = (error: unknown) => {
      const problem = signal.aborted ? `no answer within ${options.timeoutMs / 1000} s` : messageOf(error);
      resolve({ ok: false, problem });
    };
    const sent = request(options.url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      agent: false,
      signal,
    });
    sent.once('error', fail);
    sent.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        if (text.length < maxAnswerBytes) text += chunk;
      });
      response.once('error', fail);
      response.once('end', () => {
        const { statusCode = 0, headers } = response;
        resolve({ ok: true, status: statusCode, headers, text, durationMs: performance.now() - startedAt });
      });
    });
    sent.end(body);
  });

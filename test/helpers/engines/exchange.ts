import type { IncomingMessage, ServerResponse } from 'node:http';
import { pause } from './pause';
import type { RecordedRequest } from './recorded-request';
import type { CannedAnswer } from './script';
import { BodyWriter, longContentLength, type WireScript } from './wire';

/** What an engine puts on every answer, and which of Node's own headers it does not send. */
export interface HeaderStyle {
  headers(exchange: Exchange, status: number): Readonly<Record<string, string>>;
  readonly sendsDate: boolean;
  /** `node`: `Connection: keep-alive` and `Keep-Alive`; `none`: persistent without saying so. */
  readonly connectionHeaders: 'node' | 'none';
}

/** One request and the answer to it. */
export class Exchange {
  readonly request: RecordedRequest;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Aborts when the client has gone, the script cut the answer, or the simulator stops. */
  readonly signal: AbortSignal;
  readonly #style: HeaderStyle;
  readonly #abort: AbortController;
  readonly #stop = new AbortController();

  constructor(request: RecordedRequest, req: IncomingMessage, res: ServerResponse, style: HeaderStyle) {
    this.request = request;
    this.req = req;
    this.res = res;
    this.#style = style;
    this.#abort = new AbortController();
    this.signal = this.#abort.signal;
    res.once('close', () => {
      request.end(res.writableFinished ? 'finished' : 'aborted');
      this.#abort.abort();
    });
  }

  /** The simulator has been stopped, or the script cut this answer: no work goes on for it. */
  get isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  onStop(callback: () => void): void {
    this.#stop.signal.addEventListener('abort', callback, { once: true });
  }

  /** Ends everything that waits for this exchange. */
  cancel(): void {
    this.request.end('cut');
    this.#stop.abort();
    this.#abort.abort();
  }

  /** Answers with JSON and a Content-Length. */
  sendJson(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
    this.sendText(status, JSON.stringify(body), { 'Content-Type': 'application/json', ...headers });
  }

  /** Answers with a text and a Content-Length; an empty text has no content type. */
  sendText(status: number, body: string, headers: Readonly<Record<string, string>> = {}): void {
    if (this.signal.aborted) return;
    this.#writeHead(status, { ...headers, 'Content-Length': String(Buffer.byteLength(body)) });
    this.request.sentBytes += Buffer.byteLength(body);
    this.res.end(this.request.method === 'HEAD' ? '' : body);
  }

  /**
   * Starts a body without a Content-Length and returns its writer. The header block leaves with the first write, or
   * at once with `flush`.
   */
  startBody(
    status: number,
    headers: Readonly<Record<string, string>>,
    wire: WireScript,
    options: { flush?: boolean } = {},
  ): BodyWriter {
    if (!this.signal.aborted) {
      const isLong = wire.cut?.how === 'long-content-length';
      this.#writeHead(status, isLong ? { ...headers, 'Content-Length': String(longContentLength) } : headers);
      if (options.flush === true || isLong) this.res.flushHeaders();
    }
    return new BodyWriter(this.res, wire, this.signal, {
      onBytes: (count) => (this.request.sentBytes += count),
      onCut: () => this.cancel(),
    });
  }

  /** Sends a scripted answer. */
  async sendCanned(answer: CannedAnswer): Promise<void> {
    if (answer.delayMs !== undefined && !(await pause(answer.delayMs, this.signal))) return;
    const { body } = answer;
    const isJson = typeof body === 'object' && body !== null && !(body instanceof Uint8Array);
    const headers = { ...(isJson ? { 'Content-Type': 'application/json' } : {}), ...answer.headers };
    const bytes =
      body instanceof Uint8Array ? body : isJson ? JSON.stringify(body) : typeof body === 'string' ? body : '';
    if (answer.wire === undefined) {
      if (this.signal.aborted) return;
      this.#writeHead(answer.status ?? 200, { 'Content-Length': String(Buffer.byteLength(bytes)), ...headers });
      this.request.sentBytes += Buffer.byteLength(bytes);
      this.res.end(bytes);
      return;
    }
    const writer = this.startBody(answer.status ?? 200, headers, answer.wire);
    await writer.write(typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8'));
    await writer.end();
  }

  #writeHead(status: number, headers: Readonly<Record<string, string>>): void {
    const { res } = this;
    res.statusCode = status;
    for (const [name, value] of Object.entries(this.#style.headers(this, status))) res.setHeader(name, value);
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    if (!this.#style.sendsDate) res.sendDate = false;
    // Removing the header, rather than not setting it, is what keeps Node from adding its own.
    if (this.#style.connectionHeaders === 'none' && !res.hasHeader('Connection')) res.removeHeader('Connection');
  }
}

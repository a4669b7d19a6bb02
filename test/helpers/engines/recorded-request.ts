import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** How an exchange ended: `aborted` means that the client closed the connection before the whole answer was out. */
export type ExchangeEnd = 'finished' | 'aborted' | 'cut';

/** One request as a simulated engine saw it. Times are epoch ms. */
export class RecordedRequest {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** As sent: names in their own case, order and duplicates kept. */
  readonly rawHeaders: readonly string[];
  readonly startedAt = Date.now();
  /** Number of the TCP connection it came on, counted from 1. */
  readonly connection: number;
  /** Empty until the body has been read. */
  body = Buffer.alloc(0);
  /** The whole body has arrived. */
  isRead = false;
  /** The client left before the answer was complete. */
  abortedAt: number | undefined;
  /** The answer is complete, or was cut off by the script. */
  finishedAt: number | undefined;
  /** Bytes of the answer's body handed to the socket. */
  sentBytes = 0;
  readonly ended: Promise<ExchangeEnd>;
  #end!: (end: ExchangeEnd) => void;
  #isEnded = false;

  constructor(req: IncomingMessage, connection: number) {
    const url = new URL(req.url ?? '/', 'http://engine.invalid');
    this.method = req.method ?? '';
    this.path = url.pathname;
    this.query = url.searchParams;
    this.headers = req.headers;
    this.rawHeaders = req.rawHeaders;
    this.connection = connection;
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  get text(): string {
    return this.body.toString('utf8');
  }

  /** The body as JSON. Throws `SyntaxError` when it is none. */
  get json(): unknown {
    return JSON.parse(this.text) as unknown;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Only the first call counts. */
  end(how: ExchangeEnd): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (how === 'aborted') this.abortedAt = Date.now();
    else this.finishedAt = Date.now();
    this.#end(how);
  }
}

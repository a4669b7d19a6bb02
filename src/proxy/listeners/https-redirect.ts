import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const maxHeaderBytes = 8 * 1024;

/** The host to name in a redirect, from raw headers; undefined: none that this gateway goes by. */
export type RedirectHost = (rawHeaders: readonly string[]) => string | undefined;

/**
 * Answers plain HTTP on a port that speaks TLS: 308 to the same path over HTTPS, then closes. Method and body are kept
 * by 308 (RFC 9110 §15.4.9), but what was sent in clear has been seen already, so no byte of the body is read. A `Host`
 * that this gateway does not go by is refused instead: a redirect to it would send people where an attacker likes.
 */
export class HttpsRedirect {
  readonly #server: Server;
  readonly #hostOf: RedirectHost;

  constructor(hostOf: RedirectHost) {
    this.#hostOf = hostOf;
    const answer = (req: IncomingMessage, res: ServerResponse): void => this.#answer(req, res);
    this.#server = createServer({ maxHeaderSize: maxHeaderBytes, requireHostHeader: false }, answer);
    this.#server.on('checkContinue', answer);
    for (const event of ['connect', 'upgrade'] as const) {
      this.#server.on(event, (_req: IncomingMessage, socket: Socket) => socket.destroy());
    }
    this.#server.on('clientError', (_error, socket) => socket.destroy());
  }

  /** Takes over a socket. How long it may take to ask is the caller's business. */
  accept(socket: Socket): void {
    this.#server.emit('connection', socket);
  }

  #answer(req: IncomingMessage, res: ServerResponse): void {
    const host = this.#hostOf(req.rawHeaders);
    const port = req.socket.localPort;
    const target = req.url ?? '';
    const headers = { connection: 'close', 'cache-control': 'no-store', 'content-length': 0 };
    if (host === undefined || port === undefined || !/^\/[\x21-\x7e]*$/.test(target)) res.writeHead(403, headers).end();
    else {
      const shown = host.includes(':') ? `[${host}]` : host;
      res.writeHead(308, { ...headers, location: `https://${shown}:${port}${target}` }).end();
    }
  }
}

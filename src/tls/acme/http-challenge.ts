import { createServer, type Server } from 'node:http';
import { reason, type Reason } from '../../core/reason';
import { errorCode } from '../error-message';
import { AcmeFailure } from './acme-failure';
import type { ChallengeQuestion, ChallengeResponder } from './challenge';

const prefix = '/.well-known/acme-challenge/';
/** Of a stranger's request; the CA's are a few hundred bytes. */
const requestTimeoutMs = 5_000;
const maxConnections = 64;
const maxHeaderBytes = 8 * 1024;

/** All addresses; IPv4 alone where the system has no IPv6. */
const everywhere = ['::', '0.0.0.0'];

/** HTTP-01 (RFC 8555 §8.3): a listener of its own that is open only while the CA looks and knows a single path. */
export class HttpChallenge implements ChallengeResponder {
  readonly type = 'http-01';
  readonly #port: number;
  readonly #hosts: readonly string[];

  constructor(port: number, host?: string) {
    this.#port = port;
    this.#hosts = host === undefined ? everywhere : [host];
  }

  wanted(domain: string): Reason {
    return reason('tls.acmeHttpWanted', domain, this.#port);
  }

  failed(domain: string, says: string): Reason {
    return reason('tls.acmeHttpFailed', domain, this.#port, says);
  }

  async answer(question: ChallengeQuestion, signal: AbortSignal): Promise<() => Promise<void>> {
    signal.throwIfAborted();
    const server = challengeServer(question);
    await this.#listen(server);
    return () => closeServer(server);
  }

  async #listen(server: Server): Promise<void> {
    let failure: unknown;
    for (const host of this.#hosts) {
      try {
        await listenOn(server, this.#port, host);
        return;
      } catch (error) {
        failure = error;
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL') break;
      }
    }
    throw new AcmeFailure(reason('tls.acmePort', this.#port, errorCode(failure)));
  }
}

function challengeServer({ token, answer }: ChallengeQuestion): Server {
  const server = createServer(
    { maxHeaderSize: maxHeaderBytes, headersTimeout: requestTimeoutMs, requestTimeout: requestTimeoutMs },
    (request, response) => {
      response.setHeader('connection', 'close');
      const isAsked = (request.method === 'GET' || request.method === 'HEAD') && request.url === `${prefix}${token}`;
      if (!isAsked) {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' });
      response.end(answer);
    },
  );
  server.maxConnections = maxConnections;
  server.on('clientError', (_error, socket) => socket.destroy());
  return server;
}

function listenOn(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      server.removeListener('error', reject);
      server.on('error', () => undefined);
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Pebble } from './pebble';

export interface SeenRequest {
  readonly path: string;
  readonly method: string;
  readonly status: number;
  /** Of the problem document, without its prefix. */
  readonly problem?: string;
}

/** Answers a request itself (true) or lets it pass. */
export type Intercept = (path: string, response: ServerResponse) => boolean;

/** Stands before Pebble, notes what is asked, and makes the trouble that Pebble cannot make. */
export interface AcmeProxy {
  readonly directoryUrl: string;
  readonly seen: readonly SeenRequest[];
  intercept: Intercept | undefined;
  stop(): Promise<void>;
}

export async function startAcmeProxy(pebble: Pebble): Promise<AcmeProxy> {
  const seen: SeenRequest[] = [];
  const target = new URL(pebble.directoryUrl);
  const proxy: { intercept: Intercept | undefined } = { intercept: undefined };
  const server = createServer(await pebble.authority.issue(['localhost']), (incoming, response) => {
    const path = incoming.url ?? '';
    const method = incoming.method ?? '';
    if (proxy.intercept?.(path, response) === true) {
      seen.push({ path, method, status: response.statusCode });
      return;
    }
    forward(incoming, response, target, pebble.authority.cert, (status, problem) => {
      seen.push({ path, method, status, ...(problem === undefined ? {} : { problem }) });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(proxy, {
    directoryUrl: `https://localhost:${(server.address() as AddressInfo).port}/dir`,
    seen,
    stop: () => close(server),
  });
}

/** Pebble makes its links from the Host header, so everything comes back through here. */
function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  target: URL,
  ca: string,
  note: (status: number, problem?: string) => void,
): void {
  const { hostname, port } = target;
  const options = { hostname, port, ca, agent: false as const, path: incoming.url, method: incoming.method };
  const sent = request({ ...options, headers: incoming.headers }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.once('end', () => {
      const body = Buffer.concat(chunks);
      note(answer.statusCode ?? 0, /error:(\w+)"/.exec(body.toString())?.[1]);
      response.writeHead(answer.statusCode ?? 502, answer.headers).end(body);
    });
  });
  sent.once('error', () => response.destroy());
  incoming.pipe(sent);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

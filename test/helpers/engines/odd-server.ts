import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** What may listen on a port that is no engine; each meets whoever probes it in its own way. */
export type OddKind =
  /** 307 to itself, for ever. */
  | 'redirect-loop'
  /** 307 to another origin (`redirectTo`). */
  | 'redirect'
  /** One header byte every `everyMs`, without end. */
  | 'slow-headers'
  /** Headers at once, then one body byte every `everyMs`. */
  | 'slow-body'
  /** Valid headers and 100 MB of JSON. */
  | 'huge-body'
  /** An endless header block. */
  | 'huge-headers'
  /** Speaks TLS, without a certificate. */
  | 'tls'
  /** Greets like an SSH server, then waits. */
  | 'banner'
  /** Accepts and never says anything. */
  | 'silent'
  /** Closes every connection as soon as it is there. */
  | 'closes'
  /** RST as soon as a request comes. */
  | 'resets'
  /** Bytes that are no HTTP. */
  | 'garbage'
  /** A web application: 200 and HTML for every path. */
  | 'html';

export interface OddServer {
  readonly url: string;
  readonly port: number;
  readonly openConnections: number;
  /** Bytes it could get rid of; tells how much of a huge answer was read. */
  readonly sentBytes: number;
  readonly connectionCount: number;
  stop(): Promise<void>;
}

interface OddOptions {
  readonly host?: string;
  readonly port?: number;
  readonly everyMs?: number;
  readonly redirectTo?: string;
  readonly hugeBytes?: number;
}

interface Visit {
  readonly socket: Socket;
  readonly options: OddOptions;
  /** The request's first line, once it came. */
  readonly requestLine: string;
  readonly send: (data: string | Uint8Array) => void;
}

/** Acts on the connection itself. */
const onConnect: Partial<Record<OddKind, (visit: Visit) => void>> = {
  banner: ({ send }) => send('SSH-2.0-OpenSSH_9.6\r\n'),
  closes: ({ socket }) => socket.end(),
};

/** Acts when the first bytes of a request came. */
const onRequest: Partial<Record<OddKind, (visit: Visit) => void>> = {
  'redirect-loop': ({ send, requestLine }) =>
    send(`HTTP/1.1 307 Temporary Redirect\r\nLocation: ${pathOf(requestLine)}\r\nContent-Length: 0\r\n\r\n`),
  redirect: ({ send, requestLine, options }) =>
    send(
      `HTTP/1.1 307 Temporary Redirect\r\nLocation: ${options.redirectTo ?? ''}${pathOf(requestLine)}\r\nContent-Length: 0\r\n\r\n`,
    ),
  'slow-headers': (visit) => trickle(visit, 'HTTP/1.1 200 OK\r\nX-Slow: ', 'a'),
  'slow-body': (visit) =>
    trickle(visit, 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n', ' '),
  'huge-body': (visit) =>
    flood(visit, 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{"data":["', 'a'),
  'huge-headers': (visit) => flood(visit, 'HTTP/1.1 200 OK\r\nX-Huge: ', 'a'),
  resets: ({ socket }) => socket.resetAndDestroy(),
  garbage: ({ send, socket }) => {
    send(Uint8Array.from({ length: 64 }, (_, index) => (index * 37) % 256));
    socket.end();
  },
  html: ({ send }) => {
    const page = '<!doctype html><title>My app</title><h1>It works</h1>';
    send(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${page.length}\r\n\r\n${page}`);
  },
};

/** Starts a server that is no engine (scenario 42 and its kin). */
export async function startOddServer(kind: OddKind, options: OddOptions = {}): Promise<OddServer> {
  const sockets = new Set<Socket>();
  let connectionCount = 0;
  let sentBytes = 0;
  const serve = (socket: Socket): void => {
    connectionCount += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      sentBytes += socket.bytesWritten;
      sockets.delete(socket);
    });
    const visit = (requestLine: string): Visit => ({
      socket,
      options,
      requestLine,
      send: (data) => {
        if (socket.writable) socket.write(data);
      },
    });
    onConnect[kind]?.(visit(''));
    socket.on('data', (data) => {
      const requestLine = data.toString('latin1').split('\r\n', 1)[0] ?? '';
      if (/ HTTP\/1\.\d$/.test(requestLine)) onRequest[kind]?.(visit(requestLine));
    });
  };
  const server: Server = kind === 'tls' ? createTlsServer({}) : createServer(serve);
  if (kind === 'tls') {
    server.on('connection', (socket) => {
      connectionCount += 1;
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    server.on('tlsClientError', () => undefined);
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 0 }, () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host?.includes(':') === true ? `[${options.host}]` : (options.host ?? '127.0.0.1');
  return {
    url: `http://${host}:${port}`,
    port,
    get openConnections() {
      return sockets.size;
    },
    get sentBytes() {
      return [...sockets].reduce((sum, socket) => sum + socket.bytesWritten - socket.writableLength, sentBytes);
    },
    get connectionCount() {
      return connectionCount;
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function pathOf(requestLine: string): string {
  return requestLine.split(' ')[1] ?? '/';
}

function trickle({ socket, send, options }: Visit, head: string, byte: string): void {
  send(head);
  const timer = setInterval(() => send(byte), options.everyMs ?? 100);
  socket.once('close', () => clearInterval(timer));
}

function flood({ socket, options }: Visit, head: string, byte: string): void {
  const block = Buffer.alloc(65_536, byte);
  let left = options.hugeBytes ?? 100_000_000;
  const pump = (): void => {
    while (left > 0 && socket.writable) {
      left -= block.length;
      if (!socket.write(block)) {
        socket.once('drain', pump);
        return;
      }
    }
    if (socket.writable) socket.end();
  };
  socket.write(head);
  pump();
}

import type { Socket } from 'node:net';
import { createServer, type Server, type TlsOptions, type TLSSocket } from 'node:tls';

/** RFC 8996 retires what is older. */
const minVersion = 'TLSv1.2';

/**
 * Makes TLS connections out of sockets that others accepted. The certificate can be replaced at any time: connections
 * that are there keep the one they began with, none is dropped. It is the same for every name a client asks for (SNI).
 */
export class TlsTerminator {
  readonly #server: Server;
  /** By both ends of the connection; whoever accepted it bounds how many there are and how long they take. */
  readonly #shaking = new Map<string, (socket: TLSSocket) => void>();

  constructor() {
    this.#server = createServer({ minVersion, ALPNProtocols: ['http/1.1'] });
    this.#server.on('secureConnection', (socket) => this.#shaking.get(endsOf(socket))?.(socket));
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy());
  }

  /** Throws when key and certificate are no pair or no PEM; what was in use stays in use. */
  use(options: TlsOptions): void {
    this.#server.setSecureContext({ minVersion, ...options });
  }

  /** Begins a handshake; `onSecure` gets the connection when it is done. A failed one is closed without a word. */
  accept(socket: Socket, onSecure: (socket: TLSSocket) => void): void {
    const ends = endsOf(socket);
    this.#shaking.set(ends, (secured) => {
      this.#shaking.delete(ends);
      onSecure(secured);
    });
    socket.once('close', () => this.#shaking.delete(ends));
    this.#server.emit('connection', socket);
  }
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

import { createServer, type Server, type Socket } from 'node:net';
import { normalizeAddress } from '../../core/address';
import { bindExactly } from '../listen';

/** Listens on one address beyond this machine's loopback. */
export class OuterListener {
  readonly address: string;
  readonly #server: Server;
  #isClosed = false;

  /** @param accept gets every connection, nothing read yet */
  constructor(address: string, accept: (socket: Socket, listener: OuterListener) => void, maxConnections: number) {
    this.address = address;
    // As Node's own HTTP server: a client may end its side after its request
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => accept(socket, this));
    this.#server.maxConnections = maxConnections;
    this.#server.on('error', () => undefined); // the interface went; the next look at the addresses tells
  }

  /** Rejects when the port is taken there or the address is not this machine's. */
  open(port: number): Promise<void> {
    return bindExactly(this.#server, this.address, port);
  }

  /** Takes no further connection. Those that are there stay. */
  close(): void {
    this.#isClosed = true;
    this.#server.close(() => undefined);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Closed, and the last connection is gone. */
  onClosed(listener: () => void): void {
    this.#server.once('close', listener);
  }
}

/** As peers are counted. */
export function peerOf(socket: Socket): string {
  return normalizeAddress(socket.remoteAddress ?? '');
}

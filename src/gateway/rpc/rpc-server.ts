import { chmodSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { GatewayNotificationName, GatewayNotifications } from '../../protocol/gateway-rpc';
import { RpcConnection, type RpcConnectionDeps } from './rpc-connection';

/** Windows of one user. More is somebody trying something. */
const maxConnections = 64;
/** Connections that have not proven a token may not keep windows out. */
const maxUngreeted = 32;
const closeTimeoutMs = 700;

/** Serves the RPC on a Unix socket or a named pipe. */
export class RpcServer {
  readonly #deps: RpcConnectionDeps;
  readonly #connections = new Set<RpcConnection>();
  readonly #server: Server;
  #pipe: string | undefined;
  #nextId = 1;

  constructor(deps: RpcConnectionDeps) {
    this.#deps = deps;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Windows that proved their token. */
  get greetedCount(): number {
    return [...this.#connections].filter((connection) => connection.isGreeted).length;
  }

  /** Rejects when the pipe cannot be made. */
  listen(pipe: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(pipe, () => {
        this.#server.off('error', reject);
        this.#server.on('error', (error) => this.#deps.logger.error('The pipe failed.', { error }));
        this.#pipe = pipe;
        // The folder keeps others out already; where it is a shared one, the socket itself does.
        if (process.platform !== 'win32') chmodSync(pipe, 0o600);
        resolve();
      });
    });
  }

  /** Tells every window that proved its token. */
  notifyAll<N extends GatewayNotificationName>(name: N, params: GatewayNotifications[N]): void {
    for (const connection of this.#connections) connection.notify(name, params);
  }

  /** Hangs up once what was sent has left, and stops listening. Takes 0.7 s at most; never rejects. */
  async close(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    await new Promise<void>((resolve) => {
      const timer = this.#deps.clock.setTimeout(resolve, closeTimeoutMs);
      this.#server.close(() => {
        timer.cancel();
        resolve();
      });
    });
    // Node removes it too; not when close timed out.
    if (this.#pipe === undefined || process.platform === 'win32') return;
    await rm(this.#pipe, { force: true }).catch(() => undefined);
  }

  #accept(socket: Socket): void {
    const isFull = this.#connections.size >= maxConnections;
    if (isFull || this.#connections.size - this.greetedCount >= maxUngreeted) {
      this.#deps.logger.warn('A window connection was refused: too many.');
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
    const connection = new RpcConnection(
      this.#nextId++,
      socket,
      () => this.#connections.delete(connection),
      this.#deps,
    );
    this.#connections.add(connection);
    connection.start();
  }
}

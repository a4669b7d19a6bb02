import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { Clock } from '../../core/clock';
import type { Disposable } from '../../core/disposable';
import { messageOf } from '../../core/errors';
import { maxConnections } from '../server-limits';
import type { ExposurePlan, ListenFailure } from './exposure-plan';
import { detectTls } from './first-byte';
import { HalfOpen } from './half-open';
import { HttpsRedirect, type RedirectHost } from './https-redirect';
import type { OuterConnections } from './outer-connections';
import { OuterListener, peerOf } from './outer-listener';
import { TlsTerminator } from './tls-terminator';

/** From accepting a connection to the end of its handshake, or of its redirect, however busily it drips. */
export const handshakeMs = 10_000;

export interface OuterListenersDeps {
  readonly connections: OuterConnections;
  /** Gets every connection that is to speak HTTP. */
  readonly deliver: (socket: Socket) => void;
  readonly redirectHost: RedirectHost;
  /** Told before an address opens; disposed once it is closed and its last connection is gone. */
  readonly listens: () => Disposable;
  readonly clock: Clock;
}

/**
 * Listeners beyond this machine's loopback, on the port of the loopback's: opened and closed one by one, so that no
 * change touches a connection of another address. They feed the one HTTP server.
 */
export class OuterListeners {
  readonly #deps: OuterListenersDeps;
  readonly #open = new Map<string, OuterListener>();
  readonly #shaking = new Set<Socket>(); // bounded by HalfOpen
  readonly #halfOpen = new HalfOpen();
  readonly #terminator = new TlsTerminator();
  readonly #redirect: HttpsRedirect;
  #planned: readonly string[] = [];
  #tls: TlsOptions | undefined;

  constructor(deps: OuterListenersDeps) {
    this.#deps = deps;
    this.#redirect = new HttpsRedirect(deps.redirectHost);
  }

  /** Those that are open, in the order of the plan. */
  get addresses(): readonly string[] {
    return this.#planned.filter((address) => this.#open.has(address));
  }

  /**
   * Listens as planned, and answers where it could not. What is to close is closed before anything opens. One call at a
   * time.
   */
  async apply(plan: ExposurePlan, port: number): Promise<readonly ListenFailure[]> {
    const wanted = new Set(plan.addresses);
    for (const address of [...this.#open.keys()]) if (!wanted.has(address)) this.#close(address);
    this.#planned = [...wanted];
    try {
      this.#useTls(plan.tls);
    } catch (error) {
      this.closeAll();
      return plan.addresses.map((address) => ({ address, message: messageOf(error) }));
    }
    const missing = this.#planned.filter((address) => !this.#open.has(address));
    const results = await Promise.all(missing.map((address) => this.#openAt(address, port)));
    return results.filter((result) => result !== undefined);
  }

  closeAll(): void {
    for (const address of [...this.#open.keys()]) this.#close(address);
    for (const socket of [...this.#shaking]) socket.destroy();
  }

  #useTls(tls: TlsOptions | undefined): void {
    if (tls !== undefined && (tls.cert !== this.#tls?.cert || tls.key !== this.#tls?.key)) this.#terminator.use(tls);
    const wasPlain = this.#tls === undefined;
    this.#tls = tls;
    if (tls === undefined || !wasPlain) return;
    for (const address of this.addresses) this.#deps.connections.leave(address, true);
  }

  async #openAt(address: string, port: number): Promise<ListenFailure | undefined> {
    const guard = this.#deps.listens();
    const listener = new OuterListener(address, (socket, at) => this.#accept(socket, at), maxConnections);
    try {
      await listener.open(port);
    } catch (error) {
      guard.dispose();
      return { address, message: messageOf(error) };
    }
    listener.onClosed(() => guard.dispose());
    this.#open.set(address, listener);
    return undefined;
  }

  #close(address: string): void {
    this.#open.get(address)?.close();
    this.#open.delete(address);
    this.#deps.connections.leave(address);
  }

  #accept(socket: Socket, listener: OuterListener): void {
    socket.on('error', () => undefined);
    if (!this.#deps.connections.hasRoomFor(socket, this.#halfOpen.total)) socket.destroy();
    else if (this.#tls === undefined) this.#deliver(socket, listener, false);
    else this.#shakeHands(socket, listener);
  }

  #shakeHands(socket: Socket, listener: OuterListener): void {
    const place = this.#halfOpen.enter(peerOf(socket));
    if (place === undefined) {
      socket.destroy();
      return;
    }
    this.#shaking.add(socket);
    const deadline = this.#deps.clock.setTimeout(() => socket.destroy(), handshakeMs);
    const done = (): void => {
      deadline.cancel();
      place.dispose();
      this.#shaking.delete(socket);
    };
    socket.once('close', done);
    detectTls(socket, (isTls) => {
      if (!isTls) this.#redirect.accept(socket);
      else {
        this.#terminator.accept(socket, (secured) => {
          done();
          secured.on('error', () => undefined);
          this.#deliver(secured, listener, true);
        });
      }
    });
  }

  #deliver(socket: Socket, { address, isClosed }: OuterListener, isTls: boolean): void {
    if (isClosed) {
      socket.destroy(); // while this one shook hands
      return;
    }
    this.#deps.connections.add(socket, address, isTls);
    this.#deps.deliver(socket);
  }
}

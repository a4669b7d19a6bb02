import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../core/clock';
import { addressKey } from '../../core/ip-range';
import { KeyedCount } from '../../core/keyed-count';
import { maxConnections, maxConnectionsPerAddress } from '../server-limits';
import { peerOf } from './outer-listener';

/** Running answers on an address that is no longer listened on may take that long to end. */
export const leaveMs = 60_000;
/** Then they get their error event, and this long to send it. */
const farewellMs = 500;

/** One connection from beyond this machine that speaks HTTP. */
interface Connection {
  readonly address: string;
  readonly isTls: boolean;
  leaving?: Timer;
}

export interface OuterConnectionsDeps {
  /** A request on it is being answered. */
  readonly isBusy: (socket: Socket) => boolean;
  /** Its answers are to end the connection after them. */
  readonly letLeave: (socket: Socket) => void;
  /** Its answers are to end now, saying why. */
  readonly shutdown: (socket: Socket) => void;
  readonly clock: Clock;
}

/**
 * HTTP connections from beyond this machine, by the address they came in on. Those of an address that is closed take no
 * further request: idle ones end at once, busy ones with their answer, or after {@link leaveMs}.
 */
export class OuterConnections {
  readonly #deps: OuterConnectionsDeps;
  readonly #connections = new Map<Socket, Connection>(); // bounded by `hasRoomFor`
  readonly #perAddress = new KeyedCount(); // bounded by it, too

  constructor(deps: OuterConnectionsDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#connections.size;
  }

  /**
   * Whether one more may be taken, in all and from its address: a connection costs its peer nothing, and one that is
   * blocked can still open it.
   *
   * @param shaking further ones that will be there once they have shaken hands
   */
  hasRoomFor(socket: Socket, shaking = 0): boolean {
    if (this.#connections.size + shaking >= maxConnections) return false;
    return this.#perAddress.of(addressKey(peerOf(socket))) < maxConnectionsPerAddress;
  }

  add(socket: Socket, address: string, isTls: boolean): void {
    const peer = addressKey(peerOf(socket));
    this.#connections.set(socket, { address, isTls });
    this.#perAddress.add(peer);
    socket.once('close', () => {
      this.#connections.get(socket)?.leaving?.cancel();
      this.#connections.delete(socket);
      this.#perAddress.remove(peer);
    });
  }

  has(socket: Socket): boolean {
    return this.#connections.has(socket);
  }

  isLeaving(socket: Socket): boolean {
    return this.#connections.get(socket)?.leaving !== undefined;
  }

  /** Connections on that address take no further request; with `onlyPlain`, those without TLS. */
  leave(address: string, onlyPlain = false): void {
    for (const [socket, connection] of [...this.#connections]) {
      if (connection.address !== address || connection.leaving !== undefined || (onlyPlain && connection.isTls)) {
        continue;
      }
      if (this.#deps.isBusy(socket)) this.#letLeave(socket, connection);
      else socket.destroy();
    }
  }

  /** An answer on it has ended. */
  settled(socket: Socket): void {
    if (this.isLeaving(socket) && !this.#deps.isBusy(socket)) socket.destroySoon();
  }

  #letLeave(socket: Socket, connection: Connection): void {
    const { clock, letLeave, shutdown } = this.#deps;
    letLeave(socket);
    connection.leaving = clock.setTimeout(() => {
      shutdown(socket);
      connection.leaving = clock.setTimeout(() => socket.destroy(), farewellMs);
    }, leaveMs);
  }
}

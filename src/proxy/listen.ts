import { connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { FlmError, messageOf } from '../core/errors';

/** Ports tried after the one asked for. */
export const portsTried = 20;

/** Connections that may wait to be accepted while the event loop is busy; Node's 511 was too few for a burst of 1,000. */
const backlog = 4096;

/** How long the check that a bound address leads to us may take. */
export const checkMs = 1000;

/** In use, or kept by the system (Windows reserves ranges of ports and then says EACCES). */
const takenCodes = new Set(['EADDRINUSE', 'EACCES']);

/**
 * Binds `server` to `port`, or to the next free one if somebody else has it, and returns the port.
 *
 * After binding it connects to itself: on some systems a second server can bind a port in use without an error and wait
 * there in silence (llama.cpp 26822); such a port counts as taken.
 *
 * @throws FlmError `port_in_use` when none of the ports is free; any other error (no such address) as it comes
 */
export async function listenOnFreePort(server: Server, host: string, port: number): Promise<number> {
  const last = port === 0 ? 0 : Math.min(port + portsTried, 65535);
  for (let candidate = port; candidate <= last; candidate++) {
    if (!(await bind(server, host, candidate))) continue;
    const bound = (server.address() as AddressInfo).port;
    if (await reachesUs(server, host, bound)) return bound;
    await new Promise((resolve) => server.close(resolve));
  }
  throw new FlmError('port_in_use', `no free port between ${port} and ${last} on ${host}`);
}

/**
 * Binds `server` to exactly that port, checked as in {@link listenOnFreePort}.
 *
 * @throws FlmError `port_in_use` when somebody else has it there; any other error as it comes
 */
export async function bindExactly(server: Server, host: string, port: number): Promise<void> {
  if (await bind(server, host, port)) {
    if (await reachesUs(server, host, port)) return;
    await new Promise((resolve) => server.close(resolve));
  }
  throw new FlmError('port_in_use', `port ${port} on ${host} is in use by another program`);
}

/** False if somebody else has the port. */
function bind(server: Server, host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const settle = (error?: NodeJS.ErrnoException): void => {
      server.off('error', settle).off('listening', settle);
      if (error === undefined) resolve(true);
      else if (takenCodes.has(error.code ?? '')) resolve(false);
      else reject(new FlmError('internal_error', `cannot listen on ${host}: ${messageOf(error)}`, { cause: error }));
    };
    server.once('error', settle).once('listening', () => settle());
    server.listen({ port, host, exclusive: true, backlog });
  });
}

/** Whether a connection to `host:port` arrives at `server`: seen by its local port, so nothing is sent. */
export function reachesUs(server: Server, host: string, port: number): Promise<boolean> {
  const target = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return new Promise((resolve) => {
    const arrived = new Set<number>();
    const socket = connect({ host: target, port });
    // Once the connections that wait were seen: this process itself may have been held up for so long.
    const timer = setTimeout(() => setImmediate(() => settle(false)), checkMs);
    const settle = (isOurs: boolean): void => {
      clearTimeout(timer);
      server.off('connection', onConnection);
      socket.destroy();
      resolve(isOurs);
    };
    const check = (): void => {
      if (socket.localPort !== undefined && arrived.has(socket.localPort)) settle(true);
    };
    const onConnection = (peer: Socket): void => {
      if (peer.remotePort !== undefined) arrived.add(peer.remotePort);
      check();
    };
    server.on('connection', onConnection);
    socket.on('connect', check).on('error', () => settle(false));
  });
}

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below what systems give to outgoing connections by themselves (Linux from 32,768, macOS and Windows from 49,152; RFC
 * 6335 §6): a port from there would now and then be taken by somebody's connection before it is listened on.
 */
const from = 20_000;
const to = 32_000;
const maxTries = 100;

/** A port of 127.0.0.1 that was free a moment ago, and that only somebody who asks for it may take meanwhile. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < maxTries; tries++) {
    try {
      return await listenOnce(randomInt(from, to));
    } catch {
      // In use, or kept back by the system: try another.
    }
  }
  throw new Error(`No free port between ${from} and ${to} in ${maxTries} tries.`);
}

/** The wanted port, or the first free one of the next hundred. */
export async function freePortFrom(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + 100; port++) {
    try {
      return await listenOnce(port);
    } catch {
      // In use: try the next.
    }
  }
  throw new Error(`No free port between ${wanted} and ${wanted + 99}.`);
}

/** Rejects when something listens there already. */
export async function requireFreePort(port: number): Promise<void> {
  try {
    await listenOnce(port);
  } catch (error) {
    throw new Error(`Port ${port} is in use.`, { cause: error });
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => {
        resolve(bound);
      });
    });
  });
}

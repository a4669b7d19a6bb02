import type { FlmConfig } from '../core/config-schema';

/**
 * Connections at once on each address of the loopback, and on all others together, so that nobody out there takes this
 * machine's own: above a thousand streams, below what a process may open.
 */
export const maxConnections = 4096;

/** Of these, from one address beyond this machine (or one /64), blocked or not: it takes several to keep others out. */
export const maxConnectionsPerAddress = 1024;

/** Header fields of a request: Apache takes 100, clients send 30, and proxies add a dozen. */
export const maxHeaderFields = 256;

/**
 * Node hands over so many fields at most and drops the others without a word, those last that a proxy has added: a
 * request with all of them may have had more, `X-Forwarded-For` among them, and must not count as local.
 */
export function hasTooManyHeaders(rawHeaders: readonly string[]): boolean {
  return rawHeaders.length >= 2 * maxHeaderFields;
}

/** A client gets this long for its request line and headers (slow-loris), or less if the upload limit is lower. */
export function headersTimeoutMs(config: FlmConfig): number {
  return Math.min(30, config['timeouts.uploadSeconds']) * 1000;
}

/** Node's own limit for a whole request. A little above ours, which answers better and tells the gate whose it was. */
export function uploadTimeoutMs(config: FlmConfig): number {
  return (config['timeouts.uploadSeconds'] + 5) * 1000;
}

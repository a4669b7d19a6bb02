import type { FlmConfig } from '../core/config-schema';

/** Connections at once, over all clients: above a thousand streams, below what a process may open. */
export const maxConnections = 4096;

/** A client gets this long for its request line and headers (slow-loris), or less if the upload limit is lower. */
export function headersTimeoutMs(config: FlmConfig): number {
  return Math.min(30, config['timeouts.uploadSeconds']) * 1000;
}

/** Node's own limit for a whole request. A little above ours, which answers better and tells the gate whose it was. */
export function uploadTimeoutMs(config: FlmConfig): number {
  return (config['timeouts.uploadSeconds'] + 5) * 1000;
}

import { isLoopbackAddress } from '../../core/address';
import type { Reason } from '../../core/reason';
import { reason } from '../../core/reason';

/** Where the proxy may listen, given what is configured. */
export interface ListenAddress {
  readonly host: string;
  /** The configured address was refused. */
  readonly notice?: Reason;
}

/**
 * Fails closed: an address beyond this machine's loopback (any name but `localhost`, any interface, every interface)
 * is used only when `canExpose` says that a usable key guards it; otherwise 127.0.0.1 is.
 */
export function listenAddress(host: string, canExpose: boolean): ListenAddress {
  const bare = host.trim().replace(/^\[(.*)\]$/, '$1');
  if (bare === '' || bare.toLowerCase() === 'localhost') return { host: '127.0.0.1' };
  if (isLoopbackAddress(bare) || canExpose) return { host: bare };
  return { host: '127.0.0.1', notice: reason('proxy.bindRefused', host) };
}

/** `http://127.0.0.1:11435/v1`. Every interface is shown as the loopback, which always reaches it from here. */
export function endpointOf(host: string, port: number): string {
  return `${originOf(host, port)}/v1`;
}

export function originOf(host: string, port: number): string {
  const shown = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
}

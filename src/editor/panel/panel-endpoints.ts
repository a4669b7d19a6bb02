import { isLoopbackHost } from '../../core/model-id';
import type { ProxyState } from '../../protocol/gateway-rpc';
import type { PanelEndpoint } from '../../protocol/panel-messages';

const anyAddress = new Set(['0.0.0.0', '::', '[::]']);

/**
 * Under which URLs clients reach the proxy: on this machine always, in the network when it listens there. A wildcard
 * bind is reached under each of the machine's own addresses.
 */
export function listEndpoints(proxy: ProxyState, networkAddresses: readonly string[]): readonly PanelEndpoint[] {
  const { phase, endpoint, host, port } = proxy;
  if (phase !== 'on' || endpoint === undefined) return [];
  if (host === undefined || port === undefined || isLoopbackHost(host)) return [{ from: 'machine', url: endpoint }];
  const scheme = endpoint.startsWith('https:') ? 'https' : 'http';
  const urlOf = (address: string): string => `${scheme}://${bracketed(address)}:${port}/v1`;
  if (!anyAddress.has(host)) return [{ from: 'network', url: urlOf(host) }];
  return [
    { from: 'machine', url: urlOf('127.0.0.1') },
    ...networkAddresses.slice(0, 8).map((address) => ({ from: 'network' as const, url: urlOf(address) })),
  ];
}

function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}

import { isIpv6 } from '../../core/address';
import type { Endpoint, MachineAddress } from '../../core/exposure';

/** Where clients reach a proxy on this machine. */
export const loopbackHost = '127.0.0.1';

/** Base URL for clients; `host` is a name or an address without brackets. */
export function endpointUrl(scheme: 'http' | 'https', host: string, port: number): string {
  return `${scheme}://${isIpv6(host) ? `[${host}]` : host}:${port}/v1`;
}

export interface EndpointFacts {
  /** Of the proxy; undefined: it is off. */
  readonly port: number | undefined;
  /** On which it listens beyond loopback, with zones. */
  readonly exposed: readonly string[];
  readonly isTls: boolean;
  readonly machine: readonly MachineAddress[];
  /** Of this machine in its networks. */
  readonly hostNames: readonly string[];
  /** Public names of the gateway. */
  readonly domains: readonly string[];
}

/**
 * Ways to the proxy for people to hand on: this machine's first, then the public name, then addresses and names in the
 * networks. Link-local IPv6 addresses are left out: their zone is another on every machine and most clients take none.
 */
export function listEndpoints(facts: EndpointFacts): readonly Endpoint[] {
  const { port, exposed, isTls } = facts;
  if (port === undefined) return [];
  const here: Endpoint = { from: 'machine', url: endpointUrl('http', loopbackHost, port), isTls: false };
  if (exposed.length === 0) return [here];
  const scheme = isTls ? 'https' : 'http';
  const to = (from: Endpoint['from'], host: string): Endpoint => ({
    from,
    url: endpointUrl(scheme, host, port),
    isTls,
  });
  const addresses = exposed
    .filter((address) => !address.includes('%'))
    .map((address): Endpoint => {
      const known = facts.machine.find((one) => one.address === address);
      return { ...to('network', address), ...(known && { interfaceName: known.interfaceName }) };
    });
  return [
    here,
    ...facts.domains.filter((name) => !name.startsWith('*.')).map((name) => to('domain', name)),
    ...addresses,
    ...facts.hostNames.map((name) => to('network', name)),
  ];
}

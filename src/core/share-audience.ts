import type { Endpoint, ExposureDemand, MachineAddress } from './exposure';
import { parseRange, rangeContains, type IpRange } from './ip-range';
import { isMeant, listeningOnes, subnetOf } from './own-networks';
import type { ShareAudience } from './share';

const loopback = ['127.0.0.0/8', '::1'] as const;
/** "This host on this network" (RFC 1122 §3.2.1.3): nobody connects from it. */
const nobody = ['0.0.0.0'] as const;

/**
 * Addresses a share's key may be used from; undefined: any. Never empty, because an empty list lets everybody in.
 * The network of a machine does not include its loopback: from there also come tunnels that lead to strangers.
 */
export function keyAddresses(
  audience: ShareAudience,
  machine: readonly MachineAddress[],
): readonly string[] | undefined {
  switch (audience.type) {
    case 'machine':
      return loopback;
    case 'addresses':
      return audience.ranges;
    case 'lan': {
      const { interfaces: chosen } = audience;
      const meant = machine.filter((address) => isMeant(address, chosen));
      // Without a choice nobody has seen how far an overlay network would reach.
      const rangeOf = (one: MachineAddress) => (chosen === undefined ? one.range : (subnetOf(one) ?? one.range));
      const ranges = [...new Set(meant.map(rangeOf))];
      return ranges.length === 0 ? nobody : ranges;
    }
    case 'internet':
      return undefined;
  }
}

/**
 * What a share asks of the exposure: no more than its audience needs. `chosen`, addresses of this machine, stands in
 * for those that fit.
 */
export function exposureOf(
  audience: ShareAudience,
  machine: readonly MachineAddress[],
  chosen: readonly string[] | undefined,
): ExposureDemand {
  if (audience.type === 'machine') return { scope: 'machine' };
  if (chosen !== undefined && chosen.length > 0) return { scope: 'interfaces', addresses: chosen };
  switch (audience.type) {
    case 'internet':
      return { scope: 'all' };
    case 'lan':
      return interfaces(exposedFor(audience.interfaces, machine));
    case 'addresses':
      return exposureForRanges(audience.ranges, machine);
  }
}

/** Whether somebody beyond this machine is meant. */
export function isBeyondMachine(audience: ShareAudience): boolean {
  if (audience.type === 'addresses') return audience.ranges.some((text) => !isLoopbackRange(parseRange(text)));
  return audience.type !== 'machine';
}

/** Ways to the proxy for an audience, best first: a name before addresses, and only addresses that are open for it. */
export function endpointsFor(
  audience: ShareAudience,
  { addresses }: ExposureDemand,
  endpoints: readonly Endpoint[],
): readonly Endpoint[] {
  if (!isBeyondMachine(audience)) return endpoints.filter(({ from }) => from === 'machine');
  const isOpen = ({ url }: Endpoint) => addresses === undefined || addresses.includes(hostOf(url));
  return [
    ...endpoints.filter(({ from }) => from === 'domain'),
    ...endpoints.filter((endpoint) => endpoint.from === 'network' && isOpen(endpoint)),
  ];
}

function hostOf(url: string): string {
  const host = /^[a-z]+:\/\/(?:\[([^\]]+)\]|([^/:]+))/.exec(url);
  return host?.[1] ?? host?.[2] ?? '';
}

function exposedFor(chosen: readonly string[] | undefined, machine: readonly MachineAddress[]) {
  if (chosen === undefined) return machine.filter(({ kind }) => kind === 'private');
  return listeningOnes(machine.filter((address) => isMeant(address, chosen)));
}

function exposureForRanges(texts: readonly string[], machine: readonly MachineAddress[]): ExposureDemand {
  const beyond = texts.flatMap((text) => parseRange(text) ?? []).filter((range) => !isLoopbackRange(range));
  if (beyond.length === 0) return { scope: 'machine' };
  const near = (range: IpRange) => {
    const neighbours = machine.filter((one) => overlap(range, parseRange(one.range)));
    if (neighbours.length > 0 || !isMesh(range)) return neighbours;
    return machine.filter(({ kind }) => kind === 'shared');
  };
  // Whoever is in none of this machine's networks comes over a router: by which address, nobody here can know.
  if (beyond.some((range) => near(range).length === 0)) return { scope: 'all' };
  return interfaces(beyond.flatMap(near));
}

function interfaces(machine: readonly MachineAddress[]): ExposureDemand {
  const addresses = [...new Set(machine.map(({ address }) => address))];
  return addresses.length === 0 ? { scope: 'machine' } : { scope: 'interfaces', addresses };
}

/**
 * 100.64.0.0/10: overlay networks such as Tailscale give each machine one address of it and no network, so that its
 * peers look like strangers.
 */
function isMesh(range: IpRange): boolean {
  const mesh = parseRange('100.64.0.0/10');
  return mesh !== undefined && rangeContains(mesh, range);
}

function overlap(a: IpRange, b: IpRange | undefined): boolean {
  return b !== undefined && (rangeContains(a, b) || rangeContains(b, a));
}

function isLoopbackRange(range: IpRange | undefined): boolean {
  return loopback.some((text) => {
    const outer = parseRange(text);
    return range !== undefined && outer !== undefined && rangeContains(outer, range);
  });
}

import type { MachineAddress } from './exposure';
import { addressBits, makeRange } from './ip-range';

/** Overlay networks such as Tailscale, and carriers, share it out address by address (RFC 6598). */
const sharedSpace = '100.64.0.0/10';
/** What a site has of the unique local addresses, whichever of them an interface has (RFC 4193 §3.1). */
const localSitePrefix = 48;

/** A network this machine is in, as people choose it: by the interface it is on. */
export interface OwnNetwork {
  readonly interfaceName: string;
  /** Its subnets, other than those of the cable alone. */
  readonly ranges: readonly string[];
  readonly kind: MachineAddress['kind'];
}

/**
 * The subnet an address is in. One that was given alone (`/32`, `/128`), as overlay networks do, is in what such
 * networks share out; where that is not known either, in none: undefined.
 */
export function subnetOf({ address, range, kind, family }: MachineAddress): string | undefined {
  if (range.includes('/')) return range;
  if (kind === 'shared') return sharedSpace;
  const bits = addressBits(address);
  return kind === 'private' && family === 6 && bits !== undefined ? makeRange(bits, localSitePrefix).text : undefined;
}

/** Whether a share for "your network" means the subnet of this address. Without a choice: private networks. */
export function isMeant(address: MachineAddress, chosen: readonly string[] | undefined): boolean {
  if (chosen !== undefined) return chosen.includes(address.interfaceName);
  return address.kind === 'private' || address.kind === 'link-local';
}

/** Where to listen for neighbours: link-local addresses only where an interface has no other. */
export function listeningOnes(machine: readonly MachineAddress[]): readonly MachineAddress[] {
  const routed = new Set(machine.flatMap(({ kind, interfaceName }) => (kind === 'link-local' ? [] : [interfaceName])));
  return machine.filter(({ kind, interfaceName }) => kind !== 'link-local' || !routed.has(interfaceName));
}

/** The networks a person can choose from. An interface whose neighbours nobody knows is none. */
export function ownNetworks(machine: readonly MachineAddress[]): readonly OwnNetwork[] {
  const names = [...new Set(machine.map(({ interfaceName }) => interfaceName))];
  return names.flatMap((interfaceName) => {
    const addresses = listeningOnes(machine.filter((one) => one.interfaceName === interfaceName));
    const ranges = [...new Set(addresses.flatMap((address) => subnetOf(address) ?? []))];
    const widest = (['public', 'shared', 'private', 'link-local'] as const).find((kind) =>
      addresses.some((address) => address.kind === kind && subnetOf(address) !== undefined),
    );
    return widest === undefined ? [] : [{ interfaceName, ranges, kind: widest }];
  });
}

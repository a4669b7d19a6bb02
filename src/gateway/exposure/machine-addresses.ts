import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import { addressReach, isIpv6, isLoopbackAddress, normalizeAddress } from '../../core/address';
import type { MachineAddress } from '../../core/exposure';
import { parseRange } from '../../core/ip-range';

/** Interfaces of this machine as the system tells them. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** Reads them now: a tenth of a millisecond. */
export function readMachineAddresses(): readonly MachineAddress[] {
  return machineAddresses(networkInterfaces());
}

/** Addresses by which others could call this machine, IPv4 first within an interface. */
export function machineAddresses(interfaces: Interfaces): readonly MachineAddress[] {
  const found = Object.entries(interfaces).flatMap(([interfaceName, infos = []]) =>
    infos.flatMap((info) => machineAddress(interfaceName, info)),
  );
  return found.sort((a, b) => compareText(a.interfaceName, b.interfaceName) || a.family - b.family);
}

function machineAddress(interfaceName: string, info: NetworkInterfaceInfo): readonly MachineAddress[] {
  const address = normalizeAddress(info.address);
  const kind = addressReach(address);
  if (info.internal || kind === undefined) return [];
  const range = parseRange((info.cidr ?? address).replace(/%[^/]*/, ''))?.text ?? address;
  return [{ address, family: isIpv6(address) ? 6 : 4, interfaceName, range, kind }];
}

/** As an address is listened on: a link-local IPv6 one means nothing without its zone (RFC 4007 §11). */
export function listenAddress(
  { address, kind, family, interfaceName }: MachineAddress,
  interfaces: () => Interfaces = networkInterfaces,
  platform: NodeJS.Platform = process.platform,
): string {
  if (kind !== 'link-local' || family === 4) return address;
  // Windows knows zones by number, everyone else by name
  if (platform !== 'win32') return `${address}%${interfaceName}`;
  const info = interfaces()[interfaceName]?.find((one) => normalizeAddress(one.address) === address);
  return info?.family === 'IPv6' ? `${address}%${info.scopeid}` : address;
}

/**
 * The addresses that entries of the settings or of a demand mean: literal addresses, and names of interfaces with all
 * their addresses. What this machine does not have now is left out. A further loopback address (127.0.0.2) counts as
 * one of this machine's, guarded like any other: for trying things out.
 */
export function resolveEntries(
  entries: readonly string[],
  machine: readonly MachineAddress[],
): readonly MachineAddress[] {
  const found = new Map<string, MachineAddress>();
  for (const entry of entries) {
    const address = normalizeAddress(entry.trim());
    const meant = machine.filter((one) => one.address === address || one.interfaceName === entry.trim());
    if (meant.length === 0 && isOtherLoopback(address)) meant.push(otherLoopback(address));
    for (const one of meant) found.set(`${one.address}%${one.interfaceName}`, one);
  }
  return [...found.values()];
}

function isOtherLoopback(address: string): boolean {
  return isLoopbackAddress(address) && address !== '127.0.0.1' && address !== '::1';
}

function otherLoopback(address: string): MachineAddress {
  return { address, family: 4, interfaceName: 'loopback', range: '127.0.0.0/8', kind: 'private' };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

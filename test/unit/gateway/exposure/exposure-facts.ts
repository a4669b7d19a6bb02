import type { MachineAddress } from '../../../../src/core/exposure';

export function makeAddress(address: string, more: Partial<MachineAddress> = {}): MachineAddress {
  const family = address.includes(':') ? 6 : 4;
  return { address, family, interfaceName: 'eth0', range: `${address}/24`, kind: 'private', ...more };
}

/** A laptop: one cable, one radio, two addresses on the cable. */
export const laptop: readonly MachineAddress[] = [
  makeAddress('192.168.1.20'),
  makeAddress('fe80::1', { kind: 'link-local' }),
  makeAddress('10.0.0.7', { interfaceName: 'wlan0' }),
];

import { networkInterfaces } from 'node:os';
import type { ListOwnAddresses } from './protected-addresses';

/** Addresses of all interfaces of this machine; about 0.1 ms. */
export const listOwnAddresses: ListOwnAddresses = () =>
  Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));

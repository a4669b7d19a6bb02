import type { MachineAddress } from '../../src/core/exposure';

/** In the network of a home. */
export const lan: MachineAddress = {
  address: '192.168.1.20',
  family: 4,
  interfaceName: 'eth0',
  range: '192.168.1.0/24',
  kind: 'private',
};

/** On the internet itself. */
export const publicAddress: MachineAddress = {
  address: '203.0.113.7',
  family: 4,
  interfaceName: 'eth1',
  range: '203.0.113.0/24',
  kind: 'public',
};

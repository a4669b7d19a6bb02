import assert from 'node:assert/strict';
import { ownNetworks, subnetOf } from '../../../src/core/own-networks';
import { makeAddress } from '../gateway/shares/support';

describe('networks of this machine', () => {
  it('are its interfaces with their subnets, told by the widest of them', () => {
    const machine = [
      makeAddress('192.168.1.20', '192.168.1.0/24', { interfaceName: 'Wi-Fi' }),
      makeAddress('2001:db8::20', '2001:db8::/64', { interfaceName: 'Wi-Fi', kind: 'public' }),
      makeAddress('fe80::1', 'fe80::/64', { interfaceName: 'Wi-Fi', kind: 'link-local' }),
      makeAddress('172.17.0.1', '172.17.0.0/16', { interfaceName: 'docker0' }),
    ];

    assert.deepEqual(ownNetworks(machine), [
      { interfaceName: 'Wi-Fi', ranges: ['192.168.1.0/24', '2001:db8::/64'], kind: 'public' },
      { interfaceName: 'docker0', ranges: ['172.17.0.0/16'], kind: 'private' },
    ]);
  });

  it('include a cable without a router', () => {
    const cable = makeAddress('169.254.7.7', '169.254.0.0/16', { interfaceName: 'usb0', kind: 'link-local' });

    assert.deepEqual(ownNetworks([cable]), [{ interfaceName: 'usb0', ranges: ['169.254.0.0/16'], kind: 'link-local' }]);
  });

  it('leave out a tunnel whose other end nobody knows', () => {
    assert.deepEqual(ownNetworks([makeAddress('10.8.0.2', '10.8.0.2', { interfaceName: 'wg0' })]), []);
  });

  it('are not known for a single public address', () => {
    assert.equal(subnetOf(makeAddress('203.0.113.5', '203.0.113.5', { kind: 'public' })), undefined);
    assert.equal(subnetOf(makeAddress('2001:db8::5', '2001:db8::5', { kind: 'public' })), undefined);
  });
});

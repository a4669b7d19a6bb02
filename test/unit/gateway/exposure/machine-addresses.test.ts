import assert from 'node:assert/strict';
import {
  listenAddress,
  machineAddresses,
  resolveEntries,
  type Interfaces,
} from '../../../../src/gateway/exposure/machine-addresses';
import { laptop, makeAddress } from './exposure-facts';

const mac = '00:00:00:00:00:00';
const v4 = (address: string, cidr: string, internal = false) =>
  ({ address, netmask: '', family: 'IPv4', mac, internal, cidr }) as const;
const v6 = (address: string, cidr: string, scopeid = 0) =>
  ({ address, netmask: '', family: 'IPv6', mac, internal: false, cidr, scopeid }) as const;

describe('addresses of this machine', () => {
  const interfaces: Interfaces = {
    lo: [v4('127.0.0.1', '127.0.0.1/8', true)],
    eth0: [v6('fe80::a', 'fe80::a/64', 7), v4('192.168.1.20', '192.168.1.20/24'), v6('2001:DB8::5', '2001:db8::5/64')],
    wg0: [v4('100.64.0.9', '100.64.0.9/32')],
    gone: undefined,
  };

  it('are those by which others could call it, with range and reach', () => {
    assert.deepEqual(
      machineAddresses(interfaces).map(({ address, range, kind, family }) => [address, range, kind, family]),
      [
        ['192.168.1.20', '192.168.1.0/24', 'private', 4],
        ['fe80::a', 'fe80::/64', 'link-local', 6],
        ['2001:db8::5', '2001:db8::/64', 'public', 6],
        ['100.64.0.9', '100.64.0.9', 'shared', 4],
      ],
    );
  });

  it('are listened on as they are, link-local ones with their zone: a name, or a number on Windows', () => {
    const local = makeAddress('fe80::a', { kind: 'link-local' });

    assert.equal(listenAddress(makeAddress('192.168.1.20')), '192.168.1.20');
    assert.equal(
      listenAddress(local, () => interfaces, 'linux'),
      'fe80::a%eth0',
    );
    assert.equal(
      listenAddress(local, () => interfaces, 'win32'),
      'fe80::a%7',
    );
  });

  it('are meant by address or by the name of their interface', () => {
    const meant = (...entries: string[]) => resolveEntries(entries, laptop).map(({ address }) => address);

    assert.deepEqual(meant('10.0.0.7'), ['10.0.0.7']);
    assert.deepEqual(meant('eth0', '192.168.1.20'), ['192.168.1.20', 'fe80::1']);
    assert.deepEqual(meant('FE80::0001'), ['fe80::1']);
  });

  it('are not what this machine does not have, nor its plain loopback', () => {
    assert.deepEqual(resolveEntries(['192.168.1.21', 'eth9', '127.0.0.1', '::1', '0.0.0.0', ''], laptop), []);
  });

  it('are also further loopback addresses, for trying things out', () => {
    assert.deepEqual(
      resolveEntries(['127.0.0.2'], laptop).map(({ address }) => address),
      ['127.0.0.2'],
    );
  });
});

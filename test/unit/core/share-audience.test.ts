import assert from 'node:assert/strict';
import fc from 'fast-check';
import { endpointsFor, exposureOf, isBeyondMachine, keyAddresses } from '../../../src/core/share-audience';
import type { MachineAddress } from '../../../src/core/exposure';
import type { ShareAudience } from '../../../src/core/share';
import { isAddressInScope } from '../../../src/security/api-keys/key-scope';
import { makeAddress } from '../gateway/shares/support';

const machine = [
  makeAddress('192.168.1.20', '192.168.1.0/24'),
  makeAddress('10.8.0.2', '10.8.0.0/24', { interfaceName: 'tun0' }),
  makeAddress('fe80::1', 'fe80::/64', { kind: 'link-local' }),
  makeAddress('203.0.113.5', '203.0.113.0/24', { kind: 'public' }),
];
const at = (...ranges: string[]): ShareAudience => ({ type: 'addresses', ranges });

describe('addresses a share may be used from', () => {
  const lets = (audience: ShareAudience, address: string) => {
    const addresses = keyAddresses(audience, machine);
    return isAddressInScope(addresses === undefined ? {} : { addresses }, address);
  };

  it('are the loopback for this machine', () => {
    assert.ok(lets({ type: 'machine' }, '127.0.0.1') && lets({ type: 'machine' }, '::1'));
    assert.equal(lets({ type: 'machine' }, '192.168.1.7'), false);
  });

  it('are the neighbours for the network, neither the provider’s nor a tunnel on the loopback', () => {
    assert.ok(lets({ type: 'lan' }, '192.168.1.7') && lets({ type: 'lan' }, '10.8.0.9'));
    assert.ok(lets({ type: 'lan' }, 'fe80::7'));
    assert.deepEqual(
      ['203.0.113.9', '8.8.8.8', '127.0.0.1'].map((address) => lets({ type: 'lan' }, address)),
      [false, false, false],
    );
  });

  describe('for chosen networks', () => {
    const home = makeAddress('192.168.1.20', '192.168.1.0/24', { interfaceName: 'wlan0' });
    const home6 = makeAddress('2001:db8:1:2::20', '2001:db8:1:2::/64', { interfaceName: 'wlan0', kind: 'public' });
    const cable = makeAddress('fe80::1', 'fe80::/64', { interfaceName: 'wlan0', kind: 'link-local' });
    const mesh = makeAddress('100.101.1.1', '100.101.1.1', { interfaceName: 'tailscale0', kind: 'shared' });
    const mesh6 = makeAddress('fd7a:115c:a1e0::1', 'fd7a:115c:a1e0::1', { interfaceName: 'tailscale0' });
    const tunnel = makeAddress('10.8.0.2', '10.8.0.2', { interfaceName: 'wg0' });
    const all = [home, home6, cable, mesh, mesh6, tunnel];
    const allowed = (...interfaces: string[]) => keyAddresses({ type: 'lan', interfaces }, all);

    it('are their subnets, IPv6 and public ones too, and no others', () => {
      assert.deepEqual(allowed('wlan0'), ['192.168.1.0/24', '2001:db8:1:2::/64', 'fe80::/64']);
    });

    it('are what an overlay network shares out where it gives single addresses', () => {
      assert.deepEqual(allowed('tailscale0'), ['100.64.0.0/10', 'fd7a:115c:a1e0::/48']);
    });

    it('reach no further than the address where nobody knows its neighbours', () => {
      assert.deepEqual(allowed('wg0'), ['10.8.0.2']);
    });

    it('are nobody’s while the network is not there, never everybody’s', () => {
      assert.deepEqual(allowed('eth7'), ['0.0.0.0']);
    });

    it('do not reach into an overlay network without a choice', () => {
      assert.deepEqual(keyAddresses({ type: 'lan' }, [mesh, mesh6]), ['fd7a:115c:a1e0::1']);
    });
  });

  it('are what was named, and nobody else', () => {
    assert.ok(lets(at('192.168.1.7'), '192.168.1.7'));
    assert.equal(lets(at('192.168.1.7'), '192.168.1.8'), false);
  });

  it('are everybody for the internet', () => {
    assert.ok(lets({ type: 'internet' }, '198.51.100.1'));
  });

  it('are never everybody for anything but the internet, whatever networks there are (property)', () => {
    const range = fc.tuple(fc.ipV4(), fc.integer({ min: 8, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`);
    const address = fc.record({ ip: fc.ipV4(), range, kind: fc.constantFrom('private', 'public', 'shared') });
    fc.assert(
      fc.property(fc.array(address), fc.constantFrom('machine', 'lan', 'chosen'), (found, type) => {
        const addresses = found.map(({ ip, range: text, kind }) => makeAddress(ip, text, { kind: kind as 'private' }));
        const audience: ShareAudience =
          type === 'chosen' ? { type: 'lan', interfaces: ['eth0'] } : { type: type as 'lan' };
        const allowed = keyAddresses(audience, addresses);

        assert.ok(allowed !== undefined && allowed.length > 0);
      }),
    );
  });
});

describe('the exposure a share asks for', () => {
  const cases: readonly (readonly [string, ShareAudience, ReturnType<typeof exposureOf>])[] = [
    ['none for this machine', { type: 'machine' }, { scope: 'machine' }],
    ['none for ranges of the loopback', at('127.0.0.1', '::1'), { scope: 'machine' }],
    [
      'the private addresses for the network',
      { type: 'lan' },
      { scope: 'interfaces', addresses: ['192.168.1.20', '10.8.0.2'] },
    ],
    ['the address in the same network', at('192.168.1.7'), { scope: 'interfaces', addresses: ['192.168.1.20'] }],
    [
      'those of every network a range covers',
      at('192.168.0.0/16', '10.0.0.0/8'),
      { scope: 'interfaces', addresses: ['192.168.1.20', '10.8.0.2'] },
    ],
    ['all for somebody behind a router', at('192.168.1.7', '198.51.100.1'), { scope: 'all' }],
    ['all for the internet', { type: 'internet' }, { scope: 'all' }],
  ];
  for (const [what, audience, expected] of cases) {
    it(`is ${what}`, () => assert.deepEqual(exposureOf(audience, machine, undefined), expected));
  }

  it('is the address in an overlay network for its peers', () => {
    const mesh = makeAddress('100.101.1.1', '100.101.1.1', { interfaceName: 'tailscale0', kind: 'shared' });

    assert.deepEqual(exposureOf(at('100.90.3.4'), [...machine, mesh], undefined), {
      scope: 'interfaces',
      addresses: ['100.101.1.1'],
    });
  });

  it('is the addresses that were chosen, also for the internet', () => {
    assert.deepEqual(exposureOf({ type: 'internet' }, machine, ['203.0.113.5']), {
      scope: 'interfaces',
      addresses: ['203.0.113.5'],
    });
  });

  it('is the addresses of chosen networks, link-local ones only where there is no other', () => {
    const wlan = (address: string, range: string, kind: MachineAddress['kind']) =>
      makeAddress(address, range, { interfaceName: 'wlan0', kind });
    const routed = [
      wlan('192.168.1.20', '192.168.1.0/24', 'private'),
      wlan('2001:db8:1:2::20', '2001:db8:1:2::/64', 'public'),
      wlan('fe80::1', 'fe80::/64', 'link-local'),
    ];
    const cable = makeAddress('169.254.7.7', '169.254.0.0/16', { interfaceName: 'usb0', kind: 'link-local' });
    const addresses = (...interfaces: string[]) =>
      exposureOf({ type: 'lan', interfaces }, [...routed, cable], undefined).addresses;

    assert.deepEqual(addresses('wlan0'), ['192.168.1.20', '2001:db8:1:2::20']);
    assert.deepEqual(addresses('usb0'), ['169.254.7.7']);
    assert.equal(addresses('eth7'), undefined);
  });

  it('is none while the machine is in no network', () => {
    assert.deepEqual(exposureOf({ type: 'lan' }, [], undefined), { scope: 'machine' });
  });

  it('goes beyond this machine for everybody but itself', () => {
    assert.deepEqual(
      [{ type: 'machine' } as const, at('127.0.0.1'), at('10.0.0.1'), { type: 'lan' } as const].map(isBeyondMachine),
      [false, false, true, true],
    );
  });
});

describe('ways to the proxy for an audience', () => {
  const endpoint = (from: 'machine' | 'network' | 'domain', host: string) =>
    ({ from, url: `https://${host}:11435/v1`, isTls: true }) as const;
  const all = [
    endpoint('machine', '127.0.0.1'),
    endpoint('network', '192.168.1.20'),
    endpoint('network', '10.8.0.2'),
    endpoint('network', '[fd00::1]'),
    endpoint('domain', 'llm.example.org'),
  ];
  const urls = (audience: ShareAudience, addresses?: readonly string[]) =>
    endpointsFor(audience, { scope: 'interfaces', ...(addresses && { addresses }) }, all).map(({ url }) => url);

  it('are the loopback for this machine', () => {
    assert.deepEqual(urls({ type: 'machine' }), ['https://127.0.0.1:11435/v1']);
  });

  it('begin with the domain, and leave out addresses that are not open for it', () => {
    assert.deepEqual(urls({ type: 'lan' }, ['192.168.1.20', 'fd00::1']), [
      'https://llm.example.org:11435/v1',
      'https://192.168.1.20:11435/v1',
      'https://[fd00::1]:11435/v1',
    ]);
  });

  it('are all addresses of the machine where all are open', () => {
    assert.equal(urls({ type: 'internet' }).length, 4);
  });
});

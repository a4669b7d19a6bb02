import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import fc from 'fast-check';
import { isLoopbackAddress, isUnspecifiedAddress, normalizeAddress, parseAddress } from '../../../src/core/address';

describe('parseAddress', () => {
  it('refuses the shorthand and octal forms that some libraries take for 127.0.0.1', () => {
    for (const text of [
      '127.1',
      '0177.0.0.1',
      '2130706433',
      '0x7f.0.0.1',
      '127.0.0.01',
      '1.2.3.4.5',
      '1.2.3',
      '',
      'localhost',
      ':',
      '256.1.1.1',
    ]) {
      assert.equal(parseAddress(text), undefined, text);
    }
  });

  it('unwraps IPv4-mapped IPv6, brackets and zones', () => {
    assert.equal(normalizeAddress('::ffff:10.0.0.1'), '10.0.0.1');
    assert.equal(normalizeAddress('[2001:DB8::0]'), '2001:db8::');
    assert.equal(normalizeAddress('fe80::1%eth0'), 'fe80::1');
  });

  it('accepts exactly what node:net accepts', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ maxLength: 40 })), (text) => {
        const plain = !/[[\]%]/.test(text);
        fc.pre(plain);
        assert.equal(parseAddress(text) !== undefined, isIP(text) !== 0, text);
      }),
    );
  });
});

describe('loopback and unspecified addresses', () => {
  it('knows them in every notation', () => {
    for (const text of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '[::1]'])
      assert.ok(isLoopbackAddress(text), text);
    for (const text of ['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', 'localhost'])
      assert.ok(!isLoopbackAddress(text), text);
    for (const text of ['0.0.0.0', '::', '[::]']) assert.ok(isUnspecifiedAddress(text), text);
  });
});

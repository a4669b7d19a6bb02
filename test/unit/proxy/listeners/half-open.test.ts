import assert from 'node:assert/strict';
import { HalfOpen, maxHalfOpen, maxHalfOpenPerAddress } from '../../../../src/proxy/listeners/half-open';

describe('unfinished handshakes', () => {
  it('are limited for each address', () => {
    const halfOpen = new HalfOpen();
    for (let count = 0; count < maxHalfOpenPerAddress; count++) assert.ok(halfOpen.enter('192.0.2.1'));

    assert.equal(halfOpen.enter('192.0.2.1'), undefined);
    assert.ok(halfOpen.enter('192.0.2.2'));
  });

  it('are limited for a whole IPv6 network of one customer', () => {
    const halfOpen = new HalfOpen();
    for (let count = 0; count < maxHalfOpenPerAddress; count++) halfOpen.enter(`2001:db8::${count.toString(16)}`);

    assert.equal(halfOpen.enter('2001:db8::ffff'), undefined);
    assert.ok(halfOpen.enter('2001:db8:0:1::1'));
  });

  it('are limited in all', () => {
    const halfOpen = new HalfOpen();
    for (let count = 0; count < maxHalfOpen; count++) assert.ok(halfOpen.enter(`10.0.${count >> 8}.${count & 255}`));

    assert.equal(halfOpen.enter('192.0.2.1'), undefined);
  });

  it('give their place back once', () => {
    const halfOpen = new HalfOpen();
    const place = halfOpen.enter('192.0.2.1');
    halfOpen.enter('192.0.2.1');

    place?.dispose();
    place?.dispose();

    assert.equal(halfOpen.total, 1);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maxForwardedHops, resolveClientAddress } from '../../../src/core/client-address';
import type { HeaderValues } from '../../../src/core/forwarding-header';
import { parseRange } from '../../../src/core/ip-range';
import { RangeIndex } from '../../../src/core/range-index';

function trusting(...ranges: string[]): RangeIndex<true> {
  const index = new RangeIndex<true>();
  for (const text of ranges) index.set(parseRange(text)!, true);
  return index;
}
const who = (peer: string, headers: HeaderValues, ...trusted: string[]) =>
  resolveClientAddress(peer, headers, trusting(...trusted));

describe('client address', () => {
  it('is the peer when no proxy is trusted, whatever the headers say', () => {
    assert.equal(who('203.0.113.5', { 'x-forwarded-for': '127.0.0.1' }).address, '203.0.113.5');
  });

  it('unwraps IPv4-mapped peers', () => {
    assert.equal(who('::ffff:203.0.113.5', {}).address, '203.0.113.5');
  });

  it('is the first untrusted hop from the right, never the one the client wrote', () => {
    const found = who('10.0.0.1', { 'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.0.0.2' }, '10.0.0.0/8');
    assert.equal(found.address, '203.0.113.9');
  });

  it('skips tokens that are no address', () => {
    const found = who('10.0.0.1', { 'x-forwarded-for': '203.0.113.9, unknown, <script>, ' }, '10.0.0.0/8');
    assert.equal(found.address, '203.0.113.9');
  });

  it('reads ports and brackets', () => {
    assert.equal(who('10.0.0.1', { 'x-forwarded-for': '203.0.113.9:4711' }, '10.0.0.1').address, '203.0.113.9');
    assert.equal(who('10.0.0.1', { 'x-forwarded-for': '[2001:db8::7]:4711' }, '10.0.0.1').address, '2001:db8::7');
  });

  it('is read from the Forwarded header of RFC 7239', () => {
    const headers = { forwarded: 'for=6.6.6.6, for="[2001:db8::7]:80";proto=https;by=10.0.0.1' };
    assert.equal(who('10.0.0.1', headers, '10.0.0.0/8').address, '2001:db8::7');
  });

  it('cannot be chosen by a Forwarded header that a proxy hands on as its client sent it', () => {
    const headers = { forwarded: 'for=6.6.6.6', 'x-forwarded-for': '203.0.113.9' };
    assert.equal(who('10.0.0.1', headers, '10.0.0.0/8').address, '203.0.113.9');
  });

  it('is the leftmost when all hops are trusted', () => {
    assert.equal(who('10.0.0.1', { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' }, '10.0.0.0/8').address, '10.0.0.3');
  });

  it(`looks at no more than ${maxForwardedHops} hops`, () => {
    const hops = ['203.0.113.9', ...Array.from({ length: 30 }, () => '10.0.0.2')].join(',');
    assert.equal(who('10.0.0.1', { 'x-forwarded-for': hops }, '10.0.0.0/8').address, '10.0.0.2');
  });

  it('is directly local only from loopback without any sign of a proxy', () => {
    assert.ok(who('127.0.0.1', {}).isDirectLocal);
    assert.ok(who('::1', {}).isDirectLocal);
    assert.ok(!who('203.0.113.5', {}).isDirectLocal);
    assert.ok(!who('127.0.0.1', {}, '10.0.0.1').isTunnel);
  });

  for (const name of ['x-forwarded-for', 'forwarded', 'cf-connecting-ip', 'via', 'x-forwarded-proto', 'x-real-ip']) {
    it(`takes ${name} over loopback as a tunnel, and does not believe it`, () => {
      const found = who('127.0.0.1', { [name]: '203.0.113.9' });
      assert.deepEqual([found.address, found.isDirectLocal, found.isTunnel], ['127.0.0.1', false, true]);
    });
  }

  it('can never be chosen by an untrusted peer, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        assert.equal(
          who('203.0.113.5', { 'x-forwarded-for': one, forwarded: other }, '10.0.0.0/8').address,
          '203.0.113.5',
        );
      }),
    );
  });

  it('cannot be moved by what a client puts in front of the list', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => text.length < 500),
        (forged) => {
          assert.equal(
            who('10.0.0.1', { 'x-forwarded-for': `${forged},203.0.113.9` }, '10.0.0.0/8').address,
            '203.0.113.9',
          );
        },
      ),
    );
  });
});

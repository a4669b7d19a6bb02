import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FrameLimit } from '../../../../src/gateway/rpc/frame-limit';
import { anyText } from '../../../helpers/any-text';

const frame = (body: string) => Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

describe('frame limit', () => {
  it('lets any messages pass however they are cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(anyText(), { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), (bodies, size) => {
        const bytes = Buffer.concat(bodies.map(frame));
        const limit = new FrameLimit(10_000);
        for (let at = 0; at < bytes.length; at += size) {
          assert.equal(limit.accept(bytes.subarray(at, at + size)), true);
        }
      }),
    );
  });

  for (const [what, bytes] of [
    ['a body over the limit', 'Content-Length: 101\r\n\r\n'],
    ['a header without a length', 'Content-Type: text/plain\r\n\r\n'],
    ['a length that is no number', 'Content-Length: -1\r\n\r\n'],
    ['a header that never ends', 'x'.repeat(600)],
    ['an empty header', '\r\n\r\n'],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.equal(new FrameLimit(100).accept(Buffer.from(bytes)), false);
    });
  }

  it('refuses a bad frame after good ones', () => {
    const limit = new FrameLimit(100);

    assert.equal(limit.accept(frame('{}')), true);
    assert.equal(limit.accept(Buffer.concat([frame('{}'), Buffer.from('Content-Length: 9999\r\n\r\n')])), false);
  });
});

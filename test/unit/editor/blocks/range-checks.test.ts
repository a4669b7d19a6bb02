import assert from 'node:assert/strict';
import { blockProblem, rangeProblem, readRange } from '../../../../src/editor/blocks/range-checks';
import { english } from '../editor-facts';

describe('an address to block', () => {
  it('may be an address or a range, of either family', () => {
    for (const text of ['203.0.113.9', ' 203.0.113.0/24 ', '2001:db8::/64', '::ffff:203.0.113.9']) {
      assert.equal(blockProblem(english, text), undefined, text);
    }
  });

  it('is found in what a log prints', () => {
    assert.equal(readRange('203.0.113.9:4711')?.text, '203.0.113.9');
    assert.equal(readRange('http://203.0.113.9:80/')?.text, '203.0.113.9');
    assert.equal(readRange('[2001:db8::1]:443')?.text, '2001:db8::1');
  });

  it('is neither a host name nor half an address', () => {
    for (const text of ['example.org', '203.0.113', '203.0.113.9/33', '203.0.113.9-20', '127.1', '']) {
      assert.match(blockProblem(english, text)!, /Write an IP address/, text);
      assert.ok(rangeProblem(english, text), text);
    }
  });

  it('is not this machine', () => {
    for (const text of ['127.0.0.1', '127.0.0.0/8', '::1']) {
      assert.match(blockProblem(english, text)!, /never blocked/, text);
    }
  });

  it('is not half the internet', () => {
    for (const text of ['0.0.0.0/0', '::/0', '128.0.0.0/1']) {
      assert.match(blockProblem(english, text)!, /large part of the internet/, text);
    }
  });

  it('may be this machine where it is to be allowed', () => {
    assert.equal(rangeProblem(english, '127.0.0.1'), undefined);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareVersions } from '../../../../src/gateway/checkup/version-order';

describe('the order of versions', () => {
  it('counts numbers, not digits', () => {
    assert.equal(compareVersions('0.9.3', '0.10.0'), -1);
    assert.equal(compareVersions('v0.17.1', '0.17.1'), 0);
    assert.equal(compareVersions('0.17', '0.17.0'), 0);
  });

  it('puts release candidates before the release and post releases after it', () => {
    assert.equal(compareVersions('0.22.0rc1', '0.22.0'), -1);
    assert.equal(compareVersions('0.4.0-rc5', '0.4.0'), -1);
    assert.equal(compareVersions('0.8.5.post1', '0.8.5'), 1);
    assert.equal(compareVersions('0.11.1+cu128', '0.11.1'), 0);
  });

  it('compares builds of llama.cpp by their number', () => {
    assert.equal(compareVersions('b9775-be4a6a63e', 'b11393'), -1);
    assert.equal(compareVersions('b8908', 'b8908-c78fb909b'), 0);
  });

  it('does not compare what is no version, or of another kind', () => {
    assert.equal(compareVersions('main', '0.1.0'), undefined);
    assert.equal(compareVersions('b100', '0.1.0'), undefined);
    assert.equal(compareVersions('', ''), undefined);
  });

  it('is an order whatever engines say', () => {
    const version = fc.tuple(fc.nat(40), fc.nat(40), fc.nat(40)).map((numbers) => numbers.join('.'));

    fc.assert(
      fc.property(version, version, (a, b) => {
        assert.equal(compareVersions(a, b), -(compareVersions(b, a) ?? NaN) + 0);
      }),
    );
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        assert.ok([undefined, -1, 0, 1].includes(compareVersions(a, b)));
      }),
    );
  });
});

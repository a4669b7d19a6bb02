import assert from 'node:assert/strict';
import fc from 'fast-check';
import { renewalTime, retryDelayMs } from '../../../src/tls/renewal';

const dayMs = 24 * 60 * 60_000;

describe('renewal time', () => {
  it('is at two thirds of the life', () => {
    assert.equal(
      renewalTime({ notBefore: 0, notAfter: 90 * dayMs }, () => 0),
      60 * dayMs,
    );
  });

  it('is spread over a day at most, never later', () => {
    assert.equal(
      renewalTime({ notBefore: 0, notAfter: 3650 * dayMs }, () => 1),
      Math.floor((3650 * dayMs * 2) / 3) - dayMs,
    );
  });

  it('lies within the life of a certificate however short it is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4000 * dayMs }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (life, random) => {
          const at = renewalTime({ notBefore: 1000, notAfter: 1000 + life }, () => random);
          assert.ok(at >= 1000 && at < 1000 + life);
        },
      ),
    );
  });
});

describe('wait after a failure', () => {
  it('grows from minutes to a day', () => {
    const minutes = [1, 2, 3, 4, 5, 6, 7, 50].map((failures) => retryDelayMs(failures, () => 0.5) / 60_000);

    assert.deepEqual(minutes, [5, 15, 45, 135, 405, 1215, 1440, 1440]);
  });

  it('is spread by a fifth to both sides', () => {
    assert.equal(
      retryDelayMs(1, () => 0),
      4 * 60_000,
    );
    assert.equal(
      retryDelayMs(1, () => 1),
      6 * 60_000,
    );
  });

  it('is never shorter than the server asks for, nor longer than a week because of it', () => {
    assert.equal(
      retryDelayMs(1, () => 0.5, 3_600_000),
      3_600_000,
    );
    assert.equal(
      retryDelayMs(1, () => 0.5, 400 * dayMs),
      7 * dayMs,
    );
  });
});

import assert from 'node:assert/strict';
import { Exposure } from '../../../../src/gateway/protection/exposure';

describe('exposure', () => {
  let changes: (readonly [string | undefined, string | undefined])[];
  let exposure: Exposure;

  beforeEach(() => {
    changes = [];
    exposure = new Exposure((from, to) => changes.push([from, to]));
  });

  it('is none while only loopback is listened on', () => {
    for (const host of ['127.0.0.1', '127.0.0.2', '::1']) exposure.add(host);

    assert.equal(exposure.beyond, undefined);
    assert.deepEqual(changes, []);
  });

  it('begins before the listener opens and ends after it closed, told once each', () => {
    const listener = exposure.add('0.0.0.0');
    listener.dispose();
    listener.dispose();

    assert.equal(exposure.beyond, undefined);
    assert.deepEqual(changes, [
      [undefined, '0.0.0.0'],
      ['0.0.0.0', undefined],
    ]);
  });

  it('goes on while an old listener still drains beside a narrower new one', () => {
    const wide = exposure.add('0.0.0.0');
    exposure.add('127.0.0.1');
    assert.equal(exposure.beyond, '0.0.0.0');

    wide.dispose();
    assert.equal(exposure.beyond, undefined);
  });

  it('does not end when the proxy moves to another port of the same address', () => {
    const old = exposure.add('::');
    exposure.add('::');
    old.dispose();

    assert.equal(exposure.beyond, '::');
    assert.equal(changes.length, 1);
  });
});

import assert from 'node:assert/strict';
import { Exposure } from '../../../../src/gateway/protection/exposure';

describe('exposure, as far as security has to know', () => {
  let changes: boolean[];
  let exposure: Exposure;

  beforeEach(() => {
    changes = [];
    exposure = new Exposure(() => changes.push(exposure.isOpen));
  });

  it('is none before a listener opens', () => {
    assert.equal(exposure.isOpen, false);
  });

  it('begins before the listener opens and ends after it closed, told once each', () => {
    const listener = exposure.add();
    listener.dispose();
    listener.dispose();

    assert.deepEqual(changes, [true, false]);
  });

  it('goes on while one of several listeners still drains', () => {
    const first = exposure.add();
    const second = exposure.add();
    first.dispose();
    assert.equal(exposure.isOpen, true);

    second.dispose();
    assert.deepEqual(changes, [true, false]);
  });
});

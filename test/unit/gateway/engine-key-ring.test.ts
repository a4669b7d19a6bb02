import assert from 'node:assert/strict';
import { EngineKeyRing } from '../../../src/gateway/engine-key-ring';

describe('engine keys', () => {
  it('are found whichever way the address is written', () => {
    const keys = new EngineKeyRing();
    keys.set('HTTP://Localhost:8000/', 'k');

    assert.equal(keys.get('http://localhost:8000'), 'k');
  });

  it('tell whether a key was news', () => {
    const keys = new EngineKeyRing();

    assert.deepEqual(
      [keys.set('http://x', 'a'), keys.set('http://x', 'a'), keys.set('http://x', undefined)],
      [true, false, true],
    );
    assert.equal(keys.get('http://x'), undefined);
  });

  it('are bounded: the oldest goes', () => {
    const keys = new EngineKeyRing();
    for (let i = 0; i <= 256; i++) keys.set(`http://x:${i + 1}`, 'k');

    assert.equal(keys.get('http://x:1'), undefined);
    assert.equal(keys.get('http://x:257'), 'k');
  });
});

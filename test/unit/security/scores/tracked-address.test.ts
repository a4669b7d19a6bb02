import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { TrackedAddress } from '../../../../src/security/scores/tracked-address';

describe('what is remembered of an address', () => {
  it('counts different paths in a minute, each once', () => {
    const tracked = new TrackedAddress();
    const seen = ['/a', '/b', '/a', '/c.php', '/c.php'].map((path) => tracked.seePath(path, 0));

    assert.deepEqual(
      seen.map(({ distinct, scripts, isNew }) => [distinct, scripts, isNew]),
      [
        [1, 0, true],
        [2, 0, true],
        [2, 0, false],
        [3, 1, true],
        [3, 1, false],
      ],
    );
  });

  it('forgets paths after a minute', () => {
    const tracked = new TrackedAddress();
    tracked.seePath('/a', 0);

    assert.deepEqual(tracked.seePath('/a', 60_000), { distinct: 1, scripts: 0, isNew: true });
  });

  it('does not grow with the length of the paths', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    collect();
    const before = process.memoryUsage().heapUsed;
    const kept = Array.from({ length: 200 }, (_, client) => {
      const tracked = new TrackedAddress();
      for (let index = 0; index < 128; index++) tracked.seePath(`/${client}/${index}/${'x'.repeat(1_000)}`, 0);
      return tracked;
    });
    collect();
    const grown = process.memoryUsage().heapUsed - before;

    // As texts they take 25 MB.
    assert.ok(grown < 8_000_000, `${grown} bytes`);
    assert.equal(kept.length, 200);
  });
});

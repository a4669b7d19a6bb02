import assert from 'node:assert/strict';
import { ChangeLog, type ToolChange } from '../../../../src/editor/wiring/change-log';

function makeLog(stored?: unknown) {
  const values = new Map<string, unknown>();
  const memory = {
    get: <T>(key: string, fallback: T) => (stored ?? values.get(key) ?? fallback) as T,
    update: (key: string, value: unknown) => {
      values.set(key, JSON.parse(JSON.stringify(value)));
      return Promise.resolve();
    },
  };
  return new ChangeLog(memory);
}

function change(at: number): ToolChange {
  return { tool: 'continue', keyId: 'abc', at, path: '/a', written: 'hash' };
}

describe('changes that can be taken back', () => {
  it('are listed newest first', async () => {
    const log = makeLog();
    await log.add(change(1));
    await log.add({ ...change(2), backup: '/b' });

    assert.deepEqual(
      log.list().map(({ at }) => at),
      [2, 1],
    );
  });

  it('are no more than twenty', async () => {
    const log = makeLog();
    for (let at = 0; at < 25; at++) await log.add(change(at));

    assert.equal(log.list().length, 20);
    assert.equal(log.list()[0]!.at, 24);
  });

  it('go when they were taken back', async () => {
    const log = makeLog();
    await log.add(change(1));
    await log.add(change(2));

    await log.remove(change(1));

    assert.deepEqual(
      log.list().map(({ at }) => at),
      [2],
    );
  });

  it('are passed over when what was stored is something else', () => {
    assert.deepEqual(makeLog('text').list(), []);
    assert.deepEqual(makeLog([null, 1, { tool: 'x' }, { ...change(1), backup: 3 }]).list(), []);
  });
});

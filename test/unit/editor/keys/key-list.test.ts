import assert from 'node:assert/strict';
import { silentLogger } from '../../../../src/core/logger';
import { KeyList } from '../../../../src/editor/keys/key-list';
import { FakeClock } from '../../../helpers/fake-clock';
import { FakeGateway } from '../fake-gateway';
import { makeKey } from '../security-facts';

const noUse = { bucketMs: 1, buckets: [], byKey: [], byModel: [], byAddress: [] };
const use = { requests: 14, refused: 0, tokensIn: 0, tokensOut: 0, bytesOut: 0, lastAt: 1 };

describe('the list of keys', () => {
  it('knows the keys and how often each was used today', async () => {
    const gateway = new FakeGateway({
      'keys/list': () => [makeKey()],
      'audit/statistics': () => ({ ...noUse, byKey: [{ name: 'abcdefghijkl', ...use }] }),
    });
    const list = new KeyList(gateway, new FakeClock(), silentLogger);

    await list.refresh();

    assert.equal(list.known.keys[0]!.label, 'tablet');
    assert.equal(list.known.requestsToday.get('abcdefghijkl'), 14);
  });

  it('lists keys even where their use cannot be counted', async () => {
    const list = new KeyList(new FakeGateway({ 'keys/list': () => [makeKey()] }), new FakeClock(), silentLogger);

    await list.refresh();

    assert.equal(list.known.keys.length, 1);
  });

  it('keeps what it knew when the gateway does not answer', async () => {
    let answers = [[makeKey()]];
    const gateway = new FakeGateway({
      'keys/list': () => answers.shift() ?? Promise.reject(new Error('gone')),
      'audit/statistics': () => noUse,
    });
    const list = new KeyList(gateway, new FakeClock(), silentLogger);
    await list.refresh();
    answers = [];

    await list.refresh();

    assert.equal(list.known.keys.length, 1);
  });

  it('asks once more, not twice, when asked again while it waits', async () => {
    const gateway = new FakeGateway({ 'keys/list': () => [] });
    const list = new KeyList(gateway, new FakeClock(), silentLogger);

    await Promise.all([list.refresh(), list.refresh(), list.refresh()]);

    assert.equal(gateway.asked.length, 2);
  });
});

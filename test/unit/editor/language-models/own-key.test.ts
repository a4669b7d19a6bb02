import assert from 'node:assert/strict';
import { OwnKey } from '../../../../src/editor/language-models/own-key';

function makeKey() {
  const stored = new Map<string, string>();
  let made = 0;
  const secrets = {
    get: (name: string) => Promise.resolve(stored.get(name)),
    store: (name: string, value: string) => {
      stored.set(name, value);
      return Promise.resolve();
    },
  };
  const key = new OwnKey(secrets, () => Promise.resolve(`flm-key-${++made}`));
  return { key, stored };
}

describe("the key of VS Code's own chats", () => {
  it('does not exist before it is needed', async () => {
    assert.equal(await makeKey().key.current(), undefined);
  });

  it('is kept', async () => {
    const { key } = makeKey();

    await key.renew();

    assert.equal(await key.current(), 'flm-key-1');
  });

  it('is one for all who need it at the same moment', async () => {
    const { key } = makeKey();

    assert.deepEqual(await Promise.all([key.renew(), key.renew()]), ['flm-key-1', 'flm-key-1']);
    assert.equal(await key.renew(), 'flm-key-2');
  });
});

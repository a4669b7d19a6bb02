import assert from 'node:assert/strict';
import { FlmError } from '../../../../src/core/errors';
import { hashSecret, parseKey } from '../../../../src/security/api-keys/key-format';
import { KeyManager } from '../../../../src/security/api-keys/key-manager';
import { FakeClock } from '../../../helpers/fake-clock';
import { MemoryKeyStore } from './support';

function setUp() {
  const clock = new FakeClock();
  const store = new MemoryKeyStore();
  return { clock, store, keys: new KeyManager(store, clock) };
}

describe('key manager', () => {
  it('stores the hash of the secret and never the secret', async () => {
    const { keys, store } = setUp();

    const { key, secret } = await keys.create({ label: 'laptop' });

    const stored = store.keys.get(key.id);
    assert.equal(stored?.secretHash, hashSecret(parseKey(secret)!.secret));
    assert.ok(!JSON.stringify(stored).includes(parseKey(secret)!.secret));
  });

  it('lists keys without hashes', async () => {
    const { keys } = setUp();
    const { key } = await keys.create({ label: 'laptop' });
    await keys.rotate(key.id);

    assert.ok(!/hash/i.test(JSON.stringify(keys.list())));
  });

  it('writes an audit kind with every change', async () => {
    const { keys, store } = setUp();
    const { key } = await keys.create({ label: 'laptop' });
    await keys.change(key.id, { label: 'desktop' });
    await keys.rotate(key.id);
    await keys.revoke(key.id);

    assert.deepEqual(
      store.told.map(([, kind]) => kind),
      ['key.created', 'key.changed', 'key.rotated', 'key.revoked'],
    );
  });

  it('gives no key when it cannot be stored', async () => {
    const { keys, store } = setUp();
    store.failing = true;

    await assert.rejects(keys.create({ label: 'laptop' }), (error) => FlmError.is(error, 'storage_failed'));
  });

  it('changes label, scope and expiry each alone', async () => {
    const { clock, keys } = setUp();
    const expiresAt = clock.now() + 1_000;
    const { key } = await keys.create({ label: 'laptop', scope: { concurrency: 1 }, expiresAt });

    assert.equal((await keys.change(key.id, { label: ' desk ' })).label, 'desk');
    assert.equal((await keys.change(key.id, { scope: {} })).expiresAt, expiresAt);
    assert.equal((await keys.change(key.id, { expiresAt: null })).expiresAt, undefined);
    assert.deepEqual(keys.list()[0]?.scope, {});
  });

  it('refuses to change or rotate a revoked key', async () => {
    const { keys } = setUp();
    const { key } = await keys.create({ label: 'laptop' });
    await keys.revoke(key.id);

    await assert.rejects(keys.rotate(key.id), (error) => FlmError.is(error, 'config_invalid'));
    await assert.rejects(keys.change(key.id, { label: 'x' }), (error) => FlmError.is(error, 'config_invalid'));
  });

  it('revokes twice without harm', async () => {
    const { clock, keys } = setUp();
    const { key } = await keys.create({ label: 'laptop' });
    const first = await keys.revoke(key.id);
    clock.advance(1_000);

    assert.equal((await keys.revoke(key.id)).revokedAt, first.revokedAt);
  });

  it('says that an unknown key is not found', async () => {
    await assert.rejects(setUp().keys.revoke('nothing'), (error) => FlmError.is(error, 'not_found'));
  });

  for (const [what, wanted] of [
    ['an empty label', { label: '  ' }],
    ['a label with control characters', { label: 'a\nb' }],
    ['a label that is too long', { label: 'x'.repeat(81) }],
    ['an expiry in the past', { label: 'a', expiresAt: 1 }],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(setUp().keys.create(wanted), (error) => FlmError.is(error, 'config_invalid'));
    });
  }

  it('counts neither decoys nor expired nor revoked keys as usable', async () => {
    const { clock, keys } = setUp();
    await keys.create({ label: 'bait', kind: 'decoy' });
    await keys.create({ label: 'guest', expiresAt: clock.now() + 10 });
    const { key } = await keys.create({ label: 'old' });
    await keys.revoke(key.id);
    clock.advance(10);

    assert.equal(keys.hasUsableKey(), false);
    await keys.create({ label: 'laptop' });
    assert.equal(keys.hasUsableKey(), true);
  });
});

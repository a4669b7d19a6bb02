import assert from 'node:assert/strict';
import type { AuthResult } from '../../../../src/core/authenticator';
import { KeyManager } from '../../../../src/security/api-keys/key-manager';
import { KeyVerifier } from '../../../../src/security/api-keys/key-verifier';
import { FakeClock } from '../../../helpers/fake-clock';
import { bearer, makeFacts, MemoryKeyStore } from './support';

function setUp() {
  const clock = new FakeClock();
  const store = new MemoryKeyStore();
  return { clock, store, keys: new KeyManager(store, clock), verifier: new KeyVerifier(store, clock) };
}

function codeOf(result: AuthResult): string {
  return result.ok ? 'ok' : result.code;
}

function attemptOf(result: AuthResult): string | undefined {
  return result.ok ? undefined : result.attempt;
}

const localFacts = { isDirectLocal: true, clientAddress: '127.0.0.1', socketAddress: '127.0.0.1' };

describe('key verifier', () => {
  it('lets a valid key in and says whose it is', async () => {
    const { keys, verifier } = setUp();
    const { key, secret } = await keys.create({ label: 'laptop', scope: { concurrency: 2 } });

    assert.deepEqual(verifier.verify(bearer(secret)), {
      ok: true,
      identity: { type: 'key', keyId: key.id, label: 'laptop' },
      scope: { concurrency: 2 },
    });
  });

  it('remembers when a key was last used', async () => {
    const { clock, keys, store, verifier } = setUp();
    const { key, secret } = await keys.create({ label: 'laptop' });

    verifier.verify(bearer(secret));

    assert.equal(store.keys.get(key.id)?.lastUsedAt, clock.now());
  });

  it('lets a direct local caller in without a key', () => {
    assert.deepEqual(setUp().verifier.verify(makeFacts(localFacts)), { ok: true, identity: { type: 'local' } });
  });

  it('asks a local caller for a key when keys are required everywhere', () => {
    const { clock, store } = setUp();
    const verifier = new KeyVerifier(store, clock, () => true);

    assert.equal(codeOf(verifier.verify(makeFacts(localFacts))), 'key_missing');
  });

  it('refuses a wrong key from a local caller too', () => {
    assert.equal(codeOf(setUp().verifier.verify(bearer('wrong', localFacts))), 'key_invalid');
  });

  it('takes the placeholder of a local tool for no key', () => {
    assert.equal(codeOf(setUp().verifier.verify(bearer('ollama', localFacts))), 'ok');
  });

  it('refuses a remote caller without a key, which is no failed attempt', () => {
    const result = setUp().verifier.verify(makeFacts());

    assert.equal(codeOf(result), 'key_missing');
    assert.equal(attemptOf(result), undefined);
  });

  it('refuses a wrong secret of a known id and an unknown id with the same words', async () => {
    const { keys, verifier } = setUp();
    const { secret } = await keys.create({ label: 'laptop' });
    const other = await setUp().keys.create({ label: 'other' });
    const wrongSecret = `${secret.slice(0, 17)}${other.secret.slice(17)}`;

    const wrong = verifier.verify(bearer(wrongSecret));
    const unknown = verifier.verify(bearer(other.secret));

    assert.equal(codeOf(wrong), 'key_invalid');
    assert.equal(codeOf(unknown), 'key_invalid');
    assert.equal(!wrong.ok && wrong.message, !unknown.ok && unknown.message);
  });

  it('tells equal wrong keys from different ones without showing them', () => {
    const { verifier } = setUp();
    const first = attemptOf(verifier.verify(bearer('wrong-1')));

    assert.equal(attemptOf(verifier.verify(bearer('wrong-1'))), first);
    assert.notEqual(attemptOf(verifier.verify(bearer('wrong-2'))), first);
    assert.ok(!first?.includes('wrong'));
  });

  it('says that a key has expired', async () => {
    const { clock, keys, verifier } = setUp();
    const { secret } = await keys.create({ label: 'guest', expiresAt: clock.now() + 1_000 });

    clock.advance(1_000);

    assert.equal(codeOf(verifier.verify(bearer(secret))), 'key_expired');
  });

  it('says that a key was revoked', async () => {
    const { keys, verifier } = setUp();
    const { key, secret } = await keys.create({ label: 'guest' });

    await keys.revoke(key.id);

    assert.equal(codeOf(verifier.verify(bearer(secret))), 'key_revoked');
  });

  it('tells nobody without the secret that a key was revoked', async () => {
    const { keys, verifier } = setUp();
    const { key } = await keys.create({ label: 'guest' });
    await keys.revoke(key.id);

    assert.equal(codeOf(verifier.verify(bearer(`flm-${key.id}-${'A'.repeat(43)}`))), 'key_invalid');
  });

  it('accepts old and new secret after a rotation, the old one until the grace period ends', async () => {
    const { clock, keys, verifier } = setUp();
    const first = await keys.create({ label: 'ci' });
    const second = await keys.rotate(first.key.id, 60_000);

    assert.equal(codeOf(verifier.verify(bearer(first.secret))), 'ok');
    assert.equal(codeOf(verifier.verify(bearer(second.secret))), 'ok');

    clock.advance(60_000);

    assert.equal(codeOf(verifier.verify(bearer(first.secret))), 'key_expired');
    assert.equal(codeOf(verifier.verify(bearer(second.secret))), 'ok');
  });

  it('refuses a key from an address out of its scope', async () => {
    const { keys, verifier } = setUp();
    const { secret } = await keys.create({ label: 'office', scope: { addresses: ['10.0.0.0/8'] } });

    assert.equal(codeOf(verifier.verify(bearer(secret))), 'key_out_of_scope');
    assert.equal(codeOf(verifier.verify(bearer(secret, { clientAddress: '10.0.0.7' }))), 'ok');
  });

  it('refuses a key on a route out of its scope', async () => {
    const { keys, verifier } = setUp();
    const { secret } = await keys.create({ label: 'embed', scope: { routes: ['/v1/embeddings'] } });

    assert.equal(codeOf(verifier.verify(bearer(secret))), 'key_out_of_scope');
    assert.equal(codeOf(verifier.verify(bearer(secret, { route: '/v1/embeddings' }))), 'ok');
  });

  it('answers a decoy like any wrong key, and raises the alarm', async () => {
    const { keys, verifier } = setUp();
    const { key, secret } = await keys.create({ label: 'bait', kind: 'decoy' });

    const result = verifier.verify(bearer(secret));

    assert.ok(!result.ok);
    assert.equal(result.code, 'key_invalid');
    assert.equal(result.isDecoy, true);
    assert.equal(result.keyId, key.id);
  });

  it('refuses different keys in different headers even if one is valid', async () => {
    const { keys, verifier } = setUp();
    const { secret } = await keys.create({ label: 'laptop' });

    const rawHeaders = ['Authorization', `Bearer ${secret}`, 'x-api-key', 'something-else'];

    assert.equal(codeOf(verifier.verify(makeFacts({ rawHeaders }))), 'key_invalid');
  });
});

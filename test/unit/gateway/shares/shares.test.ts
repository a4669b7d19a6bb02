import assert from 'node:assert/strict';
import { FlmError } from '../../../../src/core/errors';
import { settle } from '../../../helpers/fake-clock';
import { dayMs, makeAddress, minuteMs, ShareBench, wifi } from './support';

describe('shares', () => {
  let bench: ShareBench;
  beforeEach(async () => (bench = await ShareBench.started()));
  afterEach(() => bench.shares.dispose());

  describe('when one is made', () => {
    it('have a key of their own, the exposure their audience needs, and an end', async () => {
      const expiresAt = bench.clock.now() + dayMs;

      const created = await bench.create({ limits: { models: ['ollama/*'], requestsPerDay: 200 }, expiresAt });

      const { share, key } = created;
      assert.match(share.id, /^share_[0-9a-z]{12}$/);
      assert.deepEqual(bench.key(share.keyId)?.scope, {
        models: ['ollama/*'],
        requestsPerDay: 200,
        addresses: ['192.168.1.0/24'],
      });
      assert.deepEqual([key.key.purpose, key.key.shareId, key.key.expiresAt], ['share', share.id, expiresAt]);
      assert.deepEqual(bench.demands.now.get(share.id), { scope: 'interfaces', addresses: ['192.168.1.20'] });
      assert.deepEqual(created.endpoints, [bench.endpoint]);
      assert.equal(bench.audited[0]?.kind, 'share.created');
    });

    it('hold no secret', async () => {
      const { key, share } = await bench.create();

      const kept = JSON.stringify([[...bench.disk.documents.values], bench.audited, share]);
      assert.ok(!kept.includes(key.secret) && !kept.includes(key.secret.slice(17)));
    });

    it('leave nothing when they cannot be stored', async () => {
      bench.disk.documents.failing = true;

      await assert.rejects(bench.create(), (error) => FlmError.is(error, 'storage_failed'));

      assert.deepEqual(bench.keys.list(), []);
      assert.equal(bench.demands.now.size, 0);
      assert.deepEqual(bench.shares.all(), []);
      bench.disk.documents.failing = false;
      assert.deepEqual((await bench.restart()).shares.all(), []);
    });

    it('leave nothing when the key cannot be stored', async () => {
      bench.disk.keys.failing = true;

      await assert.rejects(bench.create(), (error) => FlmError.is(error, 'storage_failed'));

      assert.equal(bench.demands.now.size, 0);
      assert.deepEqual(bench.shares.all(), []);
    });

    it('say which models nobody offers now', async () => {
      const { warnings } = await bench.create({ limits: { models: ['ollama/*', 'vllm/big'] } });

      assert.deepEqual(warnings, [{ code: 'share.noModel', args: ['vllm/big'] }]);
    });

    const refusals = [
      ['a route that does not exist', { limits: { routes: ['/v1/nonsense'] } }],
      ['a range that is none', { audience: { type: 'addresses', ranges: ['192.168.1.300'] } }],
      ['no address at all', { audience: { type: 'addresses', ranges: [] } }],
      ['an address this machine does not have', { addresses: ['10.0.0.1'] }],
      ['an end in the past', { expiresAt: 1 }],
      ['a label without a character', { label: ' ' }],
    ] as const;
    for (const [what, wrong] of refusals) {
      it(`refuse ${what}`, async () => {
        await assert.rejects(bench.create(wrong), (error) => FlmError.is(error, 'config_invalid'));
        assert.deepEqual(bench.keys.list(), []);
      });
    }
  });

  describe('end', () => {
    it('by themselves at their time, and their record stays', async () => {
      const { share } = await bench.create({ expiresAt: bench.clock.now() + dayMs });

      await bench.clock.advanceAsync(dayMs + 1000, 10 * minuteMs);

      assert.deepEqual(bench.shares.running(), []);
      const [ended] = bench.shares.all();
      assert.deepEqual([ended?.endedBy, ended?.endedAt], ['expiry', share.expiresAt]);
      assert.ok(bench.key(share.keyId)?.revokedAt !== undefined);
      assert.equal(bench.demands.now.size, 0);
    });

    it('at the start when their time came while nothing ran', async () => {
      const { share } = await bench.create({ expiresAt: bench.clock.now() + dayMs });
      bench.clock.jump(3 * dayMs);

      const next = await bench.restart();

      assert.equal(next.demands.now.size, 0);
      assert.deepEqual([next.shares.all()[0]?.endedBy, next.shares.all()[0]?.endedAt], ['expiry', share.expiresAt]);
      assert.ok(next.key(share.keyId)?.revokedAt !== undefined);
    });

    it('when somebody revokes their key', async () => {
      const { share } = await bench.create();

      await bench.keys.revoke(share.keyId);
      bench.shares.keysChanged();
      await settle();

      assert.equal(bench.shares.all()[0]?.endedBy, 'key-revoked');
      assert.equal(bench.demands.now.size, 0);
    });

    it('by hand, once', async () => {
      const { share } = await bench.create();

      const ended = await bench.shares.end(share.id);
      const again = await bench.shares.end(share.id);

      assert.equal(ended.endedBy, 'person');
      assert.deepEqual(again, ended);
      assert.equal(bench.audited.filter(({ kind }) => kind === 'share.ended').length, 1);
    });

    it('in force at once though it cannot be stored', async () => {
      const { share } = await bench.create();
      bench.disk.documents.failing = true;

      await assert.rejects(bench.shares.end(share.id), (error) => FlmError.is(error, 'storage_failed'));

      assert.ok(bench.key(share.keyId)?.revokedAt !== undefined);
      assert.equal(bench.demands.now.size, 0);
      assert.deepEqual(bench.shares.running(), []);
    });

    it('all those that reach beyond the machine, when everything is closed', async () => {
      const own = await bench.create({ audience: { type: 'machine' } });
      await bench.create({ audience: { type: 'internet' } });
      await bench.create();

      await bench.shares.endBeyondMachine();

      assert.deepEqual(
        bench.shares.running().map(({ id }) => id),
        [own.share.id],
      );
    });

    it('without piling up for ever: the newest 200 records stay, and no key of the others', async () => {
      for (let count = 0; count < 205; count++) {
        const { share } = await bench.create({ label: `share ${count}` });
        bench.clock.advance(1000);
        await bench.shares.end(share.id);
      }

      const all = bench.shares.all();
      assert.equal(all.length, 200);
      assert.equal(all.at(-1)?.label, 'share 5');
      assert.equal(bench.keys.list().length, 200);
    });
  });

  describe('after a crash', () => {
    it('go on with the same key and exposure', async () => {
      const { share } = await bench.create({ limits: { requestsPerDay: 5 } });

      const next = await bench.restart();

      assert.equal(next.shares.running()[0]?.id, share.id);
      assert.deepEqual(next.demands.now.get(share.id), share.exposure);
      assert.equal(next.key(share.keyId)?.revokedAt, undefined);
    });

    it('that left a key without its share, lose the key', async () => {
      const { key } = await bench.keys.create({ label: 'half made', purpose: 'share', shareId: 'share_000000000000' });

      const next = await bench.restart();

      assert.equal(next.key(key.id), undefined);
      assert.equal(next.demands.now.size, 0);
    });

    it('that left the key of an ended share alive, revoke it', async () => {
      const { share } = await bench.create();
      bench.disk.documents.values.set(`share:${share.id}`, { ...share, endedAt: 1, endedBy: 'person' });

      const next = await bench.restart();

      assert.ok(next.key(share.keyId)?.revokedAt !== undefined);
    });

    it('that left a key with other limits than its share, put the key right', async () => {
      const { share } = await bench.create({ limits: { requestsPerDay: 5 } });
      await bench.keys.change(share.keyId, { scope: {} }, share.id);

      const next = await bench.restart();

      assert.deepEqual(next.key(share.keyId)?.scope, { requestsPerDay: 5, addresses: ['192.168.1.0/24'] });
    });

    it('whose document cannot be read, let nobody in', async () => {
      const { share } = await bench.create();
      bench.disk.documents.values.set(`share:${share.id}`, { ...share, audience: { type: 'everybody' } });

      const next = await bench.restart();

      assert.deepEqual(next.shares.all(), []);
      assert.equal(next.key(share.keyId), undefined);
      assert.equal(next.demands.now.size, 0);
    });
  });

  describe('can be changed', () => {
    it('in limits, audience and end, with the same key', async () => {
      const { share } = await bench.create();
      const expiresAt = bench.clock.now() + dayMs;

      const changed = await bench.shares.change({
        id: share.id,
        audience: { type: 'addresses', ranges: ['192.168.1.7'] },
        limits: { tokensPerDay: 1000 },
        expiresAt,
      });

      assert.equal(changed.keyId, share.keyId);
      assert.deepEqual(bench.key(share.keyId)?.scope, { tokensPerDay: 1000, addresses: ['192.168.1.7'] });
      assert.equal(bench.key(share.keyId)?.expiresAt, expiresAt);
      assert.deepEqual(bench.demands.now.get(share.id), { scope: 'interfaces', addresses: ['192.168.1.20'] });
    });

    it('so that they have no end any more', async () => {
      const { share } = await bench.create({ expiresAt: bench.clock.now() + minuteMs });

      const changed = await bench.shares.change({ id: share.id, expiresAt: null });
      await bench.clock.advanceAsync(2 * minuteMs);

      assert.equal(changed.expiresAt, undefined);
      assert.equal(bench.shares.running().length, 1);
    });

    it('but not past the share, by its key', async () => {
      const { share } = await bench.create();

      await assert.rejects(bench.keys.change(share.keyId, { scope: {} }), (error) =>
        FlmError.is(error, 'config_invalid'),
      );
    });

    it('but not once they are over', async () => {
      const { share } = await bench.create();
      await bench.shares.end(share.id);

      await assert.rejects(bench.shares.change({ id: share.id, limits: {} }), (error) =>
        FlmError.is(error, 'config_invalid'),
      );
      await assert.rejects(bench.shares.rotate(share.id, 5), (error) => FlmError.is(error, 'config_invalid'));
    });

    it('by giving them a new secret, the old one working a while longer', async () => {
      const { share, key } = await bench.create();

      const rotated = await bench.shares.rotate(share.id, 60);

      assert.notEqual(rotated.key.secret, key.secret);
      assert.equal(rotated.key.key.id, share.keyId);
      assert.equal(rotated.key.key.graceUntil, bench.clock.now() + 60 * minuteMs);
    });
  });

  describe('for the network of this machine', () => {
    it('follow it as it changes', async () => {
      const { share } = await bench.create();

      bench.machine = [makeAddress('10.1.2.3', '10.1.0.0/16')];
      bench.networksChanged.fire();
      await settle();

      assert.deepEqual(bench.key(share.keyId)?.scope.addresses, ['10.1.0.0/16']);
      assert.deepEqual(bench.demands.now.get(share.id), { scope: 'interfaces', addresses: ['10.1.2.3'] });
      assert.deepEqual(bench.shares.running()[0]?.exposure, { scope: 'interfaces', addresses: ['10.1.2.3'] });
    });

    it('let nobody in while there is none, and come back with it', async () => {
      bench.machine = [];
      const { share, warnings } = await bench.create();
      assert.deepEqual(bench.key(share.keyId)?.scope.addresses, ['0.0.0.0']);
      assert.deepEqual(bench.demands.now.get(share.id), { scope: 'machine' });
      assert.equal(warnings[0]?.code, 'share.noNetwork');

      bench.machine = [wifi];
      bench.networksChanged.fire();
      await settle();

      assert.deepEqual(bench.key(share.keyId)?.scope.addresses, ['192.168.1.0/24']);
    });

    it('follow a chosen one by its name, also over a restart, and warn while it is away', async () => {
      const tailnet = makeAddress('100.101.1.1', '100.101.1.1', { interfaceName: 'tailscale0', kind: 'shared' });
      bench.machine = [wifi, tailnet];
      const { share, warnings } = await bench.create({ audience: { type: 'lan', interfaces: ['tailscale0'] } });
      assert.deepEqual(warnings, []);
      assert.deepEqual(bench.key(share.keyId)?.scope.addresses, ['100.64.0.0/10']);
      assert.deepEqual(bench.demands.now.get(share.id), { scope: 'interfaces', addresses: ['100.101.1.1'] });

      const next = await bench.restart([wifi]);
      assert.deepEqual(next.key(share.keyId)?.scope.addresses, ['0.0.0.0']);
      assert.deepEqual(next.demands.now.get(share.id), { scope: 'machine' });
      assert.equal((await next.shares.rotate(share.id, 0)).warnings[0]?.code, 'share.notThere');

      next.machine = [wifi, tailnet];
      next.networksChanged.fire();
      await settle();
      assert.deepEqual(next.demands.now.get(share.id), { scope: 'interfaces', addresses: ['100.101.1.1'] });
    });

    it('are refused for an interface this machine does not have', async () => {
      await assert.rejects(bench.create({ audience: { type: 'lan', interfaces: ['eth7'] } }), (error) =>
        FlmError.is(error, 'config_invalid'),
      );
    });

    it('have it watched only while there are any', async () => {
      const { share } = await bench.create();
      assert.equal(bench.watched, true);

      await bench.shares.end(share.id);

      assert.equal(bench.watched, false);
    });
  });

  describe('tell what they were used for', () => {
    it('in all and today', async () => {
      const { share } = await bench.create();
      const identity = { type: 'key', keyId: share.keyId, label: 'colleague' } as const;
      const record = { requestId: 'r', address: '192.168.1.7', method: 'POST', route: undefined, path: '/' } as const;
      const rest = { status: 200, durationMs: 1, bytesIn: 0, bytesOut: 0, identity, at: bench.clock.now() };
      bench.requests.add(share.keyId, 1);
      bench.tokens.add(share.keyId, 30);
      const before = bench.changes;

      bench.shares.requestEnded({ ...record, ...rest, outcome: 'ok', queueMs: 0, tokensIn: 10, tokensOut: 20 });
      bench.shares.requestEnded({ ...record, ...rest, outcome: 'refused', status: 429 });

      const [view] = bench.shares.running();
      assert.deepEqual(
        [view?.requests, view?.refused, view?.tokens, view?.requestsToday, view?.tokensToday, view?.lastUsedAt],
        [1, 1, 30, 1, 30, bench.clock.now()],
      );
      assert.equal(bench.changes, before + 2);
    });
  });
});

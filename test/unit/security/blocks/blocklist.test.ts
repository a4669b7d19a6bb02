import assert from 'node:assert/strict';
import type { AuditEvent } from '../../../../src/core/audit';
import { FlmError } from '../../../../src/core/errors';
import { silentLogger } from '../../../../src/core/logger';
import { reason } from '../../../../src/core/reason';
import { Blocklist } from '../../../../src/security/blocks/blocklist';
import { OwnAddresses } from '../../../../src/security/blocks/protected-addresses';
import { parseBlockList, formatBlockList } from '../../../../src/security/blocks/block-list-format';
import { importBlocks } from '../../../../src/security/blocks/import-blocks';
import { FakeClock } from '../../../helpers/fake-clock';
import { makeFacts, makeSecurity, MemoryBlockStore } from '../../../helpers/security-fixture';

describe('blocklist', () => {
  const start = (store = new MemoryBlockStore(), clock = new FakeClock()) => {
    const { services } = makeSecurity({ clock, store });
    return { services, list: services.blocklist, store, clock };
  };

  it('finds an address in a blocked range until the block ends', async () => {
    const { list, clock } = start();
    await list.add({ range: '203.0.113.0/24', rule: 'manual', reason: 'x', expiresAt: clock.now() + 1000 });
    assert.equal(list.find('203.0.113.77')?.range, '203.0.113.0/24');
    clock.advance(1001);
    assert.equal(list.find('203.0.113.77'), undefined);
  });

  it('keeps blocks and lifted blocks across a restart', async () => {
    const { list, store } = start();
    await list.add({ range: '203.0.113.1', rule: 'manual', reason: 'x' });
    await list.add({ range: '203.0.113.2', rule: 'manual', reason: 'x' });
    await list.remove('203.0.113.2');

    const again = start(store);

    assert.ok(again.list.find('203.0.113.1'));
    assert.equal(again.list.find('203.0.113.2'), undefined);
  });

  it('prefers a block by a person to an automatic one of the same address', async () => {
    const { list } = start();
    list.blockAddress('203.0.113.1', { rule: 'intrusion', reason: 'x' }, 60_000);
    await list.add({ range: '203.0.113.0/24', rule: 'manual', reason: 'x' });
    assert.equal(list.find('203.0.113.1')?.source, 'manual');
  });

  it('never replaces a block by a person with an automatic one', async () => {
    const { list } = start();
    await list.add({ range: '203.0.113.1', rule: 'manual', reason: 'x' });
    assert.equal(list.blockAddress('203.0.113.1', { rule: 'intrusion', reason: 'x' }, 60_000), undefined);
  });

  it('lets the allowlist win, and only until its entry ends', async () => {
    const { list, clock } = start();
    await list.add({ range: '203.0.113.0/24', rule: 'manual', reason: 'x' });
    await list.allow({ range: '203.0.113.5', expiresAt: clock.now() + 1000 });
    assert.equal(list.find('203.0.113.5'), undefined);
    clock.advance(1001);
    assert.ok(list.find('203.0.113.5'));
  });

  it('takes ended blocks off the list and tells of it', () => {
    const clock = new FakeClock();
    const { services, events } = makeSecurity({ clock });
    services.blocklist.blockAddress('203.0.113.1', { rule: 'intrusion', reason: 'x' }, 60_000);
    clock.advance(120_000);
    assert.ok(events.some(({ kind }) => kind === 'block.expired'));
    assert.equal(services.blocklist.size, 0);
    assert.deepEqual(services.blocklist.list(), []);
  });

  describe('strikes', () => {
    const dayMs = 24 * 3_600_000;
    const block = (list: ReturnType<typeof start>['list'], range = '203.0.113.1') =>
      list.blockAddress(range, { rule: 'intrusion', reason: 'x' }, 60_000);

    it('of an ended automatic block are remembered across a restart, and hold nobody back', () => {
      const { list, store, clock, services } = start();
      block(list);
      clock.advance(120_000);
      services.dispose();

      const again = start(store, clock);

      assert.equal(again.list.find('203.0.113.1'), undefined);
      assert.deepEqual(again.list.list(), []);
      assert.equal(again.list.strikesOf('203.0.113.1'), 1);
      assert.equal(block(again.list)?.strikes, 1);
    });

    it('of a block that ended while nobody ran count as well', () => {
      const { list, store, clock, services } = start();
      block(list);
      services.dispose();
      clock.advance(dayMs);

      const again = start(store, clock);

      assert.equal(again.list.strikesOf('203.0.113.1'), 1);
      assert.equal(again.list.size, 0);
    });

    it('make the next block longer after a restart', () => {
      const clock = new FakeClock();
      const store = new MemoryBlockStore();
      const scan = () => {
        const { gate, services } = makeSecurity({ clock, store });
        for (const target of ['/.env', '/wp-admin', '/.git/config', '/actuator'])
          gate.admit(makeFacts({ target, from: '203.0.113.1' }));
        const found = services.blocklist.find('203.0.113.1');
        services.dispose();
        return (found?.expiresAt ?? 0) - (found?.createdAt ?? 0);
      };
      const first = scan();
      clock.advance(2 * 3_600_000);

      const second = scan();

      assert.deepEqual([first, second], [3_600_000, dayMs]);
    });

    it('are forgotten 30 days after the block ended, in the store too', () => {
      const { list, store, clock } = start();
      block(list);
      clock.advance(29 * dayMs);
      assert.equal(store.blocks.size, 1);

      clock.advance(2 * dayMs);

      assert.equal(list.strikesOf('203.0.113.1'), 0);
      assert.equal(store.blocks.size, 0);
    });

    it('are forgotten when a person lifts the block', async () => {
      const { list, store } = start();
      block(list);
      await list.remove('203.0.113.1');

      assert.equal(list.strikesOf('203.0.113.1'), 0);
      assert.equal(store.blocks.size, 0);
    });

    it('are not made by blocks of people', async () => {
      const { list, store, clock } = start();
      await list.add({ range: '203.0.113.1', rule: 'manual', reason: 'x', expiresAt: clock.now() + 1000 });
      clock.advance(60_000);

      assert.equal(list.strikesOf('203.0.113.1'), 0);
      assert.equal(store.blocks.size, 0);
    });

    it('are kept for ten thousand ranges at most, the latest', () => {
      const { list, store, clock } = start();
      for (let i = 0; i < 10_050; i++) block(list, `10.0.${i >> 8}.${i & 255}`);
      clock.advance(120_000);

      assert.equal(store.blocks.size, 10_000);
      assert.equal(list.strikesOf('10.0.0.0'), 0);
      assert.equal(list.strikesOf(`10.0.${10_049 >> 8}.${10_049 & 255}`), 1);
    });
  });

  it('forgets what was held against the addresses of all temporary blocks that are lifted', async () => {
    const { services } = start();
    const { gate } = services;
    const attack = (from: string, target: string) => gate.admit(makeFacts({ target, from }));
    const attackers = ['203.0.113.1', '2001:db8:9::7'];
    for (const from of attackers)
      for (const target of ['/.env', '/wp-admin', '/.git/config', '/actuator']) attack(from, target);
    assert.equal(services.blocklist.size, 2);

    assert.equal(await services.unblockTemporary(), 2);
    for (const from of attackers) attack(from, '/admin');

    assert.equal(services.blocklist.size, 0);
  });

  it('lifts every temporary block at once and leaves the others', async () => {
    const { list } = start();
    list.blockAddress('203.0.113.1', { rule: 'intrusion', reason: 'x' }, 60_000);
    await list.add({ range: '203.0.113.2', rule: 'manual', reason: 'x' });
    assert.equal(await list.clearTemporary(), 1);
    assert.deepEqual(
      list.list().map(({ range }) => range),
      ['203.0.113.2'],
    );
  });

  it('imports a plain list and says which lines it refused and why', async () => {
    const { list, clock } = start();
    const text =
      '# bad people\n203.0.113.1 # scanner\n203.0.113.0/33\nhost.example\n127.0.0.1\n203.0.113.1\n2001:db8::/48\n';
    const report = await importBlocks(text, list, clock);
    assert.deepEqual([report.added, report.kept, report.refusedTotal], [2, 1, 3]);
    assert.deepEqual(report.refused.map(({ line }) => line).sort(), [3, 4, 5]);
    assert.equal(list.find('203.0.113.1')?.note, 'scanner');
  });

  it('imports decisions as CrowdSec prints them', () => {
    const now = 1_000_000;
    const alerts = [
      {
        decisions: [
          {
            value: '203.0.113.7',
            scope: 'Ip',
            type: 'ban',
            duration: '3h59m30s',
            scenario: 'http-probing',
            origin: 'crowdsec',
          },
        ],
      },
      {
        decisions: [
          { value: 'AS64500', scope: 'AS', type: 'ban', duration: '4h' },
          { value: '203.0.113.8', scope: 'Ip', type: 'captcha', duration: '4h' },
        ],
      },
    ];
    const parsed = parseBlockList(JSON.stringify(alerts), now);
    assert.deepEqual(
      parsed.entries.map(({ range, reason, expiresAt }) => [range, reason, expiresAt]),
      [['203.0.113.7', 'http-probing', now + 14_370_000]],
    );
    assert.equal(parsed.refused.length, 2);
  });

  for (const format of ['plain', 'csv', 'json'] as const) {
    it(`reads back what it exported as ${format}`, () => {
      const block = {
        range: '203.0.113.0/24',
        source: 'manual',
        rule: 'manual',
        reason: '=cmd, "x"\n',
        createdAt: 1,
        expiresAt: 5_000,
        strikes: 0,
      } as const;
      const text = formatBlockList([block], format);
      assert.deepEqual(
        parseBlockList(text, 1).entries.map(({ range }) => range),
        ['203.0.113.0/24'],
      );
      assert.doesNotMatch(text, /^=|,=/m);
    });
  }

  for (const text of ['', '{', '[1, null, "x"]', '{"blocks": 3}', 'range,reason\n"', '\u0000']) {
    it(`takes ${JSON.stringify(text)} without throwing`, () => {
      assert.deepEqual(parseBlockList(text, 0).entries, []);
    });
  }
});

describe('changes of a block by people', () => {
  const start = (maxAutomatic?: number) => {
    const clock = new FakeClock();
    const store = new MemoryBlockStore();
    const events: AuditEvent[] = [];
    const list = new Blocklist({
      store,
      audit: { record: (event) => void events.push(event), recordAccess: () => undefined },
      own: new OwnAddresses(
        () => [],
        () => clock.monotonic(),
      ),
      clock,
      logger: silentLogger,
      ...(maxAutomatic === undefined ? {} : { maxAutomatic }),
    });
    list.start();
    return { clock, store, list, events };
  };

  it('tells the audit log of a change before it is stored, so that who is answered finds both after a crash', async () => {
    const { list, store, events } = start();
    const toldWhenStored: (string | undefined)[] = [];
    const noteOf =
      <A>(work: (argument: A) => Promise<void>) =>
      (argument: A): Promise<void> => {
        toldWhenStored.push(events.at(-1)?.kind);
        return work(argument);
      };
    store.putBlock = noteOf(store.putBlock.bind(store));
    store.removeBlock = noteOf(store.removeBlock.bind(store));

    await list.add({ range: '203.0.113.1', rule: 'manual', reason: 'x' });
    await list.change('203.0.113.1', undefined);
    await list.remove('203.0.113.1');
    await list.restore('203.0.113.1');

    assert.deepEqual(toldWhenStored, ['block.added', 'block.changed', 'block.removed', 'block.added']);
  });

  it('leaves an automatic block automatic when its end is changed', async () => {
    const { list, clock, store } = start();
    list.blockAddress('203.0.113.1', { rule: 'honeypot', reason: 'x' }, 60_000);

    const changed = await list.change('203.0.113.1', clock.now() + 600_000);

    assert.deepEqual([changed.source, changed.rule], ['auto', 'honeypot']);
    assert.equal(store.blocks.get('203.0.113.1')?.expiresAt, clock.now() + 600_000);
  });

  it('takes the end off a block', async () => {
    const { list, clock } = start();
    list.blockAddress('203.0.113.1', { rule: 'honeypot', reason: 'x' }, 60_000);

    await list.change('203.0.113.1', undefined);
    clock.advance(3_600_000);

    assert.equal(list.find('203.0.113.1')?.source, 'auto');
  });

  it('refuses to change what is not blocked', async () => {
    const { list } = start();

    await assert.rejects(list.change('203.0.113.1', undefined), (error) => FlmError.is(error, 'not_found'));
  });

  it('brings a lifted block back as it was, strikes and all', async () => {
    const { list } = start();
    const block = list.blockAddress('203.0.113.1', { rule: 'honeypot', reason: 'x' }, 60_000);
    await list.remove('203.0.113.1');

    assert.deepEqual(await list.restore('203.0.113.1'), block);
    assert.deepEqual(list.find('203.0.113.1'), block);
  });

  it('does not bring a block back whose time is over', async () => {
    const { list, clock } = start();
    list.blockAddress('203.0.113.1', { rule: 'honeypot', reason: 'x' }, 60_000);
    await list.remove('203.0.113.1');
    clock.advance(60_001);

    await assert.rejects(list.restore('203.0.113.1'), (error) => FlmError.is(error, 'not_found'));
  });

  it('gives up the automatic block that ends first when there are too many, and none of people', async () => {
    const { list, store, clock, events } = start(3);
    await list.add({ range: '203.0.113.100', rule: 'manual', reason: 'x', expiresAt: clock.now() + 1000 });
    list.blockAddress('203.0.113.1', { rule: 'anomaly', reason: 'x' }, undefined);
    list.blockAddress('203.0.113.2', { rule: 'anomaly', reason: 'x' }, 60_000);
    list.blockAddress('203.0.113.3', { rule: 'anomaly', reason: 'x' }, 30_000);

    list.blockAddress('203.0.113.4', { rule: 'anomaly', reason: 'x' }, 90_000);
    const kept = list.list().map(({ range }) => range);
    clock.advance(30_000);

    assert.deepEqual(kept.toSorted(), ['203.0.113.1', '203.0.113.100', '203.0.113.2', '203.0.113.4']);
    assert.ok(!store.blocks.has('203.0.113.3'));
    assert.deepEqual(events.find(({ rule }) => rule === 'blocklist.full')?.details, { givenUp: 1, kept: 3 });
  });

  it('holds the bound for blocks that were stored before, too', () => {
    const { store } = start();
    for (let index = 0; index < 5; index++) {
      const range = `203.0.113.${index}`;
      store.blocks.set(range, { range, source: 'auto', rule: 'x', reason: 'x', createdAt: 0, strikes: 0 });
    }
    const clock = new FakeClock();
    const list = new Blocklist({
      store,
      audit: { record: () => undefined, recordAccess: () => undefined },
      own: new OwnAddresses(
        () => [],
        () => clock.monotonic(),
      ),
      clock,
      logger: silentLogger,
      maxAutomatic: 2,
    });

    list.start();

    assert.equal(list.size, 2);
  });

  it('says why it blocked as data, with the stranger’s own text apart', () => {
    const { gate, services } = makeSecurity({ clock: new FakeClock() });
    for (const target of ['/config.json', '/pma', '/solr']) gate.admit(makeFacts({ target }));

    const [block] = services.blocklist.list();

    assert.deepEqual(block?.cause, {
      sentence: reason('block.decoys', 3),
      lastRule: 'honeypot',
      quote: '/solr',
    });
  });
});

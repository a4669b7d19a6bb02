import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ExposureDemand } from '../../../../src/core/exposure';
import { exposureWish, shrunkConfirmation, type WishFacts } from '../../../../src/gateway/exposure/exposure-wish';
import { resolveEntries } from '../../../../src/gateway/exposure/machine-addresses';
import { laptop } from './exposure-facts';

const all: ExposureDemand = { scope: 'all' };
const here: ExposureDemand = { scope: 'machine' };
const on = (...addresses: string[]): ExposureDemand => ({ scope: 'interfaces', addresses });
const wish = (facts: Partial<WishFacts>) =>
  exposureWish({ setting: here, confirmed: here, shares: [], machine: laptop, ...facts });

describe('wish to be reachable', () => {
  it('is none at first', () => {
    assert.deepEqual(wish({}), { scope: 'machine', entries: [], because: [] });
  });

  it('is what settings ask for once a person confirmed it', () => {
    assert.deepEqual(wish({ setting: all, confirmed: all }), { scope: 'all', entries: [], because: ['settings'] });
  });

  it('stays as narrow as confirmed, and says what is not', () => {
    assert.deepEqual(wish({ setting: all }), { scope: 'machine', entries: [], because: [], unconfirmed: all });
    assert.deepEqual(wish({ setting: all, confirmed: on('10.0.0.7') }), {
      scope: 'interfaces',
      entries: ['10.0.0.7'],
      because: ['settings'],
      unconfirmed: all,
    });
    assert.deepEqual(wish({ setting: on('10.0.0.7', '192.168.1.20'), confirmed: on('10.0.0.7') }), {
      scope: 'interfaces',
      entries: ['10.0.0.7'],
      because: ['settings'],
      unconfirmed: on('192.168.1.20'),
    });
  });

  it('takes the name of an interface as confirmed by name, or by each of its addresses', () => {
    assert.equal(wish({ setting: on('eth0'), confirmed: on('eth0') }).unconfirmed, undefined);
    assert.equal(wish({ setting: on('wlan0'), confirmed: on('10.0.0.7') }).unconfirmed, undefined);

    const half = wish({ setting: on('eth0'), confirmed: on('192.168.1.20') });
    assert.deepEqual([half.entries, half.unconfirmed], [['192.168.1.20'], on('eth0')]);
  });

  it('is the widest of settings, timer and shares, and knows why', () => {
    const facts = { setting: on('10.0.0.7'), confirmed: all, shares: [on('192.168.1.20'), here] };

    assert.deepEqual(wish(facts), {
      scope: 'interfaces',
      entries: ['10.0.0.7', '192.168.1.20'],
      because: ['settings', 'share'],
    });
    assert.equal(wish({ ...facts, timed: { demand: all, until: 5 } }).scope, 'all');
  });

  it('ends with its timer only where nothing else asks for as much', () => {
    const timed = { demand: on('10.0.0.7'), until: 5 };

    assert.equal(wish({ timed }).until, 5);
    assert.equal(wish({ timed, shares: [on('10.0.0.7')] }).until, undefined);
    assert.equal(wish({ timed, setting: all, confirmed: all }).until, undefined);
  });

  it('never goes beyond confirmation, timer and shares, whatever the settings say', () => {
    const entry = fc.constantFrom('10.0.0.7', '192.168.1.20', 'fe80::1', 'eth0', 'wlan0', '172.16.0.1', 'eth9');
    const demand = fc.oneof(
      fc.constantFrom(all, here),
      fc.array(entry, { maxLength: 4 }).map((addresses) => on(...addresses)),
    );
    const addressesOf = ({ scope, addresses = [] }: ExposureDemand): readonly string[] =>
      (scope === 'all' ? laptop : scope === 'machine' ? [] : resolveEntries(addresses, laptop)).map(
        ({ address }) => address,
      );
    fc.assert(
      fc.property(demand, demand, fc.array(demand, { maxLength: 2 }), (setting, confirmed, shares) => {
        const { scope, entries } = wish({ setting, confirmed, shares });

        const allowed = new Set([confirmed, ...shares].flatMap(addressesOf));
        const open = addressesOf({ scope, addresses: entries });
        assert.ok(open.every((address) => allowed.has(address)));
      }),
    );
  });
});

describe('confirmation after a change of the settings', () => {
  it('is over when they go back to this machine', () => {
    assert.deepEqual(shrunkConfirmation(all, all, here), here);
  });

  it('waits for settings that follow it', () => {
    assert.deepEqual(shrunkConfirmation(all, here, here), all);
    assert.deepEqual(shrunkConfirmation(on('a'), here, on()), on('a'));
    assert.deepEqual(shrunkConfirmation(on('a'), on('b'), on('a')), on('a'));
  });

  it('loses what is no longer asked for', () => {
    assert.deepEqual(shrunkConfirmation(on('a', 'b'), on('a', 'b'), on('a')), on('a'));
    assert.deepEqual(shrunkConfirmation(all, all, on('a')), on('a'));
  });
});

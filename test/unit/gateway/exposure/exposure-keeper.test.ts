import assert from 'node:assert/strict';
import { parseConfig } from '../../../../src/core/config';
import { silentLogger } from '../../../../src/core/logger';
import { ExposureKeeper } from '../../../../src/gateway/exposure/exposure-keeper';
import { StoredExposure } from '../../../../src/gateway/exposure/stored-exposure';
import { FakeClock } from '../../../helpers/fake-clock';
import { laptop } from './exposure-facts';

const config = (exposure: string, interfaces: readonly string[] = []) =>
  parseConfig({ 'proxy.exposure': exposure, 'proxy.interfaces': interfaces }).config;
const hour = 60 * 60_000;

describe('exposure keeper', () => {
  let clock: FakeClock;
  let documents: Map<string, { value: unknown }>;
  let causes: string[];
  let keeper: ExposureKeeper;

  beforeEach(() => {
    clock = new FakeClock();
    documents = new Map();
    causes = [];
    keeper = create();
  });
  afterEach(() => keeper.dispose());

  function create(trustsSettings = false): ExposureKeeper {
    const store = {
      get: (name: string) => documents.get(name),
      put: (name: string, value: unknown) => {
        documents.set(name, { value: JSON.parse(JSON.stringify(value)) as unknown });
        return Promise.resolve();
      },
    };
    const made = new ExposureKeeper({ stored: new StoredExposure(store, silentLogger), trustsSettings, clock });
    made.onDidChange((cause) => causes.push(cause));
    return made;
  }
  const scope = () => keeper.wish(laptop).scope;

  it('takes settings only once a person confirmed them', async () => {
    keeper.start(config('all'));
    assert.equal(scope(), 'machine');

    await keeper.confirm({ scope: 'all' });

    assert.equal(scope(), 'all');
    assert.deepEqual(causes, ['person']);
  });

  it('takes a confirmation before the settings that follow it', async () => {
    keeper.start(config('machine'));
    await keeper.confirm({ scope: 'interfaces', addresses: ['10.0.0.7'] });
    assert.equal(scope(), 'machine');

    keeper.configure(config('interfaces'));
    keeper.configure(config('interfaces', ['10.0.0.7']));

    assert.deepEqual(keeper.wish(laptop).entries, ['10.0.0.7']);
  });

  it('knows after a restart what was confirmed', async () => {
    keeper.start(config('all'));
    await keeper.confirm({ scope: 'all' });

    keeper = create();
    keeper.start(config('all'));

    assert.equal(scope(), 'all');
  });

  it('asks again when settings were narrow in between, also while it was off', async () => {
    keeper.start(config('all'));
    await keeper.confirm({ scope: 'all' });
    keeper.configure(config('machine'));
    keeper.configure(config('all'));
    assert.equal(scope(), 'machine');

    await keeper.confirm({ scope: 'all' });
    keeper = create();
    keeper.start(config('machine'));
    keeper.configure(config('all'));
    assert.equal(scope(), 'machine');
  });

  it('believes a command line and a configuration file', () => {
    keeper = create(true);
    keeper.start(config('all'));
    assert.equal(scope(), 'all');

    keeper.configure(config('machine'));
    keeper.configure(config('interfaces', ['wlan0']));

    assert.deepEqual(keeper.wish(laptop).entries, ['wlan0']);
  });

  it('goes back when the time is over, and says that the timer did it', async () => {
    keeper.start(config('machine'));
    await keeper.confirm({ scope: 'all' }, clock.now() + 5 * hour);
    clock.advance(5 * hour - 1);
    assert.equal(scope(), 'all');

    clock.advance(1);

    assert.equal(scope(), 'machine');
    assert.deepEqual(causes, ['person', 'timer']);
  });

  it('goes back in time though the wall clock jumped while the machine slept', async () => {
    keeper.start(config('machine'));
    await keeper.confirm({ scope: 'all' }, clock.now() + 5 * hour);

    clock.jump(6 * hour);
    clock.advance(10 * 60_000);

    assert.equal(scope(), 'machine');
  });

  it('keeps the end over a restart, and knows one that passed meanwhile', async () => {
    keeper.start(config('machine'));
    await keeper.confirm({ scope: 'all' }, clock.now() + hour);

    keeper = create();
    keeper.start(config('machine'));
    assert.equal(keeper.wish(laptop).until, clock.now() + hour);

    clock.jump(2 * hour);
    keeper = create();
    keeper.start(config('machine'));
    assert.equal(scope(), 'machine');
  });

  it('opens for shares without asking, and closes with the last of them', () => {
    keeper.start(config('machine'));
    keeper.demand('share_a', { scope: 'interfaces', addresses: ['eth0'] });
    keeper.demand('share_b', { scope: 'all' });
    assert.equal(scope(), 'all');

    keeper.release('share_b');
    assert.equal(scope(), 'interfaces');
    keeper.release('share_a');
    keeper.release('share_x');

    assert.equal(scope(), 'machine');
    assert.deepEqual(causes, ['share', 'share', 'share', 'share']);
  });

  it('closes everything at once, for good', async () => {
    keeper.start(config('all'));
    await keeper.confirm({ scope: 'all' });
    await keeper.confirm({ scope: 'all' }, clock.now() + hour);
    keeper.demand('share_a', { scope: 'all' });

    await keeper.close();
    assert.deepEqual(keeper.wish(laptop), {
      scope: 'machine',
      entries: [],
      because: [],
      unconfirmed: { scope: 'all' },
    });

    keeper = create();
    keeper.start(config('all'));
    assert.equal(scope(), 'machine');
  });

  it('takes a stored document that it does not understand for nothing', () => {
    for (const value of [null, 7, 'all', [], { confirmed: 'all' }, { confirmed: { scope: 'world' }, timed: 3 }]) {
      documents.set('exposure', { value });
      keeper = create();
      keeper.start(config('all'));

      assert.equal(scope(), 'machine');
    }
  });
});

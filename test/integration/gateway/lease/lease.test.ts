import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../../src/core/clock';
import { silentLogger } from '../../../../src/core/logger';
import { Lease } from '../../../../src/gateway/lease/lease';
import { LeaseFiles } from '../../../../src/gateway/lease/lease-files';
import type { PipeLiveness } from '../../../../src/gateway/lease/pipe-liveness';
import { leaseHeartbeatMs, parseLease, type GatewayLease } from '../../../../src/protocol/gateway-lease';
import { FakeClock } from '../../../helpers/fake-clock';

describe('lease', () => {
  let dataDir: string;
  let path: string;
  /** Pipes somebody listens on. */
  let alive: Set<string>;
  let forbidden: Set<string>;
  let lost: string[];

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'flm-lease-'));
    path = join(dataDir, 'gateway.lease.json');
    alive = new Set();
    forbidden = new Set();
    lost = [];
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const owner = (name: string): GatewayLease => ({
    pipe: `/pipes/${name}`,
    token: 'secret',
    pid: 1,
    version: '1.0.0',
    protocolVersion: 1,
    nonce: `nonce${name}`,
    startedAt: 0,
  });

  /** A gateway that listens on its pipe, as all do before they want the lease. */
  function contender(name: string, clock = systemClock): Lease {
    alive.add(`/pipes/${name}`);
    return new Lease(owner(name), () => lost.push(name), {
      files: new LeaseFiles(dataDir),
      probe: (pipe): Promise<PipeLiveness> =>
        Promise.resolve(forbidden.has(pipe) ? 'forbidden' : alive.has(pipe) ? 'alive' : 'dead'),
      clock,
      logger: silentLogger,
    });
  }

  const dies = (name: string) => alive.delete(`/pipes/${name}`);
  const holder = () => parseLease(readFileSync(path, 'utf8'))?.nonce;

  it('goes to the first who asks', async () => {
    assert.deepEqual(await contender('first').acquire(), { ok: true });
    assert.equal(holder(), 'noncefirst');
  });

  it('is refused while its owner lives', async () => {
    await contender('first').acquire();

    const answer = await contender('second').acquire();

    assert.deepEqual(answer, { ok: false, cause: 'taken', owner: owner('first') });
    assert.equal(holder(), 'noncefirst');
  });

  it('goes to the next when its owner is dead', async () => {
    await contender('first').acquire();
    dies('first');

    assert.deepEqual(await contender('second').acquire(), { ok: true });
    assert.equal(holder(), 'noncesecond');
  });

  it('leaves nothing beside the lease behind', async () => {
    await contender('first').acquire();
    dies('first');
    await contender('second').acquire();

    assert.deepEqual(readdirSync(dataDir), ['gateway.lease.json']);
  });

  for (const state of ['missing', 'dead', 'corrupt'] as const) {
    it(`goes to exactly one of ten who ask at once when it is ${state}`, async () => {
      if (state === 'corrupt') writeFileSync(path, '{"pipe": ');
      if (state === 'dead') {
        await contender('before').acquire();
        dies('before');
      }

      const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => contender(`racer${i}`).acquire()));

      const winners = answers.flatMap(({ ok }, i) => (ok ? [`nonceracer${i}`] : []));
      assert.deepEqual(winners, [holder()]);
    });
  }

  it('has one holder at a time through many generations of owners who die', async function () {
    this.timeout(20_000);
    for (let generation = 0; generation < 15; generation++) {
      const names = Array.from({ length: 4 }, (_, i) => `g${generation}x${i}`);
      const answers = await Promise.all(names.map((name) => contender(name).acquire()));

      const winners = names.filter((_, i) => answers[i]!.ok);
      assert.equal(winners.length, 1);
      for (const name of names) dies(name);
    }
  });

  it('survives a contender that died between its claim and its lease', async () => {
    await contender('first').acquire();
    dies('first');
    writeFileSync(join(dataDir, 'gateway.lease.next-noncefirst'), JSON.stringify(owner('half')));

    assert.deepEqual(await contender('third').acquire(), { ok: true });
    assert.equal(holder(), 'noncethird');
    assert.deepEqual(readdirSync(dataDir), ['gateway.lease.json']);
  });

  it('respects a contender that lives and is just taking over', async () => {
    await contender('first').acquire();
    dies('first');
    writeFileSync(join(dataDir, 'gateway.lease.next-noncefirst'), JSON.stringify(owner('half')));
    alive.add('/pipes/half');

    const answer = await contender('third').acquire();

    assert.equal(answer.ok, false);
  });

  it('is not taken from an owner of another user', async () => {
    await contender('first').acquire();
    forbidden.add('/pipes/first');

    const answer = await contender('second').acquire();

    assert.equal(!answer.ok && answer.cause, 'forbidden');
  });

  it('may be taken from an owner known to hang', async () => {
    await contender('first').acquire();

    assert.deepEqual(await contender('second').acquire('noncefirst'), { ok: true });
  });

  it('is gone after its release', async () => {
    const lease = contender('first');
    await lease.acquire();

    await lease.release();

    assert.deepEqual(readdirSync(dataDir), []);
  });

  it('of somebody else is not touched by a release', async () => {
    const first = contender('first');
    await first.acquire();
    await contender('second').acquire('noncefirst');

    await first.release();

    assert.equal(holder(), 'noncesecond');
  });

  it('is readable by its owner only', async function () {
    if (process.platform === 'win32') this.skip();

    await contender('first').acquire();

    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  describe('heartbeat', () => {
    let clock: FakeClock;

    beforeEach(() => (clock = new FakeClock()));

    /** Files need real time: lets a beat that has begun end. */
    async function beat(): Promise<void> {
      clock.advance(leaseHeartbeatMs);
      while (clock.pending === 0 && lost.length === 0) await new Promise((resolve) => setImmediate(resolve));
    }

    it('shows in the file', async () => {
      await contender('first', clock).acquire();
      const before = statSync(path).mtimeMs;

      await beat();
      await beat();

      assert.notEqual(statSync(path).mtimeMs, before);
    });

    it('makes the owner step down, once, when somebody else holds the lease', async () => {
      await contender('first', clock).acquire();
      await contender('second').acquire('noncefirst');

      await beat();
      clock.advance(10 * leaseHeartbeatMs);

      assert.deepEqual(lost, ['first']);
      assert.equal(holder(), 'noncesecond');
    });

    it('writes a deleted lease again', async () => {
      await contender('first', clock).acquire();
      rmSync(path);

      await beat();

      assert.equal(holder(), 'noncefirst');
      assert.deepEqual(lost, []);
    });

    it('ends with the lease', async () => {
      const lease = contender('first', clock);
      await lease.acquire();

      await lease.release();

      assert.equal(clock.pending, 0);
    });
  });
});

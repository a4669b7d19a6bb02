import assert from 'node:assert/strict';
import { FlmError } from '../../../../src/core/errors';
import { Rehearsals, type RehearsedGateway } from '../../../../src/gateway/protection/rehearsals';
import { FakeClock } from '../../../helpers/fake-clock';
import { SimulatedRun } from '../../security/rehearsal/simulated-run';

/** A gateway after an attack by somebody who touched three decoys. */
function makeRehearsals(more: Partial<RehearsedGateway> = {}) {
  const run = new SimulatedRun();
  for (const target of ['/config.json', '/pma', '/solr']) run.send({ target });
  const gateway: RehearsedGateway = {
    keys: { list: () => [] },
    services: run.security.services,
    requireStorage: () => run.source,
    ...more,
  };
  return { run, rehearsals: new Rehearsals(gateway, run.clock) };
}

const never = {
  queryAccess: () => new Promise<never>(() => undefined),
  queryAudit: () => new Promise<never>(() => undefined),
};

describe('rehearsals of the gateway', () => {
  it('replay the last seven days, with defaults for what the document leaves out', async () => {
    const { rehearsals } = makeRehearsals();

    const { wouldBlockTotal, sparedTotal } = await rehearsals.run(1, { honeypots: { distinctToBlock: 4 } });

    assert.deepEqual([wouldBlockTotal, sparedTotal], [0, 1]);
  });

  it('leave out what is older', async () => {
    const { rehearsals, run } = makeRehearsals();
    run.clock.advance(8 * 86_400_000);

    assert.equal((await rehearsals.run(1, {})).rows, 0);
  });

  it('name the fields of a policy that cannot be used', async () => {
    const { rehearsals } = makeRehearsals();

    await assert.rejects(rehearsals.run(1, { scoring: { blockAt: -1 } }), (error) => {
      return FlmError.is(error, 'config_invalid') && error.message.includes('scoring.blockAt');
    });
  });

  it('say so when there is no storage to ask', async () => {
    const { rehearsals } = makeRehearsals({
      requireStorage: () => {
        throw new FlmError('storage_failed', 'gone');
      },
    });

    await assert.rejects(rehearsals.run(1, {}), (error) => FlmError.is(error, 'storage_failed'));
  });

  it('end when the window takes its question back', async () => {
    const { rehearsals, run } = makeRehearsals();
    const ending = rehearsals.run(1, {});

    rehearsals.cancel(1);

    await assert.rejects(ending, (error) => FlmError.is(error, 'cancelled'));
    assert.ok((await rehearsals.run(1, {})).rows >= run.security.accesses.length);
  });

  it('end when the same window asks anew, and not when another does', async () => {
    const { rehearsals } = makeRehearsals();
    const first = rehearsals.run(1, {});
    const other = rehearsals.run(2, {});
    const second = rehearsals.run(1, {});

    await assert.rejects(first, (error) => FlmError.is(error, 'cancelled'));
    assert.ok((await other).rows > 0);
    assert.ok((await second).rows > 0);
  });

  it('are four at a time at most', async () => {
    const rehearsals = new Rehearsals(
      { keys: { list: () => [] }, services: makeRehearsals().run.security.services, requireStorage: () => never },
      new FakeClock(),
    );
    for (let window = 1; window <= 4; window++) void rehearsals.run(window, {}).catch(() => undefined);

    await assert.rejects(rehearsals.run(5, {}), (error) => FlmError.is(error, 'too_many_concurrent'));
  });
});

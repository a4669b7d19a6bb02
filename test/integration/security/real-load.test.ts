import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { cpus } from 'node:os';
import { ResourceSampler, type LoadSource } from '../../../src/security/load/resource-sampler';
import { makeFacts, makeSecurity, type SecurityFixture } from '../../helpers/security-fixture';

/** Longest wait for a step; a sample is taken every half second, and a step takes one second. */
const STEP_MS = 9000;
/** A burner ends by itself, should nobody end it. */
const BURN_MS = 12_000;
/** Busier than this, and nobody can tell our load from that of others. */
const BUSY_BEFORE = 0.6;

const burn = `const end = Date.now() + ${BURN_MS}; while (Date.now() < end);`;

async function loadNow(): Promise<number> {
  const sampler = new ResourceSampler();
  await new Promise((resolve) => void setTimeout(resolve, 1000));
  const { cpu } = await sampler.read(0);
  sampler.dispose();
  return cpu ?? 1;
}

/** Resolves once the level is as asked for. */
function reached({ services }: SecurityFixture, isThere: (level: number) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(JSON.stringify(services.resources.state))), STEP_MS);
    const listening = services.resources.onDidChangeLevel(({ level }) => {
      if (!isThere(level)) return;
      clearTimeout(timer);
      listening.dispose();
      resolve();
    });
  });
}

function assertTold({ events }: SecurityFixture, cause: string): void {
  const told = events.filter(({ rule }) => rule === 'resources');
  assert.equal(told[0]?.kind, 'throttle.resource');
  assert.equal(told[0].details?.['cause'], cause);
  assert.equal(told.at(-1)?.kind, 'throttle.released');
}

describe('resource protection under real load', () => {
  let fixture: SecurityFixture | undefined;
  let burners: ChildProcess[] = [];

  afterEach(() => {
    for (const burner of burners) burner.kill('SIGKILL');
    burners = [];
    fixture?.services.dispose();
  });

  it('throttles while other programs use all processors, and stops when they end', async function () {
    this.timeout(25_000);
    const before = await loadNow();
    if (before > BUSY_BEFORE) this.skip();
    const engagePercent = Math.round(100 * (before + 0.7 * (1 - before)));
    const releasePercent = Math.round(100 * (before + 0.5 * (1 - before)));
    fixture = makeSecurity({
      load: new ResourceSampler(),
      policy: {
        resources: { engagePercent, releasePercent, holdSeconds: 1, sampleSeconds: 0.5, eventLoopDelayMs: 60_000 },
      },
    });
    const { gate } = fixture;

    const risen = reached(fixture, (level) => level >= 1);
    burners = cpus().map(() => spawn(process.execPath, ['-e', burn], { stdio: 'ignore' }));
    await risen;
    assert.ok(gate.throttleLevel >= 1);
    assert.ok(gate.admit(makeFacts({ headers: { authorization: 'Bearer good-1' } })).ok);

    const fallen = reached(fixture, (level) => level === 0);
    for (const burner of burners) burner.kill('SIGKILL');
    try {
      await fallen;
    } catch (error) {
      // Our load is gone; if the machine is still busy, others began meanwhile.
      if ((await loadNow()) * 100 > releasePercent) this.skip();
      throw error;
    }
    assert.equal(gate.throttleLevel, 0);

    assertTold(fixture, 'cpu');
  });

  it('throttles while its own event loop is held up, and stops when it is free', async function () {
    this.timeout(20_000);
    const sampler = new ResourceSampler();
    // What other programs do to the machine is left out: only this process is under load here.
    const ownLoop: LoadSource = {
      read: async (at) => ({ ...(await sampler.read(at)), cpu: undefined, memory: undefined }),
      dispose: () => sampler.dispose(),
    };
    fixture = makeSecurity({
      load: ownLoop,
      policy: { resources: { holdSeconds: 1, sampleSeconds: 0.5, eventLoopDelayMs: 300 } },
    });

    const risen = reached(fixture, (level) => level >= 1);
    const blocking = setInterval(() => {
      const until = performance.now() + 400;
      while (performance.now() < until);
    }, 500);
    await risen.finally(() => clearInterval(blocking));
    assert.ok(fixture.gate.throttleLevel >= 1);

    await reached(fixture, (level) => level === 0);
    assert.equal(fixture.gate.throttleLevel, 0);
    assertTold(fixture, 'eventLoop');
  });
});

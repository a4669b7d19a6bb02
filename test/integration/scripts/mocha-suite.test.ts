import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deal } from '../../../scripts/lib/mocha-shards';
import { runMocha } from '../../../scripts/lib/mocha-suite';

describe('a suite of npm test', function () {
  this.timeout(90_000);

  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flm-suite-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function run(source: string, timeoutMs = 40_000, endGraceMs?: number): ReturnType<typeof runMocha> {
    const file = join(folder, 'sample.test.cjs');
    writeFileSync(file, source);
    // Its failures are on purpose: in a log they would look like ours.
    return runMocha([file], timeoutMs, { output: 'ignore', ...(endGraceMs !== undefined && { endGraceMs }) });
  }

  it('counts what passed, failed and was skipped, and keeps the messages', async () => {
    const result = await run(`
      it('passes', () => {});
      it('fails', () => { throw new Error('on purpose'); });
      it.skip('is skipped', () => {});
    `);

    assert.deepEqual([result.passed, result.failed, result.skipped], [1, 1, 1]);
    assert.equal(result.failures[0]?.title, 'fails');
    assert.match(result.failures[0].message, /on purpose/);
  });

  it('counts a failing hook as a failure', async () => {
    const result = await run(`
      before(() => { throw new Error('no set-up'); });
      it('never runs', () => {});
    `);

    assert.deepEqual([result.passed, result.failed], [0, 1]);
  });

  it('fails when no test ran', async () => {
    await assert.rejects(run(`describe('nothing', () => {});`), /No test ran/);
  });

  it('fails when the process ends before its tests do', async () => {
    await assert.rejects(run(`it('ends the process', () => process.exit(0));`), /without a result/);
  });

  it('fails when a file cannot be loaded', async () => {
    await assert.rejects(run(`throw new Error('broken file');`), /without a result/);
  });

  it('fails when the tests take too long', async () => {
    const endless = `it('never ends', function (done) { this.timeout(0); setInterval(() => {}, 1000); });`;

    await assert.rejects(run(endless, 3_000), /did not end within 3 s/);
  });

  it('fails when something the tests started is still running', async () => {
    const leaking = `it('leaks', () => { setInterval(() => {}, 1000); });`;

    await assert.rejects(run(leaking, 40_000, 1_000), /still runs after 1 s/);
  });

  it('deals every file to one of several runs, neighbours to different ones, and leaves no run without files', () => {
    assert.deepEqual(deal(['a', 'b', 'c', 'd', 'e'], 2), [
      ['a', 'c', 'e'],
      ['b', 'd'],
    ]);
    assert.deepEqual(deal(['a'], 2), [['a']]);
  });
});

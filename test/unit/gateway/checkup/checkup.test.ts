import assert from 'node:assert/strict';
import type { AuditEvent } from '../../../../src/core/audit';
import { silentLogger } from '../../../../src/core/logger';
import { reason } from '../../../../src/core/reason';
import type { Check } from '../../../../src/gateway/checkup/check';
import { checkTable } from '../../../../src/gateway/checkup/check-table';
import { Checkup } from '../../../../src/gateway/checkup/checkup';
import type { CheckupFinding } from '../../../../src/protocol/sharing-rpc';
import { FakeClock, settle } from '../../../helpers/fake-clock';
import { makeFacts, makeTools } from './checkup-fixture';

const minuteMs = 60 * 1000;
const hourMs = 60 * minuteMs;

function finding(severity: CheckupFinding['severity'], check = 'plain'): CheckupFinding {
  const why = reason('checkup.plain.why');
  return { check, severity, what: reason('checkup.plain.what'), why, fix: reason('checkup.plain.fix') };
}

function finds(...findings: CheckupFinding[]): Check {
  return { id: 'plain', run: () => ({ findings }) };
}

/** Waits until it is cancelled. */
const endless: Check = {
  id: 'endless',
  run: (_facts, _tools, signal) =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve({ findings: [] }))),
};

function build(...checks: Check[]) {
  const clock = new FakeClock();
  const events: AuditEvent[] = [];
  const state = { checks };
  const checkup = new Checkup({
    get checks() {
      return state.checks;
    },
    facts: makeFacts,
    tools: makeTools(),
    clock,
    logger: silentLogger,
    record: (event) => events.push(event),
  });
  return { checkup, clock, events, state };
}

describe('the check-up', () => {
  it('lists the worst first', async () => {
    const { checkup } = build(finds(finding('low'), finding('critical'), finding('medium'), finding('high')));
    const { findings } = await checkup.run();

    assert.deepEqual(
      findings.map(({ severity }) => severity),
      ['critical', 'high', 'medium', 'low'],
    );
  });

  it('keeps its report and says that there is one', async () => {
    const { checkup } = build(finds());
    let changes = 0;
    checkup.onDidChange(() => (changes += 1));
    assert.equal(checkup.report, undefined);

    const report = await checkup.run();

    assert.equal(checkup.report, report);
    assert.equal(changes, 1);
  });

  it('goes on when one check fails, and says which', async () => {
    const broken: Check = { id: 'broken', run: () => Promise.reject(new Error('no luck')) };
    const { checkup } = build(broken, finds(finding('low')));
    const { findings, skipped } = await checkup.run();

    assert.equal(findings.length, 1);
    assert.deepEqual(skipped, [reason('checkup.failed', 'broken', 'no luck')]);
  });

  it('runs once at a time: who asks meanwhile gets the same report', async () => {
    const { checkup } = build(endless);
    const first = checkup.run();
    const second = checkup.run();
    checkup.cancel();

    assert.equal(await first, await second);
  });

  it('ends when cancelled, with what was found until then', async () => {
    const { checkup } = build(endless, finds(finding('low')));
    const running = checkup.run();
    checkup.cancel();
    const report = await running;

    assert.equal(report.isCancelled, true);
    assert.equal(report.findings.length, 1);
  });

  it('ends by itself after a minute and says so', async () => {
    const { checkup, clock } = build(endless);
    const running = checkup.run();
    clock.advance(60_000);
    const report = await running;

    assert.deepEqual(report.skipped, [reason('checkup.tooLong', 60)]);
    assert.equal(clock.pending, 0);
  });

  it('can run again after an end of whatever kind', async () => {
    const { checkup, state } = build(endless);
    const cancelled = checkup.run();
    checkup.cancel();
    await cancelled;
    state.checks = [finds(finding('low'))];

    assert.equal((await checkup.run()).findings.length, 1);
  });

  it('looks for each thing once', () => {
    assert.equal(new Set(checkTable.map(({ id }) => id)).size, checkTable.length);
  });
});

describe('grave findings', () => {
  it('are told once, until they are gone and come back', async () => {
    const { checkup, events, state } = build(finds(finding('high')));
    await checkup.run();
    await checkup.run();
    assert.equal(events.length, 1);

    state.checks = [finds()];
    await checkup.run();
    state.checks = [finds(finding('high'))];
    await checkup.run();

    assert.equal(events.length, 2);
    assert.equal(events[0]!.kind, 'checkup.finding');
    assert.equal(events[0]!.rule, 'plain');
  });

  it('are told again by a cancelled check-up only if they are new', async () => {
    const { checkup, events, state } = build(finds(finding('high')));
    await checkup.run();
    state.checks = [endless];
    const cancelled = checkup.run();
    checkup.cancel();
    await cancelled;
    state.checks = [finds(finding('high'))];
    await checkup.run();

    assert.equal(events.length, 1);
  });

  it('are high and critical ones only', async () => {
    const { checkup, events } = build(finds(finding('low', 'a'), finding('medium', 'b'), finding('critical', 'c')));
    await checkup.run();

    assert.deepEqual(
      events.map(({ rule }) => rule),
      ['c'],
    );
  });
});

describe('the daily check-up', () => {
  it('runs soon after other machines can reach the proxy, and once a day while they can', async () => {
    let runs = 0;
    const counted: Check = { id: 'counted', run: () => ((runs += 1), { findings: [] }) };
    const { checkup, clock } = build(counted);
    await clock.advanceAsync(48 * hourMs, minuteMs);
    assert.equal(runs, 0);

    checkup.setExposed(true);
    await clock.advanceAsync(hourMs, minuteMs);
    assert.equal(runs, 1);
    await clock.advanceAsync(48 * hourMs, minuteMs);
    assert.equal(runs, 3);

    checkup.setExposed(false);
    await clock.advanceAsync(48 * hourMs, minuteMs);
    assert.equal(runs, 3);
    assert.equal(clock.pending, 0);
  });

  it('counts one that somebody asked for', async () => {
    let runs = 0;
    const counted: Check = { id: 'counted', run: () => ((runs += 1), { findings: [] }) };
    const { checkup, clock } = build(counted);
    await checkup.run();
    checkup.setExposed(true);
    await clock.advanceAsync(2 * hourMs, hourMs);

    assert.equal(runs, 1);
    checkup.dispose();
  });

  it('ends with the gateway', async () => {
    const { checkup, clock } = build(endless);
    checkup.setExposed(true);
    const running = checkup.run();
    checkup.dispose();
    await running;
    await settle();

    assert.equal(clock.pending, 0);
    assert.equal(checkup.report, undefined);
  });
});

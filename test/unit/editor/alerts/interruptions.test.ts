import assert from 'node:assert/strict';
import type { AuditEvent } from '../../../../src/core/audit';
import {
  interruptionKind,
  Interruptions,
  type Interruption,
  type Toast,
} from '../../../../src/editor/alerts/interruptions';
import { FakeClock } from '../../../helpers/fake-clock';
import { makeEvent, minuteMs } from '../security-facts';

function start(isStillTrue?: (interruption: Interruption) => boolean) {
  const clock = new FakeClock();
  const toasts: Toast[] = [];
  const interruptions = new Interruptions(clock, (toast) => toasts.push(toast), isStillTrue);
  const block = (address: string) => interruptions.add(makeEvent({ address }));
  return { clock, toasts, interruptions, block };
}

describe('what people are interrupted for', () => {
  const kind = (event: Partial<AuditEvent>) => interruptionKind(makeEvent(event));

  it('a block that FLM made by itself', () => {
    assert.equal(kind({}), 'block');
  });

  it('not what the user blocked or imported', () => {
    assert.equal(kind({ details: { source: 'manual' } }), undefined);
    assert.equal(kind({ details: { source: 'import' } }), undefined);
    assert.equal(kind({ rule: 'import', details: { added: 5 } }), undefined);
  });

  it('not what would have been blocked', () => {
    assert.equal(kind({ observedOnly: true }), undefined);
  });

  it('a decoy key', () => {
    assert.equal(kind({ kind: 'auth.decoy' }), 'decoy');
  });

  it('a change of exposure', () => {
    assert.equal(kind({ kind: 'checkup.finding', severity: 'high' }), 'hole');
    assert.equal(kind({ kind: 'exposure.changed', details: { from: 'loopback', to: '0.0.0.0' } }), 'exposure');
  });

  it('throttling once requests are refused, not while they only wait', () => {
    assert.equal(kind({ kind: 'throttle.resource', details: { level: 3 } }), 'throttle');
    assert.equal(kind({ kind: 'throttle.resource', details: { level: 2 } }), undefined);
  });

  it('no single detection, failure or change', () => {
    for (const other of ['detection.intrusion', 'auth.failure', 'key.created', 'policy.changed'] as const) {
      assert.equal(kind({ kind: other }), undefined, other);
    }
  });
});

describe('when people are interrupted', () => {
  it('at once, the first time', () => {
    const { toasts, block } = start();

    block('203.0.113.9');

    assert.equal(toasts.length, 1);
    assert.equal(toasts[0]!.type, 'single');
  });

  it('at most once a minute, with the rest summed up', () => {
    const { toasts, block, clock } = start();
    block('203.0.113.1');
    block('203.0.113.2');
    block('203.0.113.3');
    block('203.0.113.4');

    clock.advance(minuteMs - 1);
    assert.equal(toasts.length, 1);
    clock.advance(1);

    assert.deepEqual(toasts[1], { type: 'sum', counts: { block: 3 } });
  });

  it('with the thing itself when only one came in between', () => {
    const { toasts, block, clock } = start();
    block('203.0.113.1');
    block('203.0.113.2');

    clock.advance(minuteMs);

    const toast = toasts[1]!;
    assert.equal(toast.type === 'single' && toast.interruption.event.address, '203.0.113.2');
  });

  it('is quiet for another minute after a sum', () => {
    const { toasts, block, clock } = start();
    block('203.0.113.1');
    block('203.0.113.2');
    clock.advance(minuteMs);
    block('203.0.113.3');

    assert.equal(toasts.length, 2);
    clock.advance(minuteMs);
    assert.equal(toasts.length, 3);
  });

  it('at once again after a minute without anything', () => {
    const { toasts, block, clock } = start();
    block('203.0.113.1');
    clock.advance(minuteMs);

    block('203.0.113.2');

    assert.equal(toasts.length, 2);
  });

  it('counts an address that is blocked again once', () => {
    const { toasts, block, clock } = start();
    block('203.0.113.1');
    block('203.0.113.2');
    block('203.0.113.2');

    clock.advance(minuteMs);

    assert.equal(toasts[1]!.type, 'single');
  });

  it('not for what is over by then', () => {
    const { toasts, block, clock } = start(() => false);
    block('203.0.113.1');
    block('203.0.113.2');

    clock.advance(minuteMs);

    assert.equal(toasts.length, 1);
  });

  it('sums up different kinds', () => {
    const { toasts, block, clock, interruptions } = start();
    block('203.0.113.1');
    block('203.0.113.2');
    interruptions.add(makeEvent({ kind: 'auth.decoy', keyId: 'x' }));

    clock.advance(minuteMs);

    assert.deepEqual(toasts[1], { type: 'sum', counts: { block: 1, decoy: 1 } });
  });

  it('remembers a bounded number of a flood', () => {
    const { toasts, block, clock } = start();
    for (let i = 0; i < 5000; i++) block(`10.0.${i >> 8}.${i & 255}`);

    clock.advance(minuteMs);

    assert.deepEqual(toasts[1], { type: 'sum', counts: { block: 1000 } });
  });

  it('not any more after it ended', () => {
    const { toasts, block, clock, interruptions } = start();
    block('203.0.113.1');
    block('203.0.113.2');

    interruptions.dispose();
    clock.advance(minuteMs);

    assert.equal(toasts.length, 1);
    assert.equal(clock.pending, 0);
  });
});

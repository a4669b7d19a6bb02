import assert from 'node:assert/strict';
import type { DayMeter } from '../../../../src/core/authenticator';
import type { Refusal, RoutingFacts, Slot } from '../../../../src/core/request';
import { FakeClock } from '../../../helpers/fake-clock';
import { fixtureAuthenticator, makeFacts, makeSecurity, type SecurityFixture } from '../../../helpers/security-fixture';

const never = new AbortController().signal;

/** Counts how often it was asked, and what it was told. */
class NotedMeter implements DayMeter {
  asked = 0;
  used = 0;

  usedToday(): number {
    this.asked++;
    return this.used;
  }

  add(_keyId: string, count: number): void {
    this.used += count;
  }
}

/** One slot for everybody, and a key that may send so many requests a day. */
function oneSlot(requestsPerDay: number): { readonly security: SecurityFixture; readonly meter: NotedMeter } {
  const meter = new NotedMeter();
  const security = makeSecurity({
    clock: new FakeClock(),
    requests: meter,
    policy: { rateLimits: { slots: 1 } },
    authenticator: {
      verify: (facts) => {
        const result = fixtureAuthenticator.verify(facts);
        return result.ok ? { ...result, scope: { requestsPerDay } } : result;
      },
    },
  });
  return { security, meter };
}

function admitted({ gate }: SecurityFixture): RoutingFacts {
  const request = makeFacts({ method: 'POST', headers: { authorization: 'Bearer good-1' } });
  const admission = gate.admit(request);
  assert.ok(admission.ok);
  return { request, identity: admission.identity, engineId: 'e', modelId: 'm', isStream: false, bodyBytes: 2 };
}

describe('slots of the gate', () => {
  it('ask the limits of a key once, though the request has to wait', async () => {
    const { security, meter } = oneSlot(10);
    const first = security.gate.acquireNow(admitted(security)) as Slot;
    const waiting = admitted(security);
    meter.asked = 0;

    const atOnce = security.gate.acquireNow(waiting);
    const later = security.gate.acquire(waiting, never);
    first.release();

    assert.equal(atOnce, undefined);
    assert.ok('release' in (await later));
    assert.equal(meter.asked, 1);
    security.services.dispose();
  });

  it('count a request that waited once', async () => {
    const { security, meter } = oneSlot(10);
    const first = security.gate.acquireNow(admitted(security)) as Slot;
    const waiting = admitted(security);

    security.gate.acquireNow(waiting);
    const later = security.gate.acquire(waiting, never);
    first.release();
    await later;

    assert.equal(meter.used, 2);
    security.services.dispose();
  });

  it('ask the limits of a key where nobody has asked them before', async () => {
    const { security } = oneSlot(1);
    const first = security.gate.acquireNow(admitted(security)) as Slot;

    const second = (await security.gate.acquire(admitted(security), never)) as Refusal;

    assert.equal(second.rule, 'rate-limit.requests-day');
    first.release();
    security.services.dispose();
  });

  it('take back the count of a client that leaves the line', async () => {
    const { security, meter } = oneSlot(10);
    const first = security.gate.acquireNow(admitted(security)) as Slot;
    const waiting = admitted(security);
    const left = new AbortController();

    security.gate.acquireNow(waiting);
    const later = security.gate.acquire(waiting, left.signal);
    left.abort(new Error('gone'));

    await assert.rejects(later, /gone/);
    assert.equal(meter.used, 1);
    first.release();
    security.services.dispose();
  });
});

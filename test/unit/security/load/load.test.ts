import assert from 'node:assert/strict';
import { defaultPolicy } from '../../../../src/core/policy';
import type { Slot } from '../../../../src/core/request';
import { RequestQueue, type QueueLimits } from '../../../../src/security/limits/request-queue';
import { ResourceMonitor } from '../../../../src/security/load/resource-monitor';
import { ResourceThrottle } from '../../../../src/security/load/resource-throttle';
import { FakeClock } from '../../../helpers/fake-clock';
import { makeFacts, makeSecurity } from '../../../helpers/security-fixture';

const seconds = (
  throttle: ResourceThrottle,
  from: number,
  to: number,
  load: { cpu?: number; memory?: number; delay?: number },
) => {
  for (let at = from; at <= to; at++)
    throttle.feed({ at: at * 1000, cpu: load.cpu, memory: load.memory, eventLoopDelayMs: load.delay });
  return throttle.level;
};

describe('resource throttle', () => {
  it('engages after ten seconds at 90 %, one level at a time', () => {
    const throttle = new ResourceThrottle(defaultPolicy.resources);
    assert.equal(seconds(throttle, 0, 9, { memory: 0.95 }), 0);
    assert.equal(seconds(throttle, 10, 10, { memory: 0.95 }), 1);
    assert.equal(seconds(throttle, 11, 40, { memory: 0.95 }), 4);
  });

  it('never refuses for the processor alone: a local model uses all of it', () => {
    const throttle = new ResourceThrottle(defaultPolicy.resources);
    assert.equal(seconds(throttle, 0, 600, { cpu: 1 }), 2);
  });

  it('holds between the marks and releases below 80 %', () => {
    const throttle = new ResourceThrottle(defaultPolicy.resources);
    seconds(throttle, 0, 40, { memory: 0.95 });
    assert.equal(seconds(throttle, 41, 100, { memory: 0.85 }), 4);
    assert.equal(seconds(throttle, 101, 150, { memory: 0.5 }), 0);
  });

  it('does nothing for a short peak', () => {
    const throttle = new ResourceThrottle(defaultPolicy.resources);
    for (let i = 0; i < 20; i++) {
      seconds(throttle, i * 20, i * 20 + 8, { memory: 0.99 });
      seconds(throttle, i * 20 + 9, i * 20 + 19, { memory: 0.4 });
    }
    assert.equal(throttle.level, 0);
  });

  it('takes an unknown load for none', () => {
    const throttle = new ResourceThrottle(defaultPolicy.resources);
    seconds(throttle, 0, 40, { memory: 0.95 });
    assert.equal(seconds(throttle, 41, 90, {}), 0);
  });

  it('counts a delayed event loop', () => {
    const throttle = new ResourceThrottle(defaultPolicy.resources);
    assert.equal(seconds(throttle, 0, 30, { delay: 900 }), 2);
    assert.equal(throttle.cause, 'eventLoop');
  });
});

describe('resource monitor', () => {
  it('gives up a reading that never comes', async () => {
    const clock = new FakeClock();
    const monitor = new ResourceMonitor(
      { read: () => new Promise(() => undefined), dispose: () => undefined },
      clock,
      defaultPolicy,
    );
    const sample = monitor.sample();
    clock.advance(5000);
    assert.equal((await sample).level, 0);
  });

  it('takes a failing reading for unknown', async () => {
    const monitor = new ResourceMonitor(
      { read: () => Promise.reject(new Error('no')), dispose: () => undefined },
      new FakeClock(),
      defaultPolicy,
    );
    assert.equal((await monitor.sample()).reading?.cpu, undefined);
  });
});

describe('resource protection', () => {
  it('refuses new remote work at level 3, everybody at level 4, and cheap requests never', () => {
    const { gate, services } = makeSecurity({ clock: new FakeClock() });
    const remote = () =>
      gate.admit(
        makeFacts({ method: 'POST', target: '/v1/chat/completions', headers: { authorization: 'Bearer good-1' } }),
      );
    const local = () => gate.admit(makeFacts({ method: 'POST', target: '/v1/chat/completions', from: '127.0.0.1' }));
    const list = () => gate.admit(makeFacts({ headers: { authorization: 'Bearer good-1' } }));

    gate.setThrottle(2);
    assert.ok(remote().ok);
    gate.setThrottle(3);
    const refused = remote();
    assert.ok(!refused.ok && refused.refusal.code === 'machine_overloaded' && refused.refusal.retryAfterSec === 10);
    assert.ok(local().ok && list().ok);
    gate.setThrottle(4);
    assert.ok(!local().ok && list().ok);
    services.dispose();
  });
});

describe('request queue', () => {
  const limits: QueueLimits = { slots: 2, remoteSlots: 2, queueLength: 4, waitMs: 1000 };
  const ticket = (client: string, isLocal = false, maxForClient = 10) => ({ client, isLocal, maxForClient });
  const never = new AbortController().signal;
  const settle = () => new Promise((resolve) => void setImmediate(resolve));

  it('lets requests run at once while there are slots', async () => {
    const queue = new RequestQueue(new FakeClock(), limits);
    assert.equal(((await queue.acquire(ticket('a'), never)) as Slot).waitedMs, 0);
    await queue.acquire(ticket('a'), never);
    assert.equal(queue.running, 2);
  });

  it('serves clients in turn, and the local editor before all', async () => {
    const queue = new RequestQueue(new FakeClock(), { ...limits, queueLength: 10 });
    const first = (await queue.acquire(ticket('x'), never)) as Slot;
    const second = (await queue.acquire(ticket('x'), never)) as Slot;
    const order: string[] = [];
    const slots: Slot[] = [first, second];
    for (const [client, isLocal] of [
      ['a', false],
      ['a', false],
      ['a', false],
      ['b', false],
      ['me', true],
    ] as const) {
      void queue.acquire(ticket(client, isLocal), never).then((slot) => {
        order.push(client);
        slots.push(slot as Slot);
      });
    }
    for (let i = 0; i < 5; i++) {
      slots.shift()?.release();
      await settle();
    }
    assert.deepEqual(order, ['me', 'a', 'b', 'a', 'a']);
  });

  it('refuses after the longest wait, and when the line is full', async () => {
    const clock = new FakeClock();
    const queue = new RequestQueue(clock, { ...limits, slots: 1 });
    await queue.acquire(ticket('x'), never);
    const waiting = queue.acquire(ticket('a'), never);
    clock.advance(1000);
    assert.equal(await waiting, 'waited-too-long');
    for (let i = 0; i < 4; i++) void queue.acquire(ticket(`c${i}`), never);
    assert.equal(await queue.acquire(ticket('z'), never), 'queue-full');
  });

  it('forgets whose client has gone, and gives his turn to the next', async () => {
    const queue = new RequestQueue(new FakeClock(), { ...limits, slots: 1 });
    const running = (await queue.acquire(ticket('x'), never)) as Slot;
    const gone = new AbortController();
    const left = queue.acquire(ticket('a'), gone.signal);
    const next = queue.acquire(ticket('b'), never);
    gone.abort(new Error('gone'));
    await assert.rejects(left, /gone/);
    running.release();
    assert.ok('release' in ((await next) as Slot));
    assert.equal(queue.waiting, 0);
  });

  it('keeps a client to its own limit while others run', async () => {
    const queue = new RequestQueue(new FakeClock(), limits);
    const first = (await queue.acquire(ticket('a', false, 1), never)) as Slot;
    let isStarted = false;
    void queue.acquire(ticket('a', false, 1), never).then(() => (isStarted = true));
    await queue.acquire(ticket('b'), never);
    await settle();
    assert.ok(!isStarted);
    first.release();
    await settle();
    assert.ok(isStarted);
  });

  it('gives a slot back once, however often it is released', async () => {
    const queue = new RequestQueue(new FakeClock(), limits);
    const slot = (await queue.acquire(ticket('a'), never)) as Slot;
    slot.release();
    slot.release();
    assert.equal(queue.running, 0);
  });
});

describe('rate limits', () => {
  it('tell the limit, what is left and when, in standard headers', () => {
    const { gate, services } = makeSecurity({ clock: new FakeClock(), policy: { rateLimits: { keyPerMinute: 2 } } });
    const send = () => gate.admit(makeFacts({ headers: { authorization: 'Bearer good-1' } }));
    const first = send();
    assert.ok(first.ok);
    assert.equal(first.headers?.['ratelimit-policy'], '"key";q=2;w=60');
    assert.match(first.headers['ratelimit'] ?? '', /^"key";r=1;t=\d+$/);
    assert.equal(first.headers['x-ratelimit-remaining-requests'], '1');
    send();
    const third = send();
    assert.ok(!third.ok);
    assert.deepEqual([third.refusal.rule, third.refusal.code], ['rate-limit.key', 'rate_limited']);
    assert.ok((third.refusal.retryAfterSec ?? 0) > 0);
    services.dispose();
  });

  it('hold per address, too, and never for programs on this machine', () => {
    const { gate, services } = makeSecurity({
      clock: new FakeClock(),
      policy: { rateLimits: { addressPerMinute: 3 } },
    });
    const send = (from: string, i: number) =>
      gate.admit(makeFacts({ from, headers: { authorization: `Bearer good-${i}` } }));
    for (let i = 0; i < 3; i++) assert.ok(send('203.0.113.7', i).ok);
    const fourth = send('203.0.113.7', 4);
    assert.ok(!fourth.ok && fourth.refusal.rule === 'rate-limit.address');
    for (let i = 0; i < 20; i++) assert.ok(send('127.0.0.1', i).ok);
    services.dispose();
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { editorUserAgent } from '../../../../src/core/editor-user-agent';
import { defaultPolicy } from '../../../../src/core/policy';
import type { Slot } from '../../../../src/core/request';
import { ticketOf } from '../../../../src/security/limits/queue-policy';
import { RequestQueue, type QueueLimits, type QueueTicket } from '../../../../src/security/limits/request-queue';
import { FakeClock, settle } from '../../../helpers/fake-clock';
import { makeFacts, makeSecurity } from '../../../helpers/security-fixture';

const limits: QueueLimits = { slots: 2, remoteSlots: 2, queueLength: 64, waitMs: 1000 };
const never = new AbortController().signal;

function ticket(client: string, more: Partial<QueueTicket> = {}): QueueTicket {
  return { client, isLocal: false, maxForClient: 10, ...more };
}

/** An engine with so many places, as routing counts them. */
function engineWith(places: number) {
  let taken = 0;
  return {
    claim: () => taken < places && ++taken > 0,
    leave: () => {
      taken--;
    },
    get taken() {
      return taken;
    },
  };
}

describe('the line in front of the engines', () => {
  it('lets VS Code’s own chats go first, then this machine, then the others', async () => {
    const queue = new RequestQueue(new FakeClock(), { ...limits, slots: 1 });
    let running = (await queue.acquire(ticket('x'), never)) as Slot;
    const order: string[] = [];
    const waiting: readonly (readonly [string, Partial<QueueTicket>])[] = [
      ['remote', {}],
      ['local', { isLocal: true }],
      ['editor', { isLocal: true, isEditor: true }],
    ];
    for (const [client, more] of waiting) {
      void queue.acquire(ticket(client, more), never).then((slot) => {
        order.push(client);
        running = slot as Slot;
      });
    }

    for (let i = 0; i < 3; i++) {
      running.release();
      await settle();
    }

    assert.deepEqual(order, ['editor', 'local', 'remote']);
  });

  it('knows VS Code’s own chats by their name, from this machine only', () => {
    const headers = { 'user-agent': editorUserAgent };
    const ticketFrom = (isDirectLocal: boolean) =>
      ticketOf({ ...makeFacts({ headers }), isDirectLocal }, { type: 'local' }, undefined, defaultPolicy, 'enforce');

    assert.deepEqual([ticketFrom(true).isEditor, ticketFrom(false).isEditor], [true, false]);
  });

  it('holds nobody up behind a request that waits for a full engine', async () => {
    const queue = new RequestQueue(new FakeClock(), limits);
    const full = engineWith(0);
    let isStarted = false;
    void queue.acquire(ticket('a', { claim: full.claim }), never).then(() => (isStarted = true));

    const other = (await queue.acquire(ticket('a'), never)) as Slot;

    assert.equal(other.waitedMs, 0);
    assert.deepEqual([isStarted, queue.waiting, queue.running], [false, 1, 1]);
  });

  it('lets the next in when a running request moves on to another engine', async () => {
    const queue = new RequestQueue(new FakeClock(), limits);
    const engine = engineWith(1);
    const first = (await queue.acquire(ticket('a', { claim: engine.claim }), never)) as Slot;
    let isStarted = false;
    void queue.acquire(ticket('b', { claim: engine.claim }), never).then(() => (isStarted = true));
    engine.leave();

    first.moved?.();
    await settle();

    assert.ok(isStarted);
  });

  it('asks once more for a place before it refuses', async () => {
    const clock = new FakeClock();
    const queue = new RequestQueue(clock, limits);
    const calls: boolean[] = [];
    const claim = (isLastCall = false): boolean => {
      calls.push(isLastCall);
      return isLastCall;
    };
    const waiting = queue.acquire(ticket('a', { claim }), never);

    clock.advance(1000);

    assert.equal(((await waiting) as Slot).waitedMs, 1000);
    assert.deepEqual(calls, [false, true]);
    assert.deepEqual([queue.running, queue.waiting], [1, 0]);
  });

  it('takes no place for a request whose client has gone', async () => {
    const queue = new RequestQueue(new FakeClock(), limits);
    const engine = engineWith(1);
    const first = (await queue.acquire(ticket('a', { claim: engine.claim }), never)) as Slot;
    const gone = new AbortController();
    const left = queue.acquire(ticket('b', { claim: engine.claim }), gone.signal);
    gone.abort(new Error('gone'));
    await assert.rejects(left, /gone/);
    engine.leave();

    first.release();

    assert.deepEqual([engine.taken, queue.running, queue.waiting], [0, 0, 0]);
  });

  it('starves no client: between two turns of one, every other that waits has one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 2, maxLength: 30 }),
        async (clients) => {
          const queue = new RequestQueue(new FakeClock(), { ...limits, slots: 1 });
          let running = (await queue.acquire(ticket('x'), never)) as Slot;
          const order: string[] = [];
          for (const client of clients) {
            void queue.acquire(ticket(client), new AbortController().signal).then((slot) => {
              order.push(client);
              running = slot as Slot;
            });
          }
          for (let turn = 0; turn < clients.length; turn++) {
            running.release();
            await settle();
          }
          assert.deepEqual([...order].sort(), [...clients].sort());
          order.forEach((client, at) => {
            const next = order.indexOf(client, at + 1);
            if (next === -1) return;
            const between = new Set(order.slice(at + 1, next));
            const stillWaiting = new Set(order.slice(at + 1).filter((other) => other !== client));
            for (const other of stillWaiting) assert.ok(between.has(other), `${order.join('')}: ${other} passed over`);
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('keeps all bounds and gives every slot and place back exactly once', async () => {
    const step = fc.record({
      type: fc.constantFrom('ask', 'ask', 'ask', 'leave', 'finish', 'wait'),
      client: fc.constantFrom('a', 'b', 'c'),
      isLocal: fc.boolean(),
      engine: fc.nat(2),
      at: fc.nat(40),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const clock = new FakeClock();
        const queue = new RequestQueue(clock, { slots: 4, remoteSlots: 2, queueLength: 8, waitMs: 1000 });
        const places = [1, 2, 9];
        const engines = places.map(engineWith);
        const running: { slot: Slot; engine: number }[] = [];
        const leavers: AbortController[] = [];
        for (const { type, client, isLocal, engine, at } of steps) {
          if (type === 'ask') {
            const leaver = new AbortController();
            leavers.push(leaver);
            const asked = ticket(client, { isLocal, maxForClient: 3, claim: engines[engine]!.claim });
            queue.acquire(asked, leaver.signal).then(
              (slot) => {
                if (typeof slot !== 'string') running.push({ slot, engine });
              },
              () => undefined,
            );
          } else if (type === 'leave') leavers[at % Math.max(1, leavers.length)]?.abort();
          else if (type === 'wait') clock.advance(at * 20);
          else {
            const [done] = running.splice(at % Math.max(1, running.length), 1);
            if (done !== undefined) {
              engines[done.engine]?.leave();
              done.slot.release();
              done.slot.release();
            }
          }
          await settle();
          assert.equal(queue.running, running.length);
          assert.ok(queue.running <= 4 && queue.waiting <= 8);
          engines.forEach((each, index) => {
            assert.equal(each.taken, running.filter((work) => work.engine === index).length);
            assert.ok(each.taken <= places[index]!);
          });
        }
        clock.advance(1000);
        for (const { slot, engine } of running.splice(0)) {
          engines[engine]?.leave();
          slot.release();
        }
        await settle();
        assert.deepEqual([queue.waiting, queue.running - running.length, clock.pending], [0, 0, 0]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the gate', () => {
  it('lets a request wait until its engine has a place', async () => {
    const { gate, services } = makeSecurity({ clock: new FakeClock() });
    const request = makeFacts({});
    const engine = engineWith(1);
    const routing = {
      request,
      identity: { type: 'local' as const },
      engineId: 'e',
      modelId: 'm',
      isStream: false,
      bodyBytes: 2,
      claim: engine.claim,
    };
    const first = (await gate.acquire(routing, never)) as Slot;
    let isStarted = false;
    void gate.acquire({ ...routing }, never).then(() => (isStarted = true));
    await settle();
    assert.ok(!isStarted);

    engine.leave();
    first.release();
    await settle();

    assert.ok(isStarted);
    services.dispose();
  });

  it('answers at once where nothing has to be waited for, and says nothing where it has', async () => {
    const { gate, services } = makeSecurity({ clock: new FakeClock() });
    const engine = engineWith(1);
    const routing = {
      request: makeFacts({}),
      identity: { type: 'local' as const },
      engineId: 'e',
      modelId: 'm',
      isStream: false,
      bodyBytes: 2,
      claim: engine.claim,
    };

    const first = gate.acquireNow(routing) as Slot;
    const second = gate.acquireNow(routing);
    engine.leave();
    first.release();
    const third = (await gate.acquire(routing, never)) as Slot;

    assert.deepEqual([first.waitedMs, second, third.waitedMs], [0, undefined, 0]);
    services.dispose();
  });
});

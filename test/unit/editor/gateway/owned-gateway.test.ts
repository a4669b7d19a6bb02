import assert from 'node:assert/strict';
import {
  maxUnansweredPings,
  OwnedGateway,
  pingIntervalMs,
  stopTimeoutMs,
} from '../../../../src/editor/gateway/owned-gateway';
import type { GatewayWorkerEvents, WorkerLauncher } from '../../../../src/editor/gateway/worker-launcher';
import type { GatewayWorkerCommand } from '../../../../src/protocol/gateway-worker';
import { FakeClock, settle } from '../../../helpers/fake-clock';

class FakeLauncher implements WorkerLauncher {
  events!: GatewayWorkerEvents;
  readonly commands: GatewayWorkerCommand['type'][] = [];
  terminations = 0;
  answersPings = true;
  obeysStop = true;

  launch(_: unknown, events: GatewayWorkerEvents) {
    this.events = events;
    return {
      post: ({ type }: GatewayWorkerCommand) => {
        this.commands.push(type);
        if (type === 'ping' && this.answersPings) events.onMessage({ type: 'pong' });
        if (type === 'stop' && this.obeysStop) {
          events.onMessage({ type: 'closed', cause: 'owner-closed' });
        }
      },
      terminate: () => {
        this.terminations += 1;
        events.onExit('exit code 1');
        return Promise.resolve();
      },
    };
  }
}

describe('gateway worker of this window', () => {
  let clock: FakeClock;
  let launcher: FakeLauncher;
  let ends: (string | undefined)[];
  let owned: OwnedGateway;

  beforeEach(() => {
    clock = new FakeClock();
    launcher = new FakeLauncher();
    ends = [];
    owned = new OwnedGateway(
      launcher,
      { dataDir: '/d', version: '1' },
      clock,
      () => undefined,
      (crash) => ends.push(crash),
    );
  });

  it('is ready when it says so', async () => {
    launcher.events.onMessage({ type: 'ready' });

    assert.deepEqual(await owned.launched, { type: 'ready' });
  });

  it('that lost the race ends without a crash', async () => {
    launcher.events.onMessage({ type: 'taken' });

    assert.deepEqual(await owned.launched, { type: 'taken' });
    assert.equal(owned.isAlive, false);
    assert.deepEqual(ends, [undefined]);
  });

  it('that dies before it is ready has failed to start', async () => {
    launcher.events.onExit('out of memory');

    assert.deepEqual(await owned.launched, { type: 'failed', message: 'out of memory' });
    assert.deepEqual(ends, []);
  });

  it('that never says anything is given up', async () => {
    clock.advance(30_000);

    assert.deepEqual(await owned.launched, { type: 'failed', message: 'It did not start in time.' });
  });

  it('that dies after it was ready has crashed', () => {
    launcher.events.onMessage({ type: 'ready' });

    launcher.events.onExit('boom');

    assert.deepEqual(ends, ['boom']);
  });

  it('that answers lives on', () => {
    launcher.events.onMessage({ type: 'ready' });

    clock.advance(100 * pingIntervalMs);

    assert.equal(owned.isAlive, true);
  });

  it('that answers no more is ended after 20 s', () => {
    launcher.events.onMessage({ type: 'ready' });
    launcher.answersPings = false;

    clock.advance(pingIntervalMs * maxUnansweredPings);
    assert.equal(owned.isAlive, true);
    clock.advance(pingIntervalMs);

    assert.equal(owned.isAlive, false);
    assert.deepEqual(ends, ['It did not answer for 20 s.']);
  });

  it('stops in order', async () => {
    launcher.events.onMessage({ type: 'ready' });

    await owned.stop();

    assert.deepEqual(launcher.commands, ['stop']);
    assert.deepEqual(ends, [undefined]);
    assert.equal(clock.pending, 0);
  });

  it('that does not stop in time is ended', async () => {
    launcher.events.onMessage({ type: 'ready' });
    launcher.obeysStop = false;

    const stopping = owned.stop();
    await settle();
    assert.equal(launcher.terminations, 0);
    clock.advance(stopTimeoutMs);
    await stopping;

    assert.equal(launcher.terminations, 1);
  });
});

import assert from 'node:assert/strict';
import { defaultConfig } from '../../../../src/core/config';
import type { FlmConfig } from '../../../../src/core/config-schema';
import { Emitter } from '../../../../src/core/emitter';
import { FlmError } from '../../../../src/core/errors';
import { silentLogger } from '../../../../src/core/logger';
import type { OpenedProxy } from '../../../../src/gateway/gateway-ports';
import { ProxyController } from '../../../../src/gateway/proxy/proxy-controller';
import { closedPlan, type ExposurePlan, type ListenFailure } from '../../../../src/proxy/listeners/exposure-plan';
import type { ProxyPhase } from '../../../../src/protocol/gateway-rpc';
import { FakeClock, settle } from '../../../helpers/fake-clock';

class FakeProxy implements OpenedProxy {
  inFlight = 0;
  requests = 0;
  readonly changes = new Emitter<void>();
  readonly onDidChange = this.changes.event;
  readonly configs: FlmConfig[] = [];
  readonly closedWith: number[] = [];
  readonly plans: ExposurePlan[] = [];
  exposed: readonly string[] = [];
  failures: readonly ListenFailure[] = [];

  constructor(readonly port: number) {}

  expose(plan: ExposurePlan): Promise<readonly ListenFailure[]> {
    this.plans.push(plan);
    this.exposed = plan.addresses.filter((address) => !this.failures.some((failure) => failure.address === address));
    return Promise.resolve(this.failures);
  }

  configure(config: FlmConfig): void {
    this.configs.push(config);
  }

  close(drainMs: number): Promise<void> {
    this.closedWith.push(drainMs);
    return Promise.resolve();
  }
}

describe('proxy controller', () => {
  let clock: FakeClock;
  let opened: FakeProxy[];
  let taken: Set<number>;
  let failure: Error | undefined;

  beforeEach(() => {
    clock = new FakeClock();
    opened = [];
    taken = new Set();
    failure = undefined;
  });

  const config = (change: Partial<FlmConfig> = {}): FlmConfig => ({ ...defaultConfig, ...change });

  function create(initial: FlmConfig = config()): ProxyController {
    return new ProxyController(initial, {
      open: (_, port) => {
        if (failure !== undefined) return Promise.reject(failure);
        const free = [port, port + 1, port + 2].find((candidate) => !taken.has(candidate));
        if (free === undefined) return Promise.reject(new FlmError('port_in_use', 'none'));
        const proxy = new FakeProxy(free);
        opened.push(proxy);
        return Promise.resolve(proxy);
      },
      isPortFree: (port) => Promise.resolve(!taken.has(port)),
      clock,
      logger: silentLogger,
    });
  }

  it('tells many requests that begin and end in a moment once more, with the last numbers', async () => {
    const controller = create();
    await controller.start();
    const told: number[] = [];
    controller.onDidChange(({ requests }) => told.push(requests));
    for (let request = 1; request <= 100; request++) {
      opened[0]!.requests = request;
      opened[0]!.changes.fire();
    }

    clock.advance(50);

    assert.deepEqual(told, [1, 100]);
  });

  it('is off at first', () => {
    assert.deepEqual(create().state, { phase: 'off', inFlight: 0, requests: 0 });
  });

  it('goes through starting to on', async () => {
    const controller = create();
    const phases: ProxyPhase[] = [];
    controller.onDidChange(({ phase }) => phases.push(phase));

    const state = await controller.start();

    assert.deepEqual(phases, ['starting', 'on']);
    assert.equal(state.endpoint, 'http://127.0.0.1:11435/v1');
    assert.equal(state.startedAt, clock.now());
  });

  it('starting twice opens one listener', async () => {
    const controller = create();

    await Promise.all([controller.start(), controller.start()]);

    assert.equal(opened.length, 1);
  });

  it('start and stop that cross end as the last one wanted', async () => {
    const controller = create();

    const [, , last] = await Promise.all([controller.start(), controller.stop(), controller.start()]);

    assert.equal(last.phase, 'on');
    assert.equal(opened.length, 2);
    assert.deepEqual(opened[0]!.closedWith, [0]);
  });

  it('says which port it uses when the wanted one is taken', async () => {
    taken.add(11435);

    const state = await create().start();

    assert.equal(state.port, 11436);
    assert.deepEqual(state.notice, { code: 'proxy.portInUse', args: [11435, 11436] });
  });

  it('fails with a reason when no port is free, and starts once one is', async () => {
    for (const port of [11435, 11436, 11437]) taken.add(port);
    const controller = create();

    const failed = await controller.start();
    taken.clear();
    const started = await controller.start();

    assert.deepEqual([failed.phase, failed.notice?.code], ['failed', 'proxy.noPort']);
    assert.deepEqual([started.phase, started.notice], ['on', undefined]);
  });

  it('fails with the reason of the system when the host cannot be used', async () => {
    failure = new FlmError('internal_error', 'x', { cause: new Error('EADDRNOTAVAIL') });

    const state = await create().start();

    assert.deepEqual(state.notice, { code: 'proxy.bindFailed', args: ['127.0.0.1:11435', 'EADDRNOTAVAIL'] });
  });

  it('prefers the port of the gateway before it', async () => {
    assert.equal((await create().start(11440)).port, 11440);
  });

  it('waits a moment for the port of the gateway before it to become free', async () => {
    taken.add(11440);
    const starting = create().start(11440);
    await settle();

    taken.clear();
    await clock.advanceAsync(150);

    assert.equal((await starting).port, 11440);
  });

  it('does without the port of the gateway before it when it stays taken', async () => {
    taken.add(11440);
    const starting = create().start(11440);

    await clock.advanceAsync(2_000, 150);

    assert.equal((await starting).port, 11435);
  });

  it('moves to another port: opens the new one first, then drains the old one', async () => {
    const controller = create();
    await controller.start();

    const state = await controller.configure(config({ 'proxy.port': 12000 }));

    assert.equal(state.port, 12000);
    assert.deepEqual(opened[0]!.closedWith, [60_000]);
  });

  it('stays where it was when it cannot move', async () => {
    const controller = create();
    await controller.start();
    for (const port of [12000, 12001, 12002]) taken.add(port);

    const state = await controller.configure(config({ 'proxy.port': 12000 }));

    assert.deepEqual([state.phase, state.port, state.notice?.code], ['on', 11435, 'proxy.noPort']);
    assert.deepEqual(opened[0]!.closedWith, []);
  });

  it('takes other settings without moving', async () => {
    const controller = create();
    await controller.start();

    await controller.configure(config({ 'proxy.bodyLimitMiB': 1 }));

    assert.equal(opened.length, 1);
    assert.equal(opened[0]!.configs.length, 1);
  });

  it('does not move when the port it fell back to becomes the wanted one', async () => {
    taken.add(11435);
    const controller = create();
    await controller.start();

    const state = await controller.configure(config({ 'proxy.port': 11436 }));

    assert.equal(opened.length, 1);
    assert.equal(state.notice, undefined);
  });

  const plan = (...addresses: string[]): ExposurePlan => ({ ...closedPlan, addresses });

  it('opens beyond loopback as told, without another listener there', async () => {
    const controller = create();
    await controller.start();

    const state = await controller.expose(plan('10.0.0.7'));

    assert.deepEqual(controller.exposed, { addresses: ['10.0.0.7'], failures: [] });
    assert.deepEqual([opened.length, opened[0]!.closedWith, state.host], [1, [], '127.0.0.1']);
  });

  it('opens nothing while it is off, and what it was told once it is on', async () => {
    const controller = create();
    await controller.expose(plan('10.0.0.7'));
    assert.deepEqual(controller.exposed.addresses, []);

    await controller.start();

    assert.deepEqual(controller.exposed.addresses, ['10.0.0.7']);
  });

  it('takes the exposure along to another port', async () => {
    const controller = create();
    await controller.expose(plan('10.0.0.7'));
    await controller.start();

    await controller.configure(config({ 'proxy.port': 12000 }));

    assert.deepEqual(opened[1]!.exposed, ['10.0.0.7']);
  });

  it('tells when exposure changes: told, by start and by stop; not when it is the same', async () => {
    const controller = create();
    const seen: (readonly string[])[] = [];
    controller.onDidChangeExposed(({ addresses }) => seen.push(addresses));

    await controller.start();
    await controller.expose(plan('10.0.0.7'));
    await controller.expose(plan('10.0.0.7'));
    await controller.stop();

    assert.deepEqual(seen, [['10.0.0.7'], []]);
  });

  it('says which addresses it could not open', async () => {
    const controller = create();
    await controller.start();
    opened[0]!.failures = [{ address: '10.0.0.8', message: 'taken' }];

    await controller.expose(plan('10.0.0.7', '10.0.0.8'));

    assert.deepEqual(controller.exposed, {
      addresses: ['10.0.0.7'],
      failures: [{ address: '10.0.0.8', message: 'taken' }],
    });
  });

  it('shows requests as they come', async () => {
    const controller = create();
    await controller.start();
    const seen: number[] = [];
    controller.onDidChange(({ inFlight }) => seen.push(inFlight));

    opened[0]!.inFlight = 2;
    opened[0]!.changes.fire();

    assert.deepEqual(seen, [2]);
  });

  it('cuts short what still drains when it ends for good', async () => {
    const controller = create();
    await controller.start();
    let drained: () => void = () => undefined;
    opened[0]!.close = (drainMs) => {
      if (drainMs > 0) return new Promise((resolve) => (drained = resolve));
      drained();
      return Promise.resolve();
    };
    await controller.configure(config({ 'proxy.port': 12000 }));

    await controller.dispose();

    assert.equal(controller.state.phase, 'off');
  });
});

import assert from 'node:assert/strict';
import { defaultConfig } from '../../../../src/core/config';
import type { FlmConfig } from '../../../../src/core/config-schema';
import { Emitter } from '../../../../src/core/emitter';
import { FlmError } from '../../../../src/core/errors';
import { silentLogger } from '../../../../src/core/logger';
import type { OpenedProxy } from '../../../../src/gateway/gateway-ports';
import { ProxyController } from '../../../../src/gateway/proxy/proxy-controller';
import type { ProxyPhase } from '../../../../src/protocol/gateway-rpc';
import { FakeClock, settle } from '../../../helpers/fake-clock';

class FakeProxy implements OpenedProxy {
  inFlight = 0;
  requests = 0;
  readonly changes = new Emitter<void>();
  readonly onDidChange = this.changes.event;
  readonly configs: FlmConfig[] = [];
  readonly closedWith: number[] = [];

  constructor(
    readonly host: string,
    readonly port: number,
  ) {}

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
  let canExpose: boolean;
  let failure: Error | undefined;

  beforeEach(() => {
    clock = new FakeClock();
    opened = [];
    taken = new Set();
    canExpose = false;
    failure = undefined;
  });

  const config = (change: Partial<FlmConfig> = {}): FlmConfig => ({ ...defaultConfig, ...change });

  function create(initial: FlmConfig = config()): ProxyController {
    return new ProxyController(initial, {
      open: (_, host, port) => {
        if (failure !== undefined) return Promise.reject(failure);
        const free = [port, port + 1, port + 2].find((candidate) => !taken.has(candidate));
        if (free === undefined) return Promise.reject(new FlmError('port_in_use', 'none'));
        const proxy = new FakeProxy(host, free);
        opened.push(proxy);
        return Promise.resolve(proxy);
      },
      isPortFree: (_, port) => Promise.resolve(!taken.has(port)),
      canExpose: () => canExpose,
      clock,
      logger: silentLogger,
    });
  }

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

  it('refuses to listen beyond this machine without a key, and does once there is one', async () => {
    const controller = create(config({ 'proxy.host': '0.0.0.0' }));

    const refused = await controller.start();
    canExpose = true;
    const allowed = await controller.reconsider();

    assert.deepEqual([refused.host, refused.notice?.code], ['127.0.0.1', 'proxy.bindRefused']);
    assert.deepEqual([allowed.host, allowed.notice], ['0.0.0.0', undefined]);
  });

  it('leaves the wider address at once when its last key is gone', async () => {
    canExpose = true;
    const controller = create(config({ 'proxy.host': '0.0.0.0' }));
    await controller.start();

    canExpose = false;
    const state = await controller.reconsider();

    assert.equal(state.host, '127.0.0.1');
    assert.deepEqual(opened[0]!.closedWith, [0]);
  });

  it('keeps the port that clients know, though it is not the wanted one, when only the address changes', async () => {
    const { 'proxy.port': wanted } = config();
    taken.add(wanted);
    const controller = create(config({ 'proxy.host': '0.0.0.0' }));
    const before = await controller.start();

    canExpose = true;
    const after = await controller.reconsider();

    assert.deepEqual([before.host, before.port], ['127.0.0.1', wanted + 1]);
    assert.deepEqual([after.host, after.port], ['0.0.0.0', wanted + 1]);
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

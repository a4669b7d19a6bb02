import assert from 'node:assert/strict';
import { defaultConfig, parseConfig } from '../../../src/core/config';
import type { FlmConfig } from '../../../src/core/config-schema';
import { FlmError } from '../../../src/core/errors';
import { Emitter } from '../../../src/core/emitter';
import { emptyEnginesSnapshot, type EnginesSnapshot } from '../../../src/core/engine';
import { EngineKeyRing } from '../../../src/gateway/engine-key-ring';
import type { Engines } from '../../../src/gateway/gateway-ports';
import { GatewayService } from '../../../src/gateway/gateway-service';
import { createLineLogger } from '../../../src/gateway/log-lines';
import { ProxyController } from '../../../src/gateway/proxy/proxy-controller';
import { FakeClock, settle } from '../../helpers/fake-clock';
import type { ProtectionHandlers } from '../../../src/gateway/protection/protection-handlers';
import type { Guardian } from '../../../src/gateway/gateway-ports';
import { Sharing } from '../../../src/gateway/sharing';
import { Windows } from '../../../src/gateway/windows/windows';
import { sharingHandlers } from '../../../src/gateway/sharing-handlers';
import { quietSecurity } from '../../helpers/quiet-security';
import { quietSharing } from '../../helpers/quiet-sharing';

class FakeEngines implements Engines {
  readonly catalog: Engines['catalog'] = {
    list: () => [],
    resolve: () => ({ ok: false, code: 'model_missing', suggestions: [] }),
  };
  readonly changes = new Emitter<EnginesSnapshot>();
  readonly onDidChange = this.changes.event;
  readonly configs: FlmConfig[] = [];
  readonly keys: string[] = [];
  isActive = false;
  isRunning = false;
  isRemembering = false;
  demo: string | undefined;

  start(): void {
    this.isRunning = true;
  }
  remember(): void {
    this.isRemembering = true;
  }
  stop(): void {
    this.isRunning = false;
  }
  snapshot(): EnginesSnapshot {
    return emptyEnginesSnapshot;
  }
  refresh(): Promise<EnginesSnapshot> {
    return Promise.resolve(emptyEnginesSnapshot);
  }
  setActive(active: boolean): void {
    this.isActive = active;
  }
  configure(config: FlmConfig): void {
    this.configs.push(config);
  }
  keysChanged(baseUrl: string): void {
    this.keys.push(baseUrl);
  }
  probeAddress(): ReturnType<Engines['probeAddress']> {
    return Promise.resolve({ ok: true, baseUrl: 'http://x', label: 'x', models: 0 });
  }
  setDemo(baseUrl: string | undefined): void {
    this.demo = baseUrl;
  }
}

describe('gateway service', () => {
  let clock: FakeClock;
  let engines: FakeEngines;
  let guardian: FakeGuardian;
  let sent: string[];
  let activity: Emitter<void>;
  let service: GatewayService;
  let demoFails: boolean;
  let sharingChanges: Emitter<void>;
  let exposures: string[];

  beforeEach(() => {
    clock = new FakeClock();
    engines = new FakeEngines();
    guardian = new FakeGuardian();
    sent = [];
    activity = new Emitter<void>();
    demoFails = false;
    sharingChanges = new Emitter<void>();
    exposures = [];
    service = create();
  });
  afterEach(() => service.stop());

  function create(options: { takesSettings?: boolean; startProxy?: boolean; config?: Partial<FlmConfig> } = {}) {
    const { takesSettings = true, startProxy = false } = options;
    const config = { ...defaultConfig, ...options.config };
    const logger = createLineLogger('error', () => undefined);
    const proxy = new ProxyController(config, {
      open: (_, port) =>
        Promise.resolve({
          port,
          inFlight: 0,
          requests: 0,
          onDidChange: activity.event,
          exposed: [],
          expose: () => Promise.resolve([]),
          configure: () => undefined,
          close: () => Promise.resolve(),
        }),
      isPortFree: () => Promise.resolve(true),
      clock,
      logger,
    });
    return new GatewayService(
      {
        engines,
        proxy,
        demo: {
          start: () => (demoFails ? Promise.reject(new Error('no')) : Promise.resolve('http://127.0.0.1:4000')),
          stop: () => Promise.resolve(),
        },
        guardian,
        protectionHandlers: {} as ProtectionHandlers,
        exposure: {
          start: (settings) => exposures.push(settings['proxy.exposure']),
          configure: (settings) => exposures.push(settings['proxy.exposure']),
          stop: () => Promise.resolve(),
        },
        shares: { start: () => Promise.resolve(), dispose: () => undefined },
        sharing: new Sharing(
          {
            exposure: () => quietSharing.exposure,
            tls: () => quietSharing.tls,
            endpoints: () => [],
            shares: () => [],
            checkup: () => undefined,
          },
          [sharingChanges.event],
        ),
        sharingHandlers: sharingHandlers(),
        windows: new Windows({ clock, notify: (name) => sent.push(name) }),
        keys: new EngineKeyRing(),
        measurements: () => ({ models: [] }),
        clock,
        logger,
        notify: (name) => sent.push(name),
        onYield: () => undefined,
      },
      { config: { config, problems: [] }, takesSettings, startProxy },
    );
  }

  const hello = { token: 't', protocolVersion: 1, version: '1' };

  it('says which window is in front, and forgets it with the window', async () => {
    await service.start();

    await service.handlers['window/focused']({ window: 'a', at: 5 }, { id: 1 });
    assert.equal(service.state().frontWindow, 'a');

    service.left({ id: 1 });
    assert.equal(service.state().frontWindow, undefined);
    assert.equal(sent.filter((name) => name === 'window/front').length, 2);
  });

  it('tells windows at most twice a second what is shared', async () => {
    await service.start();
    sharingChanges.fire();
    sharingChanges.fire();

    await clock.advanceAsync(400);
    sharingChanges.fire();
    await clock.advanceAsync(600);

    assert.equal(sent.filter((name) => name === 'sharing/changed').length, 2);
  });

  it('hands settings to the exposure: once keys and policy are known, then with every change', async () => {
    await service.start();

    await service.applyConfig(parseConfig({ 'proxy.exposure': 'all' }));

    assert.deepEqual(exposures, ['machine', 'all']);
  });

  it('says that a part of sharing is not there', async () => {
    await service.start();

    const error: unknown = await Promise.resolve(service.handlers['shares/list']({ ended: false }, { id: 1 })).catch(
      (reason: unknown) => reason,
    );

    assert.ok(FlmError.is(error, 'not_found'));
  });

  it('starts no proxy by itself', async () => {
    await service.start();

    assert.deepEqual([service.state().proxy.phase, engines.isRunning, engines.isActive], ['off', true, false]);
  });

  it('looks for engines while the storage opens, and takes in what it remembers of them afterwards', async () => {
    let open!: () => void;
    guardian.opened = new Promise((resolve) => (open = resolve));

    const started = service.start();
    await settle();
    assert.deepEqual([engines.isRunning, engines.isRemembering], [true, false]);
    open();
    await started;

    assert.equal(engines.isRemembering, true);
  });

  it('lets requests wait until keys, blocks and what was on are known', async () => {
    const asked = Promise.resolve(service.handlers['proxy/start']({}, { id: 1 }));
    await settle();
    assert.equal(service.state().proxy.phase, 'off');

    await service.start();

    assert.equal((await asked).phase, 'on');
  });

  it('starts the proxy where the settings say so', async () => {
    service = create({ config: { 'proxy.autoStart': true } });

    await service.start();

    assert.equal(service.state().proxy.phase, 'on');
  });

  it('watches engines while any window shows them', async () => {
    await service.start();
    const visible = (id: number, value: boolean) => service.handlers['interest/set']({ visible: value }, { id });

    await visible(1, true);
    await visible(2, true);
    await visible(1, false);
    assert.equal(engines.isActive, true);
    await visible(2, false);

    assert.equal(engines.isActive, false);
  });

  it('watches engines no more when the last window that showed them has gone', async () => {
    await service.start();
    await service.handlers['interest/set']({ visible: true }, { id: 1 });

    service.left({ id: 1 });

    assert.equal(engines.isActive, false);
  });

  it('watches engines while the proxy runs', async () => {
    await service.start();

    await service.handlers['proxy/start']({}, { id: 1 });
    assert.equal(engines.isActive, true);
    await service.handlers['proxy/stop']({}, { id: 1 });

    assert.equal(engines.isActive, false);
  });

  it('takes equal settings of a second window as no change', async () => {
    await service.start();
    const settings = { 'engines.extraPorts': [9000] };

    await service.applyConfig(parseConfig(settings));
    service.greeted({ id: 2 }, { ...hello, settings });

    assert.equal(engines.configs.length, 1);
  });

  it('takes no settings from windows where a file decides', async () => {
    service = create({ takesSettings: false });
    await service.start();

    service.greeted({ id: 1 }, { ...hello, settings: { 'engines.extraPorts': [9000] } });
    await service.handlers['config/set']({ settings: { 'engines.extraPorts': [9000] } }, { id: 1 });

    assert.deepEqual(engines.configs, []);
  });

  it('looks again at engines whose key is news, and only those', async () => {
    await service.start();
    const engineKeys = { 'http://127.0.0.1:8000': 'k' };

    service.greeted({ id: 1 }, { ...hello, engineKeys });
    service.greeted({ id: 2 }, { ...hello, engineKeys });

    assert.deepEqual(engines.keys, ['http://127.0.0.1:8000']);
  });

  it('tells windows about the proxy ten times a second at most', async () => {
    await service.start();
    await service.handlers['proxy/start']({}, { id: 1 });
    clock.advance(1000);
    sent.length = 0;

    for (let ms = 0; ms < 1000; ms++) {
      activity.fire();
      clock.advance(1);
    }

    const pushes = sent.filter((name) => name === 'proxy/changed').length;
    assert.ok(pushes >= 9 && pushes <= 11, `${pushes} pushes`);
  });

  it('tells windows what could not be used of the settings, once', async () => {
    await service.start();

    const problems = await service.applyConfig(parseConfig({ 'proxy.port': 'x' }));
    await service.applyConfig(parseConfig({ 'proxy.port': 'x' }));

    assert.equal(problems[0]?.key, 'flm.proxy.port');
    assert.equal(sent.filter((name) => name === 'config/problems').length, 1);
  });

  it('shows the demo engine while it runs', async () => {
    await service.start();

    await service.handlers['demo/start']({}, { id: 1 });
    assert.deepEqual([service.state().demoEngine, engines.demo], ['http://127.0.0.1:4000', 'http://127.0.0.1:4000']);
    service.demoEnded();

    assert.deepEqual([service.state().demoEngine, engines.demo], [undefined, undefined]);
  });

  it('passes on why the demo engine does not start', async () => {
    await service.start();
    demoFails = true;

    await assert.rejects(async () => service.handlers['demo/start']({}, { id: 1 }), /no/);
  });

  it('says nothing any more after it was stopped', async () => {
    await service.start();
    await service.stop();
    sent.length = 0;

    engines.changes.fire(emptyEnginesSnapshot);
    clock.advance(1000);

    assert.deepEqual(sent, []);
  });
});

class FakeGuardian implements Guardian {
  readonly changes = new Emitter<void>();
  readonly onDidChange = this.changes.event;
  isRunning = false;
  /** What its storage waits for. */
  opened: Promise<void> = Promise.resolve();

  async start(): Promise<void> {
    await this.opened;
    this.isRunning = true;
  }
  stop(): Promise<void> {
    this.isRunning = false;
    return Promise.resolve();
  }
  summary() {
    return quietSecurity;
  }
  record(): void {
    // nothing is remembered
  }
}

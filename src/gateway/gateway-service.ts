import { changedKeys, isSameConfig, parseConfig, type ConfigProblem, type ParsedConfig } from '../core/config';
import type { FlmConfig } from '../core/config-schema';
import { DisposableStore } from '../core/disposable';
import { messageOf } from '../core/errors';
import type { GatewayRequests, GatewayState, ProxyState } from '../protocol/gateway-rpc';
import type { DesiredState } from './desired-state';
import { diagnose } from './diagnosis';
import type { GatewayServiceDeps } from './gateway-service-deps';
import { httpCall } from './http-call';
import { handlersOnceReady } from './rpc/handlers-once-ready';
import type { RpcHandlers, RpcPeer, RpcService } from './rpc/rpc-handlers';
import { Throttle } from './throttle';

/** Ten a second: the protocol's promise to windows. */
const pushIntervalMs = 100;
/** Two a second, likewise. */
const securityPushIntervalMs = 500;

export interface GatewayServiceOptions {
  readonly config: ParsedConfig;
  /** False: a configuration file decides, and what windows push is not taken. */
  readonly takesSettings: boolean;
  /** Start the proxy whatever the settings say. */
  readonly startProxy: boolean;
}

/** The gateway's behaviour: one state, and what windows may ask of it. */
export class GatewayService implements RpcService {
  readonly handlers: RpcHandlers;
  readonly #deps: GatewayServiceDeps;
  readonly #options: GatewayServiceOptions;
  readonly #store = new DisposableStore();
  readonly #startedAt: number;
  readonly #visible = new Set<number>();
  readonly #proxyPush: Throttle;
  readonly #enginesPush: Throttle;
  readonly #securityPush: Throttle;
  readonly #sharingPush: Throttle;
  #config: FlmConfig;
  #problems: readonly ConfigProblem[];
  #demoUrl: string | undefined;
  #rememberedPlace: string | undefined;
  #setReady!: () => void;
  /** Keys, blocks and what was switched on are known: until then no request changes anything. */
  readonly #ready = new Promise<void>((resolve) => (this.#setReady = resolve));

  constructor(deps: GatewayServiceDeps, options: GatewayServiceOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#startedAt = deps.clock.now();
    this.#config = options.config.config;
    this.#problems = options.config.problems;
    const push = (send: () => void, intervalMs = pushIntervalMs) =>
      this.#store.add(new Throttle(intervalMs, send, deps.clock));
    this.#proxyPush = push(() => deps.notify('proxy/changed', deps.proxy.state));
    this.#enginesPush = push(() => deps.notify('engines/changed', deps.engines.snapshot()));
    this.#securityPush = push(() => deps.notify('security/changed', deps.guardian.summary()), securityPushIntervalMs);
    this.#sharingPush = push(() => deps.notify('sharing/changed', deps.sharing.summary()), securityPushIntervalMs);
    this.handlers = handlersOnceReady(this.#ready, this.#createHandlers(), (name) => deps.windows.asked(name));
  }

  /** Starts what settings, command line or the previous gateway want running. Resolves when the proxy is on or failed. */
  async start(): Promise<void> {
    const { engines, proxy, desired, guardian, sharing, exposure, shares } = this.#deps;
    this.#logProblems();
    this.#store.add(guardian.onDidChange(() => this.#securityPush.trigger()));
    this.#store.add(sharing.onDidChange(() => this.#sharingPush.trigger()));
    this.#store.add(engines.onDidChange(() => this.#enginesPush.trigger()));
    engines.start(); // while the storage opens: looking takes nothing from it
    await guardian.start(); // before a request can come in: blocks, keys and policy are known
    engines.remember();
    exposure.start(this.#config);
    await shares.start(); // before anything listens: what is over must not be open for a moment
    this.#store.add(proxy.onDidChange((state) => this.#proxyChanged(state)));
    const wanted: DesiredState = (await desired?.restore()) ?? { isProxyOn: false };
    const isWanted = this.#options.startProxy || this.#config['proxy.autoStart'] || wanted.isProxyOn;
    const port = wanted.wantedPort === this.#config['proxy.port'] ? wanted.port : undefined;
    const starting = isWanted ? proxy.start(port) : undefined;
    this.#setReady(); // requests of windows queue up behind the start
    await starting;
    if (wanted.demoPort !== undefined) {
      await this.#startDemo(wanted.demoPort).catch((error: unknown) => {
        this.#deps.logger.warn(`The demo engine did not come back: ${messageOf(error)}`);
      });
    }
  }

  /** Ends everything within about 1.5 s, remembering what was on. Never rejects. */
  async stop(): Promise<void> {
    const { engines, proxy, demo, desired, guardian, exposure, shares } = this.#deps;
    this.#store.dispose();
    shares.dispose();
    await Promise.all([proxy.dispose(), demo.stop(), engines.stop()]);
    await exposure.stop(); // after the proxy: that it closed everything is recorded
    await desired?.close();
    await guardian.stop();
  }

  get proxyPhase(): ProxyState['phase'] {
    return this.#deps.proxy.state.phase;
  }

  state(): GatewayState {
    return {
      proxy: this.#deps.proxy.state,
      engines: this.#deps.engines.snapshot(),
      configProblems: this.#problems,
      security: this.#deps.guardian.summary(),
      sharing: this.#deps.sharing.summary(),
      pid: process.pid,
      startedAt: this.#startedAt,
      ...(this.#demoUrl === undefined ? {} : { demoEngine: this.#demoUrl }),
      ...(this.#deps.windows.front === undefined ? {} : { frontWindow: this.#deps.windows.front }),
    };
  }

  /** Takes a whole configuration; an equal one is no change. Answers what could not be used. */
  async applyConfig({ config, problems }: ParsedConfig): Promise<readonly ConfigProblem[]> {
    if (JSON.stringify(problems) !== JSON.stringify(this.#problems)) {
      this.#problems = problems;
      this.#logProblems();
      this.#deps.notify('config/problems', problems);
    }
    if (!isSameConfig(config, this.#config)) {
      this.#deps.guardian.record('config.changed', {
        settings: changedKeys(this.#config, config).join(', ').slice(0, 1000),
      });
      this.#config = config;
      this.#deps.logger.level = config['log.level'];
      this.#deps.engines.configure(config);
      this.#deps.exposure.configure(config);
      await this.#deps.proxy.configure(config);
    }
    return problems;
  }

  setKey(baseUrl: string, key: string | undefined): void {
    if (this.#deps.keys.set(baseUrl, key)) this.#deps.engines.keysChanged(baseUrl);
  }

  greeted(_peer: RpcPeer, hello: GatewayRequests['hello']['params']): void {
    for (const [baseUrl, key] of Object.entries(hello.engineKeys ?? {})) this.setKey(baseUrl, key);
    if (hello.settings !== undefined && this.#options.takesSettings) {
      void this.applyConfig(parseConfig(hello.settings)).catch((error: unknown) => {
        this.#deps.logger.error('The settings of a window could not be applied.', { error });
      });
    }
  }

  left(peer: RpcPeer): void {
    this.#deps.windows.left(peer);
    if (this.#visible.delete(peer.id)) this.#interestChanged();
  }

  yieldTo(version: string): void {
    this.#deps.logger.info(`Makes room for FLM ${version}.`);
    this.#deps.onYield(version);
  }

  #createHandlers(): RpcHandlers {
    const { engines, proxy, desired } = this.#deps;
    return {
      ...this.#deps.protectionHandlers,
      ...this.#deps.sharingHandlers,
      ...this.#deps.windows.handlers,
      'proxy/start': () => this.#remembered(proxy.start()),
      'proxy/stop': () => {
        desired?.update({ isProxyOn: false, port: undefined, wantedPort: undefined });
        this.#rememberedPlace = undefined;
        return this.#remembered(proxy.stop());
      },
      'proxy/restart': () => this.#remembered(proxy.restart()),
      'engines/refresh': () => engines.refresh(),
      'engines/probe': ({ url }) => engines.probeAddress(url),
      'engines/setKey': ({ baseUrl, key }) => {
        this.setKey(baseUrl, key);
        return null;
      },
      'config/set': ({ settings }) =>
        this.#options.takesSettings ? this.applyConfig(parseConfig(settings)) : this.#problems,
      'interest/set': ({ visible }, peer) => {
        if (visible) this.#visible.add(peer.id);
        else this.#visible.delete(peer.id);
        this.#interestChanged();
        return null;
      },
      'demo/start': async () => ({ baseUrl: await this.#startDemo() }),
      'demo/stop': async () => {
        await this.#deps.demo.stop();
        this.demoEnded();
        return null;
      },
      'models/measurements': () => this.#deps.measurements(),
      diagnose: () =>
        diagnose({
          state: () => this.state(),
          catalog: engines.catalog,
          call: this.#deps.call ?? httpCall,
          keys: () => this.#deps.protectionHandlers['keys/list']({}),
          now: () => this.#deps.clock.now(),
        }),
    };
  }

  /** The demo engine is gone, asked for or not. */
  demoEnded(): void {
    if (this.#demoUrl === undefined) return;
    this.#demoUrl = undefined;
    this.#deps.desired?.update({ demoPort: undefined });
    this.#deps.engines.setDemo(undefined);
    this.#deps.notify('demo/changed', {});
  }

  async #startDemo(port?: number): Promise<string> {
    const baseUrl = await this.#deps.demo.start(port);
    if (baseUrl !== this.#demoUrl) {
      this.#demoUrl = baseUrl;
      this.#deps.desired?.update({ demoPort: Number(new URL(baseUrl).port) });
      this.#deps.engines.setDemo(baseUrl);
      this.#deps.notify('demo/changed', { baseUrl });
    }
    return baseUrl;
  }

  /** Whoever was told that the proxy is on finds it on after a take-over. */
  async #remembered(operation: Promise<ProxyState>): Promise<ProxyState> {
    const state = await operation;
    await this.#deps.desired?.flush();
    return state;
  }

  #proxyChanged(state: ProxyState): void {
    this.#proxyPush.trigger();
    this.#interestChanged();
    const { phase, port } = state;
    if (phase !== 'on' || port === undefined) return;
    const wantedPort = this.#config['proxy.port'];
    const place = `${port} for ${wantedPort}`;
    if (place === this.#rememberedPlace) return; // a request began or ended
    this.#rememberedPlace = place;
    this.#deps.desired?.update({ isProxyOn: true, port, wantedPort });
  }

  /** Somebody looks, or requests may come: engines are watched. */
  #interestChanged(): void {
    const { phase } = this.#deps.proxy.state;
    this.#deps.engines.setActive(this.#visible.size > 0 || phase === 'on' || phase === 'starting');
  }

  #logProblems(): void {
    for (const { key, message } of this.#problems) {
      this.#deps.logger.warn(`Setting ${key} ${message}; its default applies.`);
    }
  }
}

import type { Clock } from '../core/clock';
import type { FlmConfig } from '../core/config-schema';
import { isSameConfig } from '../core/config';
import type { Catalog } from '../core/catalog';
import type { Event } from '../core/emitter';
import type { EnginesSnapshot } from '../core/engine';
import type { EngineLoads } from '../core/engine-load';
import type { Logger } from '../core/logger';
import type { EngineKeys, UpstreamHealth } from '../core/upstream';
import { EngineMonitor } from '../engines/engine-monitor';
import { ModelCatalog } from '../engines/model-catalog';
import { nodeHost } from '../engines/node-host';
import { ProbeClient } from '../engines/probe-client';
import type { EngineProbeResult } from '../protocol/gateway-rpc';
import type { EngineCache, Engines } from './gateway-ports';

export interface EngineServicesDeps {
  readonly config: FlmConfig;
  readonly keys: EngineKeys;
  readonly cache: EngineCache;
  readonly ownPorts: () => readonly number[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The real engines: monitor, catalogue, and the cache between two runs. */
export class EngineServices implements Engines {
  readonly catalog: Catalog;
  readonly health: UpstreamHealth;
  readonly loads: EngineLoads;
  readonly onDidChange: Event<EnginesSnapshot>;
  readonly #monitor: EngineMonitor;
  readonly #cache: EngineCache;
  #config: FlmConfig;
  #isStopped = false;
  /** What an earlier run knew has been taken in: until then, saving would lose it. */
  #isRemembering = false;
  #savedScanAt: number | undefined;

  constructor(deps: EngineServicesDeps) {
    this.#config = deps.config;
    this.#cache = deps.cache;
    this.#monitor = new EngineMonitor({
      ...deps,
      host: nodeHost,
      prober: new ProbeClient(deps.clock),
    });
    this.health = this.#monitor;
    this.loads = this.#monitor;
    this.onDidChange = this.#monitor.onDidChange;
    this.catalog = new ModelCatalog(
      () => this.#monitor.snapshot(),
      () => this.#config,
    );
  }

  start(): void {
    this.#monitor.onDidChange((snapshot) => this.#saveAfterRound(snapshot));
    this.#monitor.start();
  }

  remember(): void {
    void this.#cache.load().then(async (engines) => {
      if (this.#isStopped) return;
      await this.#monitor.seed(engines);
      this.#isRemembering = true;
      // The first round may be over by now.
      this.#saveAfterRound(this.#monitor.snapshot());
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#monitor.stop();
    const isWorthKeeping = this.#isRemembering && this.#monitor.snapshot().scannedAt !== undefined;
    if (isWorthKeeping) await this.#cache.save(this.#monitor.cacheable());
  }

  snapshot(): EnginesSnapshot {
    return this.#monitor.snapshot();
  }

  refresh(): Promise<EnginesSnapshot> {
    return this.#monitor.refresh();
  }

  setActive(active: boolean): void {
    this.#monitor.setActive(active);
  }

  configure(config: FlmConfig): void {
    if (isSameConfig(config, this.#config)) return;
    this.#config = config;
    this.#monitor.configure(config);
  }

  keysChanged(baseUrl: string): void {
    this.#monitor.keysChanged(baseUrl);
  }

  probeAddress(url: string): Promise<EngineProbeResult> {
    return this.#monitor.probeAddress(url);
  }

  setDemo(baseUrl: string | undefined): void {
    this.#monitor.setDemoEngine(baseUrl);
  }

  #saveAfterRound(snapshot: EnginesSnapshot): void {
    if (!this.#isRemembering || this.#isStopped || snapshot.scannedAt === this.#savedScanAt) return;
    this.#savedScanAt = snapshot.scannedAt;
    void this.#cache.save(this.#monitor.cacheable());
  }
}

import { dirname, join } from 'node:path';
import { systemClock, type Clock } from '../core/clock';
import type { ParsedConfig } from '../core/config';
import { randomId } from '../core/random-id';
import type { GatewayLease } from '../protocol/gateway-lease';
import { protocolVersion, type GatewayNotifications, type GatewayState } from '../protocol/gateway-rpc';
import { ForwardedWatch } from './checkup/forwarded-watch';
import { DemoEngine } from './demo-engine';
import { DesiredStateFile } from './desired-state';
import { EngineKeyRing } from './engine-key-ring';
import { EngineServices } from './engine-services';
import { GatewayService } from './gateway-service';
import { Lease, type LeaseAnswer } from './lease/lease';
import { LeaseFiles } from './lease/lease-files';
import { createPipeAddress, makePrivateFolder, pipePlace } from './lease/pipe-address';
import { probePipe } from './lease/pipe-liveness';
import { removeStraySockets } from './lease/stray-sockets';
import type { LeveledLogger } from './log-lines';
import { Protection } from './protection/protection';
import { protectionHandlers } from './protection/protection-handlers';
import { StoredEngineCache } from './protection/stored-engine-cache';
import { isPortFree, proxyOpener } from './proxy/open-proxy';
import { ProxyController } from './proxy/proxy-controller';
import { ProxyMetrics } from '../proxy/metrics/proxy-metrics';
import { RpcServer } from './rpc/rpc-server';
import { createToken } from './rpc/token';
import { openSharing, type OpenedSharing } from './open-sharing';
import { Windows } from './windows/windows';

export interface GatewayOptions {
  readonly dataDir: string;
  readonly version: string;
  readonly config: ParsedConfig;
  /** Lives on the command line and in a file: windows may look, but settings and desired state are not theirs. */
  readonly isHeadless: boolean;
  /** Wins over the configured port; 0 for any. */
  readonly port?: number;
  readonly engineKeys?: Readonly<Record<string, string>>;
  /** The security policy of a configuration file, raw: takes the place of the stored one. */
  readonly policy?: unknown;
  readonly replaceNonce?: string;
  readonly logger: LeveledLogger;
  /** It ends by itself: another gateway holds the lease now, or a newer window asked. Called once; call `stop` then. */
  readonly onEnd: (cause: ClosingCause) => void;
}

export type ClosingCause = GatewayNotifications['gateway/closing']['cause'];

/**
 * The composition root: builds engines, proxy and RPC, takes the lease, serves. The one place that knows which class
 * stands for which port.
 */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #clock: Clock = systemClock;
  readonly #service: GatewayService;
  readonly #protection: Protection;
  readonly #rpc: RpcServer;
  readonly #windows: Windows;
  readonly #token = createToken();
  #lease: Lease | undefined;
  #sharing: OpenedSharing | undefined;
  #ending: Promise<void> | undefined;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#windows = new Windows({ clock: this.#clock, notify: (name, params) => this.#rpc.notifyAll(name, params) });
    this.#protection = this.#buildProtection();
    this.#service = this.#build(this.#protection);
    this.#rpc = new RpcServer({
      token: this.#token,
      version: options.version,
      service: this.#service,
      clock: this.#clock,
      logger: options.logger,
    });
  }

  /**
   * Takes the lease and answers windows. `ok: false`: somebody else has it. Rejects when the data folder or the pipe
   * cannot be used. {@link serve} follows.
   */
  async acquire(): Promise<LeaseAnswer> {
    const { dataDir, version, replaceNonce, logger } = this.#options;
    if (!makePrivateFolder(dataDir, process.getuid?.())) {
      throw new Error(`The data folder ${dataDir} cannot be made, or belongs to another user.`);
    }
    const pipe = createPipeAddress(pipePlace(dataDir));
    await this.#rpc.listen(pipe);
    const own: GatewayLease = {
      pipe,
      token: this.#token,
      pid: process.pid,
      version,
      protocolVersion,
      nonce: randomId(24),
      startedAt: this.#clock.now(),
    };
    const deps = { files: new LeaseFiles(dataDir), probe: probePipe, clock: this.#clock, logger };
    const lease = new Lease(own, () => this.#lost(), deps);
    const answer = await lease.acquire(replaceNonce).catch(async (error: unknown) => {
      await this.#rpc.close();
      throw error;
    });
    if (!answer.ok) {
      await this.#rpc.close();
      return answer;
    }
    this.#lease = lease;
    if (process.platform !== 'win32') void removeStraySockets(dirname(pipe), this.#clock.now());
    logger.info(`FLM ${version} serves ${dataDir} in process ${process.pid}.`);
    return answer;
  }

  /** With the lease in hand: looks for engines, and starts the proxy where it is wanted. Resolves when that is decided. */
  async serve(): Promise<void> {
    await this.#service.start();
  }

  state(): GatewayState {
    return this.#service.state();
  }

  /** Takes a configuration, as from a changed file. */
  async configure(
    config: ParsedConfig,
    engineKeys: Readonly<Record<string, string>> = {},
    policy?: unknown,
  ): Promise<void> {
    if (policy !== undefined) await this.#protection.setPolicy(policy);
    for (const [baseUrl, key] of Object.entries(engineKeys)) this.#service.setKey(baseUrl, key);
    await this.#service.applyConfig(config);
  }

  /** Passes a log line on to the windows. */
  log(line: GatewayNotifications['log']): void {
    this.#rpc.notifyAll('log', line);
  }

  /** Ends everything in order, within 2 s, and gives lease and port back. Calls after the first share its end. */
  stop(cause: ClosingCause): Promise<void> {
    this.#ending ??= this.#stop(cause);
    return this.#ending;
  }

  async #stop(cause: ClosingCause): Promise<void> {
    this.#rpc.notifyAll('gateway/closing', { cause });
    this.#sharing?.dispose();
    // The port must be free before somebody else may take the lease, and the pipe must listen until it is given back.
    await this.#service.stop();
    await this.#lease?.release();
    await this.#rpc.close();
    this.#options.logger.info('Stopped.');
  }

  #buildProtection(): Protection {
    const { dataDir, logger, policy } = this.#options;
    return new Protection({
      dataDir,
      clock: this.#clock,
      logger,
      ...(policy === undefined ? {} : { policy }),
      onEvent: (event) => this.#rpc.notifyAll('security/event', this.#windows.newsOf(event, this.#service.proxyPhase)),
    });
  }

  #build(protection: Protection): GatewayService {
    const { dataDir, version, config, logger, isHeadless, port } = this.#options;
    const clock = this.#clock;
    const keys = new EngineKeyRing();
    for (const [baseUrl, key] of Object.entries(this.#options.engineKeys ?? {})) keys.set(baseUrl, key);
    const engines = new EngineServices({
      config: config.config,
      keys,
      cache: new StoredEngineCache(protection.storage),
      ownPorts: () => proxy.ports,
      clock,
      logger,
    });
    const { catalog, health, loads } = engines;
    const metrics = new ProxyMetrics();
    const { gate, blocklist } = protection.services;
    const forwarded = new ForwardedWatch(clock);
    const open = proxyOpener({
      catalog,
      gate,
      metrics,
      gauges: () => ({
        queueLength: gate.queueLength,
        blocks: blocklist.list().length,
        throttleLevel: gate.throttle,
        engines: engines.snapshot().engines,
      }),
      clientAddress: forwarded.watching(protection.services.clientAddress),
      listens: () => protection.listens(),
      withPolicy: (settings) => protection.withPolicy(settings),
      keys,
      health,
      loads,
      clock,
      logger,
      version,
    });
    const proxy = new ProxyController(config.config, { open, isPortFree, clock, logger }, port);
    const sharing = openSharing({
      protection,
      proxy,
      catalog,
      engines: () => engines.snapshot().engines,
      forwarded,
      dataDir,
      trustsSettings: isHeadless,
      clock,
      logger,
    });
    this.#sharing = sharing;
    const demo = new DemoEngine(join(__dirname, 'demo-engine.js'), () => this.#service.demoEnded(), clock, logger);
    return new GatewayService(
      {
        engines,
        proxy,
        demo,
        guardian: protection,
        protectionHandlers: protectionHandlers(protection, clock),
        exposure: sharing.exposure,
        shares: sharing.shares,
        sharing: sharing.summary,
        sharingHandlers: sharing.handlers,
        windows: this.#windows,
        keys,
        measurements: () => metrics.measurements(),
        ...(isHeadless ? {} : { desired: new DesiredStateFile(dataDir, clock, logger) }),
        clock,
        logger,
        notify: (name, params) => this.#rpc.notifyAll(name, params),
        onYield: () => this.#options.onEnd('yield'),
      },
      { config, takesSettings: !isHeadless, startProxy: isHeadless },
    );
  }

  #lost(): void {
    this.#options.logger.warn('Another gateway holds the lease now; this one steps down.');
    this.#options.onEnd('yield');
  }
}

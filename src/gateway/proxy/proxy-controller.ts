import type { Clock } from '../../core/clock';
import type { FlmConfig } from '../../core/config-schema';
import { Emitter } from '../../core/emitter';
import { FlmError, messageOf } from '../../core/errors';
import type { Logger } from '../../core/logger';
import { reason, reasonText, type Reason } from '../../core/reason';
import type { ProxyState } from '../../protocol/gateway-rpc';
import type { OpenedProxy, OpenProxy } from '../gateway-ports';
import { portsTried } from '../../proxy/listen';
import { endpointOf, listenAddress, originOf, type ListenAddress } from './listen-address';

/** A stop a person asked for: streams get their error event, the port is free within 2 s. */
const stopDrainMs = 0;
/** Moving to another port lets running answers end on the old one for that long. */
const moveDrainMs = 60_000;
/** After a take-over the previous owner's port may need a moment to become free. */
const rememberedPortAttempts = 8;
const rememberedPortRetryMs = 150;

export interface ProxyControllerDeps {
  readonly open: OpenProxy;
  readonly isPortFree: (host: string, port: number) => Promise<boolean>;
  /** A usable API key guards an address beyond this machine. */
  readonly canExpose: () => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Where a proxy listens and why there. */
interface Place {
  readonly proxy: OpenedProxy;
  readonly address: ListenAddress;
  readonly wantedPort: number;
  readonly startedAt: number;
}

/**
 * Turns the proxy on and off and moves it when its configured address changes. Operations queue up, so start, stop
 * and a change of settings from several windows cannot cross.
 */
export class ProxyController {
  readonly #deps: ProxyControllerDeps;
  readonly #changes: Emitter<ProxyState>;
  #config: FlmConfig;
  #place: Place | undefined;
  #phase: ProxyState['phase'] = 'off';
  #failure: Reason | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #leaving = new Map<OpenedProxy, Promise<void>>();
  readonly #portOverride: number | undefined;

  /** @param portOverride wins over `proxy.port`; may be 0 for any port. */
  constructor(config: FlmConfig, deps: ProxyControllerDeps, portOverride?: number) {
    this.#config = config;
    this.#deps = deps;
    this.#portOverride = portOverride;
    this.#changes = new Emitter((error) => deps.logger.error('A listener to the proxy failed.', { error }));
  }

  /** Fires on every change, however many a second. */
  get onDidChange(): Emitter<ProxyState>['event'] {
    return this.#changes.event;
  }

  get state(): ProxyState {
    const { proxy, address, startedAt } = this.#place ?? {};
    const notice = this.#failure ?? this.#notice();
    return {
      phase: this.#phase,
      inFlight: proxy?.inFlight ?? 0,
      requests: proxy?.requests ?? 0,
      ...(proxy && address
        ? { host: address.host, port: proxy.port, endpoint: endpointOf(address.host, proxy.port) }
        : {}),
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(notice === undefined ? {} : { notice }),
    };
  }

  /** Ports on which the proxy listens now. */
  get ports(): readonly number[] {
    return this.#place === undefined ? [] : [this.#place.proxy.port];
  }

  /** Starts if it is off. A failure is a state (`failed` with a notice), never a rejection. */
  start(rememberedPort?: number): Promise<ProxyState> {
    return this.#enqueue(() => this.#start(rememberedPort));
  }

  /** Ends running requests with an error event and frees the port. */
  stop(): Promise<ProxyState> {
    return this.#enqueue(() => this.#stop());
  }

  restart(): Promise<ProxyState> {
    return this.#enqueue(async () => {
      await this.#stop();
      await this.#start();
    });
  }

  /** Takes a new configuration; moves to the new address without cutting streams where the system allows it. */
  configure(config: FlmConfig): Promise<ProxyState> {
    return this.#enqueue(async () => {
      this.#config = config;
      const place = this.#place;
      if (place === undefined) return;
      const wantedPort = this.#wantedPort;
      const isPortRight = place.wantedPort === wantedPort || place.proxy.port === wantedPort;
      if (isPortRight && place.address.host === this.#address().host) {
        place.proxy.configure(config);
        this.#settle({ ...place, address: this.#address(), wantedPort });
      } else await this.#move(place);
    });
  }

  /** What `canExpose` answers may have changed. */
  reconsider(): Promise<ProxyState> {
    return this.configure(this.#config);
  }

  /** Stops for good, old listeners that still drain included. */
  async dispose(): Promise<void> {
    await this.stop();
    // A second close cuts short what the first still waits for.
    for (const proxy of this.#leaving.keys()) await this.#close(proxy, stopDrainMs);
    await Promise.all(this.#leaving.values());
    this.#changes.dispose();
  }

  get #wantedPort(): number {
    return this.#portOverride ?? this.#config['proxy.port'];
  }

  #address(): ListenAddress {
    return listenAddress(this.#config['proxy.host'], this.#deps.canExpose());
  }

  #notice(): Reason | undefined {
    if (this.#place === undefined) return undefined;
    const { address, proxy, wantedPort } = this.#place;
    if (address.notice !== undefined) return address.notice;
    return wantedPort === 0 || proxy.port === wantedPort
      ? undefined
      : reason('proxy.portInUse', wantedPort, proxy.port);
  }

  /** False: it could not. */
  async #start(rememberedPort?: number): Promise<boolean> {
    if (this.#place !== undefined) return true;
    this.#failure = undefined;
    this.#enter('starting');
    const address = this.#address();
    const opened = await this.#open(address, rememberedPort);
    if ('code' in opened) {
      this.#failure = opened;
      this.#deps.logger.error(reasonText(opened));
      this.#enter('failed');
      return false;
    }
    const startedAt = this.#deps.clock.now();
    this.#settle({ proxy: opened, address, wantedPort: this.#wantedPort, startedAt });
    opened.onDidChange(() => {
      if (this.#place?.proxy === opened) this.#changes.fire(this.state);
    });
    const notice = this.#notice();
    if (notice !== undefined) this.#deps.logger.warn(reasonText(notice));
    this.#deps.logger.info(`The proxy answers at ${endpointOf(address.host, opened.port)}.`);
    return true;
  }

  async #stop(): Promise<void> {
    const place = this.#place;
    this.#failure = undefined;
    if (place !== undefined) {
      this.#enter('stopping');
      await this.#close(place.proxy, stopDrainMs);
      this.#place = undefined;
      this.#deps.logger.info('The proxy is off.');
    }
    this.#enter('off');
  }

  async #move(old: Place): Promise<void> {
    const address = this.#address();
    this.#place = undefined;
    // `0.0.0.0` and `127.0.0.1` share a port number only one after the other.
    const staysOnPort = old.wantedPort === this.#wantedPort;
    const mustLeaveFirst = staysOnPort || old.proxy.port === this.#wantedPort;
    if (mustLeaveFirst) await this.#close(old.proxy, stopDrainMs);
    // Clients know the port: also one that was not the wanted one is kept.
    const hasMoved = await this.#start(staysOnPort ? old.proxy.port : undefined);
    if (mustLeaveFirst) return;
    if (!hasMoved) {
      this.#deps.logger.warn(`The proxy could not move to ${address.host}:${this.#wantedPort} and stays where it was.`);
      const failure = this.#failure;
      this.#settle(old);
      this.#failure = failure;
      return;
    }
    // Another host may mean a narrower one: nothing more is let in there.
    const drainMs = address.host === old.address.host ? moveDrainMs : stopDrainMs;
    const leaving = this.#close(old.proxy, drainMs).finally(() => this.#leaving.delete(old.proxy));
    this.#leaving.set(old.proxy, leaving);
  }

  async #open(address: ListenAddress, rememberedPort?: number): Promise<OpenedProxy | Reason> {
    const wanted = this.#wantedPort;
    const isFree = rememberedPort !== undefined && (await this.#waitForPort(address.host, rememberedPort));
    try {
      return await this.#deps.open(this.#config, address.host, isFree ? rememberedPort : wanted);
    } catch (error) {
      if (FlmError.is(error, 'port_in_use')) return reason('proxy.noPort', wanted, wanted + portsTried);
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      return reason('proxy.bindFailed', originOf(address.host, wanted).replace('http://', ''), messageOf(cause));
    }
  }

  async #waitForPort(host: string, port: number): Promise<boolean> {
    for (let attempt = 1; attempt <= rememberedPortAttempts; attempt++) {
      if (await this.#deps.isPortFree(host, port)) return true;
      await new Promise<void>((resolve) => this.#deps.clock.setTimeout(resolve, rememberedPortRetryMs));
    }
    return false;
  }

  async #close(proxy: OpenedProxy, drainMs: number): Promise<void> {
    try {
      await proxy.close(drainMs);
    } catch (error) {
      this.#deps.logger.error('The proxy did not close in order.', { error });
    }
  }

  #settle(place: Place): void {
    this.#place = place;
    this.#failure = undefined;
    this.#enter('on');
  }

  #enter(phase: ProxyState['phase']): void {
    this.#phase = phase;
    this.#changes.fire(this.state);
  }

  #enqueue(operation: () => Promise<unknown>): Promise<ProxyState> {
    const result = this.#queue.then(operation).then(() => this.state);
    this.#queue = result.catch((error: unknown) => {
      this.#deps.logger.error('An operation of the proxy failed.', { error });
    });
    return result;
  }
}

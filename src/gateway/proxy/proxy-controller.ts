import type { FlmConfig } from '../../core/config-schema';
import { Emitter } from '../../core/emitter';
import type { Logger } from '../../core/logger';
import { reason, reasonText, type Reason } from '../../core/reason';
import type { ProxyState } from '../../protocol/gateway-rpc';
import type { OpenedProxy } from '../gateway-ports';
import { Throttle } from '../throttle';
import { closedPlan, type ExposurePlan, type ListenFailure } from '../../proxy/listeners/exposure-plan';
import { endpointUrl, loopbackHost } from '../exposure/endpoints';
import { openOnPort, type PortOpening } from './open-on-port';

/** A stop a person asked for: streams get their error event, the port is free within 2 s. */
const stopDrainMs = 0;
/** Moving to another port lets running answers end on the old one for that long. */
const moveDrainMs = 60_000;
/** Requests beginning and ending are told that often at most; what they cost was 4 % of a request's time. */
const activityMs = 50;

export interface ProxyControllerDeps extends PortOpening {
  readonly logger: Logger;
}

/** Where the proxy listens beyond this machine's loopback. */
export interface Exposed {
  readonly addresses: readonly string[];
  /** Where it should and cannot. */
  readonly failures: readonly ListenFailure[];
}

const notExposed: Exposed = { addresses: [], failures: [] };

/** Where a proxy listens and why there. */
interface Place {
  readonly proxy: OpenedProxy;
  readonly wantedPort: number;
  readonly startedAt: number;
}

/**
 * Turns the proxy on and off, moves it when its configured port changes, and opens it beyond this machine as far as it is
 * told. Operations queue up, so start, stop and changes from several windows cannot cross.
 */
export class ProxyController {
  readonly #deps: ProxyControllerDeps;
  readonly #changes: Emitter<ProxyState>;
  readonly #exposedChanges: Emitter<Exposed>;
  #config: FlmConfig;
  #place: Place | undefined;
  #phase: ProxyState['phase'] = 'off';
  #failure: Reason | undefined;
  #plan: ExposurePlan = closedPlan;
  #exposed: Exposed = notExposed;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #leaving = new Map<OpenedProxy, Promise<void>>();
  readonly #portOverride: number | undefined;

  /** @param portOverride wins over `proxy.port`; may be 0 for any port. */
  constructor(config: FlmConfig, deps: ProxyControllerDeps, portOverride?: number) {
    this.#config = config;
    this.#deps = deps;
    this.#portOverride = portOverride;
    const onError = (error: unknown) => deps.logger.error('A listener to the proxy failed.', { error });
    this.#changes = new Emitter(onError);
    this.#exposedChanges = new Emitter(onError);
  }

  /** Fires on every change but for requests beginning and ending, which are told together, at most every 50 ms. */
  get onDidChange(): Emitter<ProxyState>['event'] {
    return this.#changes.event;
  }

  /** Addresses beyond loopback were opened or closed, or could not be. */
  get onDidChangeExposed(): Emitter<Exposed>['event'] {
    return this.#exposedChanges.event;
  }

  get exposed(): Exposed {
    return this.#exposed;
  }

  get state(): ProxyState {
    const { proxy, startedAt } = this.#place ?? {};
    const notice = this.#failure ?? this.#notice();
    return {
      phase: this.#phase,
      inFlight: proxy?.inFlight ?? 0,
      requests: proxy?.requests ?? 0,
      ...(proxy && {
        host: loopbackHost,
        port: proxy.port,
        endpoint: endpointUrl('http', loopbackHost, proxy.port),
      }),
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

  /** Takes a new configuration; moves to another port without cutting streams. */
  configure(config: FlmConfig): Promise<ProxyState> {
    return this.#enqueue(async () => {
      this.#config = config;
      const place = this.#place;
      if (place === undefined) return;
      const wantedPort = this.#wantedPort;
      if (place.wantedPort === wantedPort || place.proxy.port === wantedPort) {
        place.proxy.configure(config);
        this.#settle({ ...place, wantedPort });
      } else await this.#move(place);
    });
  }

  /** Asks again what depends on the policy. */
  reconsider(): Promise<ProxyState> {
    return this.configure(this.#config);
  }

  /** Listens beyond loopback exactly as planned, now and after every start, without touching the loopback. */
  expose(plan: ExposurePlan): Promise<ProxyState> {
    return this.#enqueue(async () => {
      this.#plan = plan;
      await this.#expose();
    });
  }

  /** Stops for good, old listeners that still drain included. */
  async dispose(): Promise<void> {
    await this.stop();
    // A second close cuts short what the first still waits for.
    for (const proxy of this.#leaving.keys()) await this.#close(proxy, stopDrainMs);
    await Promise.all(this.#leaving.values());
    this.#changes.dispose();
    this.#exposedChanges.dispose();
  }

  get #wantedPort(): number {
    return this.#portOverride ?? this.#config['proxy.port'];
  }

  #notice(): Reason | undefined {
    if (this.#place === undefined) return undefined;
    const { proxy, wantedPort } = this.#place;
    return wantedPort === 0 || proxy.port === wantedPort
      ? undefined
      : reason('proxy.portInUse', wantedPort, proxy.port);
  }

  /** False: it could not. */
  async #start(rememberedPort?: number): Promise<boolean> {
    if (this.#place !== undefined) return true;
    this.#failure = undefined;
    this.#enter('starting');
    const opened = await openOnPort(this.#deps, this.#config, this.#wantedPort, rememberedPort);
    if ('code' in opened) {
      this.#failure = opened;
      this.#deps.logger.error(reasonText(opened));
      this.#enter('failed');
      return false;
    }
    const startedAt = this.#deps.clock.now();
    this.#settle({ proxy: opened, wantedPort: this.#wantedPort, startedAt });
    const activity = new Throttle(
      activityMs,
      () => {
        if (this.#place?.proxy === opened) this.#changes.fire(this.state);
      },
      this.#deps.clock,
    );
    opened.onDidChange(() => activity.trigger());
    const notice = this.#notice();
    if (notice !== undefined) this.#deps.logger.warn(reasonText(notice));
    this.#deps.logger.info(`The proxy answers at ${endpointUrl('http', loopbackHost, opened.port)}.`);
    await this.#expose();
    return true;
  }

  async #stop(): Promise<void> {
    const place = this.#place;
    this.#failure = undefined;
    if (place !== undefined) {
      this.#enter('stopping');
      await this.#close(place.proxy, stopDrainMs);
      this.#place = undefined;
      this.#setExposed(notExposed);
      this.#deps.logger.info('The proxy is off.');
    }
    this.#enter('off');
  }

  async #move(old: Place): Promise<void> {
    this.#place = undefined;
    if (!(await this.#start())) {
      this.#deps.logger.warn(`The proxy could not move to port ${this.#wantedPort} and stays where it was.`);
      const failure = this.#failure;
      this.#settle(old);
      this.#failure = failure;
      return;
    }
    const leaving = this.#close(old.proxy, moveDrainMs).finally(() => this.#leaving.delete(old.proxy));
    this.#leaving.set(old.proxy, leaving);
  }

  /** Nobody else calls `expose` of an opened proxy, and operations queue up. */
  async #expose(): Promise<void> {
    const proxy = this.#place?.proxy;
    if (proxy === undefined) return;
    const failures = await proxy.expose(this.#plan);
    this.#setExposed({ addresses: proxy.exposed, failures });
  }

  #setExposed(exposed: Exposed): void {
    if (JSON.stringify(exposed) === JSON.stringify(this.#exposed)) return;
    this.#exposed = exposed;
    for (const { message } of exposed.failures) this.#deps.logger.warn(`The proxy is not open as planned: ${message}`);
    this.#exposedChanges.fire(exposed);
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

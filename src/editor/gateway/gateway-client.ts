import type { Clock } from '../../core/clock';
import { Emitter, type Event } from '../../core/emitter';
import { FlmError, messageOf } from '../../core/errors';
import type { Logger, LogLevel } from '../../core/logger';
import { reason, type Reason } from '../../core/reason';
import type { GatewayLease } from '../../protocol/gateway-lease';
import {
  protocolVersion,
  type GatewayRequestName,
  type GatewayRequests,
  type GatewayState,
} from '../../protocol/gateway-rpc';
import type { SecurityNews } from '../../protocol/security-rpc';
import type { GatewayPort, GatewayStatus } from '../gateway-port';
import { Alarm } from './alarm';
import { HeartbeatWatch } from './heartbeat-watch';
import { readLease, type SeenLease } from './lease-reader';
import { OwnedGateway } from './owned-gateway';
import { PipeConnection } from './pipe-connection';
import { applyNotification, notificationNames } from './state-updates';
import type { WorkerLauncher } from './worker-launcher';

export interface GatewayClientOptions {
  /** Holds the lease: the same folder for all windows. */
  readonly dataDir: string;
  readonly version: string;
  readonly launcher: WorkerLauncher;
  /** Raw `flm.*` settings of this window, asked for at every connection. */
  readonly settings: () => unknown;
  /** API keys of engines by base URL, asked for at every connection. */
  readonly engineKeys: () => Promise<Readonly<Record<string, string>>>;
  /** Lines of the gateway, whichever window runs it. */
  readonly onLog: (level: LogLevel, message: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
  /** 0–1: spreads windows that all lost the same gateway. */
  readonly random?: () => number;
}

const helloTimeoutMs = 5_000;
/** A check-up, the slowest request, takes 60 s at most. */
const requestTimeoutMs = 75_000;
/** A request made while there is no connection waits that long for one. */
const connectionWaitMs = 15_000;
/** Windows that lost their gateway try again within this time of each other. */
const jitterMs = 300;
/** A newer window asked for the place: others leave it the time to take it. */
const yieldGraceMs = 3_000;
const yieldTimeoutMs = 3_000;
const incompatiblePollMs = 2_000;
const retryMs = 250;
const maxBackoffMs = 30_000;
/** Failed starts in a row after which the window says so, while it goes on trying. */
const failuresUntilFailed = 3;
/** A gateway that ran this long has earned a quick restart. */
const provenMs = 60_000;
/** While connected, the owner's heartbeat is looked at this often: a suspended process keeps its pipe. */
const heartbeatLookMs = 5_000;

/**
 * This window's access to the one gateway: joins the one there is, starts one where there is none, and takes over when
 * its owner goes. Takes care of itself from `start` to `close`; what it knows is `status`.
 */
export class GatewayClient implements GatewayPort {
  readonly #options: GatewayClientOptions;
  readonly #changes: Emitter<GatewayStatus>;
  readonly onDidChangeStatus: Event<GatewayStatus>;
  readonly #securityEvents: Emitter<SecurityNews>;
  readonly onDidSecurityEvent: Event<SecurityNews>;
  readonly #alarm: Alarm;
  readonly #beats: HeartbeatWatch;
  #status: GatewayStatus = { phase: 'idle' };
  /** Greeted. */
  #connection: PipeConnection | undefined;
  /** The one being tried, or the greeted one. */
  #pipe: PipeConnection | undefined;
  /** Why the last gateway failed, until one is connected. */
  #problem: Reason | undefined;
  #owned: OwnedGateway | undefined;
  #isClosed = false;
  #failures = 0;
  #mayLaunchAt = 0;
  #isVisible = false;
  #running: Promise<void> | undefined;

  constructor(options: GatewayClientOptions) {
    this.#options = options;
    const onError = (error: unknown) => options.log.error('A listener to the gateway failed.', { error });
    this.#changes = new Emitter(onError);
    this.onDidChangeStatus = this.#changes.event;
    this.#securityEvents = new Emitter(onError);
    this.onDidSecurityEvent = this.#securityEvents.event;
    this.#alarm = new Alarm(options.clock);
    this.#beats = new HeartbeatWatch(options.clock);
  }

  get status(): GatewayStatus {
    return this.#status;
  }

  start(): void {
    if (this.#isClosed) return;
    // A person asks again: no more waiting.
    if (this.#status.phase === 'failed') this.#alarm.ring();
    if (this.#running !== undefined) return;
    this.#setStatus({ phase: 'connecting' });
    this.#running = this.#run();
  }

  async request<N extends GatewayRequestName>(
    name: N,
    params: GatewayRequests[N]['params'],
  ): Promise<GatewayRequests[N]['result']> {
    // Remembered for the next connection: interest belongs to the window, not to a connection.
    if (name === 'interest/set') this.#isVisible = (params as GatewayRequests['interest/set']['params']).visible;
    this.start();
    const connection = this.#connection ?? (await this.#connected());
    return await connection.request(name, params, requestTimeoutMs);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#changes.fire(this.#status);
    this.#changes.dispose();
    this.#securityEvents.dispose();
    this.#alarm.ring();
    this.#pipe?.dispose();
    await this.#owned?.stop();
    await this.#running;
    // One that was being launched when the window closed.
    await this.#owned?.stop();
  }

  async #run(): Promise<void> {
    // Asked of a getter each time: `close` changes it while this waits.
    while (!this.#hasClosed()) {
      try {
        await this.#attempt();
      } catch (error) {
        this.#options.log.warn('Connecting to the gateway failed.', { error });
        await this.#failed(messageOf(error));
      }
    }
  }

  #hasClosed(): boolean {
    return this.#isClosed;
  }

  /** One round: join, take over or start. Returns when it is time for the next. */
  async #attempt(): Promise<void> {
    const { clock, dataDir } = this.#options;
    const seen = await readLease(dataDir);
    const connection = seen && (await PipeConnection.open(seen.lease.pipe, clock).catch(() => undefined));
    if (this.#hasClosed()) connection?.dispose();
    else if (seen === undefined || connection === undefined) await this.#launch();
    else {
      this.#pipe = connection;
      try {
        await this.#use(seen, connection);
      } finally {
        this.#connection = undefined;
        this.#pipe = undefined;
        connection.dispose();
      }
    }
  }

  async #use(seen: SeenLease, connection: PipeConnection): Promise<void> {
    const { lease } = seen;
    if (lease.protocolVersion > protocolVersion) await this.#standBack(lease);
    else if (lease.protocolVersion < protocolVersion) await this.#askToYield(lease, connection);
    else if (!(await this.#join(lease, connection)) && !this.#hasClosed()) {
      // It accepts connections but says nothing. A beating heart means a busy one, a stopped heart a hung one.
      if (this.#beats.hasStopped(seen)) {
        await this.#launch(lease.nonce);
        return;
      }
      this.#problem ??= reason('gateway.unreachable');
      this.#connecting();
      await this.#alarm.sleep(retryMs);
    }
  }

  /** Says hello and stays until the connection ends. False: no answer to the hello. */
  async #join(lease: GatewayLease, connection: PipeConnection): Promise<boolean> {
    const { settings, engineKeys, version, clock } = this.#options;
    const farewell: { cause?: string } = {};
    for (const name of notificationNames) {
      connection.on(name, (params) => this.#update((state) => applyNotification(state, name, params)));
    }
    connection.on('security/event', (event) => this.#securityEvents.fire(event));
    connection.on('log', ({ level, message }) => {
      // The owner hears its worker directly.
      if (this.#owned?.isAlive !== true) this.#options.onLog(level, message);
    });
    connection.on('gateway/closing', ({ cause }) => (farewell.cause = cause));
    connection.listen();

    const hello = {
      token: lease.token,
      protocolVersion,
      version,
      settings: settings(),
      engineKeys: await engineKeys(),
    };
    const answer = await connection.request('hello', hello, helloTimeoutMs).catch((error: unknown) => {
      this.#options.log.debug('The gateway did not answer a hello.', { error });
      return undefined;
    });
    if (answer === undefined) return false;
    if (!answer.ok) {
      // The lease changed hands while we read it.
      await this.#alarm.sleep(retryMs);
      return true;
    }
    this.#connection = connection;
    const since = clock.monotonic();
    if (this.#isVisible) {
      connection.request('interest/set', { visible: true }, requestTimeoutMs).catch(() => undefined);
    }
    this.#problem = undefined;
    this.#setStatus({ phase: 'connected', state: answer.state });
    await this.#untilGone(connection);

    this.#connection = undefined;
    if (clock.monotonic() - since >= provenMs) this.#failures = 0;
    if (this.#hasClosed()) return true;
    this.#connecting();
    if (farewell.cause === 'yield') this.#mayLaunchAt = clock.monotonic() + yieldGraceMs;
    await this.#alarm.sleep(this.#jitter());
    return true;
  }

  /** Until the pipe closes, or its owner's heart has stopped. */
  async #untilGone(connection: PipeConnection): Promise<void> {
    let isOpen = true;
    const closed = connection.closed.then(() => (isOpen = false));
    while (isOpen) {
      await Promise.race([closed, this.#alarm.sleep(heartbeatLookMs)]);
      const seen = await readLease(this.#options.dataDir);
      if (seen !== undefined && this.#beats.hasStopped(seen)) connection.dispose();
    }
  }

  /** Starts a gateway of our own, unless ours is just going or somebody else was asked to wait for. */
  async #launch(replaceNonce?: string): Promise<void> {
    const { launcher, dataDir, version, settings, clock, onLog } = this.#options;
    const isTooEarly = clock.monotonic() < this.#mayLaunchAt;
    if (isTooEarly || this.#owned?.isAlive === true) {
      await this.#alarm.sleep(retryMs);
      return;
    }
    this.#connecting();
    const data = { dataDir, version, settings: settings(), ...(replaceNonce === undefined ? {} : { replaceNonce }) };
    let crash: string | undefined;
    const owned = new OwnedGateway(launcher, data, clock, onLog, (why) => {
      crash = why;
      if (why !== undefined) this.#crashed(why);
    });
    this.#owned = owned;
    const outcome = await owned.launched;
    if (outcome.type === 'taken') await this.#alarm.sleep(this.#jitter() / 2);
    if (outcome.type === 'failed' && crash === undefined && !this.#isClosed) await this.#failed(outcome.message);
  }

  /** A gateway of ours that served has ended badly: the next round waits. */
  #crashed(why: string): void {
    if (this.#isClosed) return;
    this.#options.log.error(`The gateway stopped unexpectedly: ${why}`);
    this.#failures += 1;
    this.#mayLaunchAt = this.#options.clock.monotonic() + this.#backoff();
    this.#problem = reason('gateway.crashed', why);
    // The pipe of a dead worker closes by itself; one that was terminated may leave ours open.
    this.#connection?.dispose();
    this.#connecting();
  }

  async #failed(why: string): Promise<void> {
    if (this.#isClosed) return;
    this.#failures += 1;
    this.#problem = reason('gateway.crashed', why);
    this.#connecting();
    await this.#alarm.sleep(this.#backoff());
  }

  async #standBack(lease: GatewayLease): Promise<void> {
    this.#setStatus({ phase: 'incompatible', reason: reason('gateway.versionNewer', lease.version) });
    await this.#alarm.sleep(incompatiblePollMs);
  }

  async #askToYield(lease: GatewayLease, connection: PipeConnection): Promise<void> {
    this.#options.log.info(`Asks the gateway of FLM ${lease.version} to make room.`);
    connection.listen();
    const { version } = this.#options;
    await connection.request('yield', { token: lease.token, version, protocolVersion }, yieldTimeoutMs);
    await Promise.race([connection.closed, this.#alarm.sleep(yieldTimeoutMs)]);
  }

  /** 0.25 s, doubled with each failure in a row, 30 s at most. */
  #backoff(): number {
    return Math.min(maxBackoffMs, retryMs * 2 ** (this.#failures - 1));
  }

  /** Not connected, for the reason of the last failure if there was one. */
  #connecting(): void {
    this.#setStatus({
      phase: this.#failures >= failuresUntilFailed ? 'failed' : 'connecting',
      ...(this.#problem === undefined ? {} : { reason: this.#problem }),
    });
  }

  #jitter(): number {
    return (this.#options.random ?? Math.random)() * jitterMs;
  }

  #connected(): Promise<PipeConnection> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        const refusal = this.#isClosed ? closing() : refusalOf(this.#status);
        if (this.#connection === undefined && refusal === undefined) return;
        timer.cancel();
        listening.dispose();
        if (this.#connection !== undefined) resolve(this.#connection);
        else reject(refusal ?? closing());
      };
      const timer = this.#options.clock.setTimeout(() => {
        listening.dispose();
        reject(new FlmError('internal_error', 'The gateway does not answer.'));
      }, connectionWaitMs);
      const listening = this.onDidChangeStatus(settle);
      settle();
    });
  }

  #update(change: (state: GatewayState) => GatewayState): void {
    const { state } = this.#status;
    if (this.#connection !== undefined && state !== undefined)
      this.#setStatus({ ...this.#status, state: change(state) });
  }

  /** Keeps the last state, so that views keep their rows while reconnecting. */
  #setStatus(next: { phase: GatewayStatus['phase']; state?: GatewayState; reason?: Reason }): void {
    const before = this.#status;
    const state = next.state ?? before.state;
    const isSame = next.phase === before.phase && state === before.state && isSameReason(next.reason, before.reason);
    if (isSame) return;
    this.#status = { ...next, ...(state === undefined ? {} : { state }) };
    this.#changes.fire(this.#status);
  }
}

function isSameReason(a: Reason | undefined, b: Reason | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b));
}

function refusalOf({ phase }: GatewayStatus): FlmError | undefined {
  if (phase === 'incompatible') return new FlmError('version_mismatch', 'Another window runs a newer FLM.');
  return phase === 'failed' ? new FlmError('internal_error', 'The gateway could not be started.') : undefined;
}

function closing(): FlmError {
  return new FlmError('gateway_stopping', 'This window is closing.');
}

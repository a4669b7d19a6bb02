import type { Clock } from '../../core/clock';
import { Emitter, type Event } from '../../core/emitter';
import { FlmError, messageOf } from '../../core/errors';
import type { LogLevel } from '../../core/logger';
import { reason, type Reason } from '../../core/reason';
import type { GatewayLease } from '../../protocol/gateway-lease';
import { protocolVersion, type GatewayRequestName, type GatewayRequests } from '../../protocol/gateway-rpc';
import type { SecurityNews } from '../../protocol/security-rpc';
import type { GatewayPort, GatewayStatus } from '../gateway-port';
import { Alarm } from './alarm';
import { awaitConnection } from './await-connection';
import { greet, type Introduction } from './greeting';
import { HeartbeatWatch } from './heartbeat-watch';
import { LaunchPatience } from './launch-patience';
import { readLease, type SeenLease } from './lease-reader';
import { OwnedGateway } from './owned-gateway';
import { PipeConnection } from './pipe-connection';
import { applyNotification, notificationNames } from './state-updates';
import { StatusHolder } from './status-holder';
import type { WorkerLauncher } from './worker-launcher';

export interface GatewayClientOptions extends Introduction {
  /** Holds the lease: the same folder for all windows. */
  readonly dataDir: string;
  readonly launcher: WorkerLauncher;
  /** Lines of the gateway, whichever window runs it. */
  readonly onLog: (level: LogLevel, message: string) => void;
  readonly clock: Clock;
  /** 0–1: spreads windows that all lost the same gateway. */
  readonly random?: () => number;
}

/** A check-up, the slowest request, takes 60 s at most. */
const requestTimeoutMs = 75_000;
const yieldTimeoutMs = 3_000;
const incompatiblePollMs = 2_000;
const retryMs = 250;
/** While connected, the owner's heartbeat is looked at this often: a suspended process keeps its pipe. */
const heartbeatLookMs = 5_000;

/**
 * This window's access to the one gateway: joins the one there is, starts one where there is none, and takes over when
 * its owner goes. Takes care of itself from `start` to `close`; what it knows is `status`.
 */
export class GatewayClient implements GatewayPort {
  readonly #options: GatewayClientOptions;
  readonly #holder: StatusHolder;
  readonly onDidChangeStatus: Event<GatewayStatus>;
  readonly #securityEvents: Emitter<SecurityNews>;
  readonly onDidSecurityEvent: Event<SecurityNews>;
  readonly #alarm: Alarm;
  readonly #beats: HeartbeatWatch;
  readonly #patience: LaunchPatience;
  /** Greeted. */
  #connection: PipeConnection | undefined;
  /** The one being tried, or the greeted one. */
  #pipe: PipeConnection | undefined;
  /** Why the last gateway failed, until one is connected. */
  #problem: Reason | undefined;
  #owned: OwnedGateway | undefined;
  #isClosed = false;
  #isVisible = false;
  #running: Promise<void> | undefined;

  constructor(options: GatewayClientOptions) {
    this.#options = options;
    const onError = (error: unknown) => options.log.error('A listener to the gateway failed.', { error });
    this.#holder = new StatusHolder(onError);
    this.onDidChangeStatus = this.#holder.onDidChange;
    this.#securityEvents = new Emitter(onError);
    this.onDidSecurityEvent = this.#securityEvents.event;
    this.#alarm = new Alarm(options.clock);
    this.#beats = new HeartbeatWatch(options.clock);
    this.#patience = new LaunchPatience(options.clock, options.random ?? Math.random);
  }

  get status(): GatewayStatus {
    return this.#holder.status;
  }

  start(): void {
    if (this.#isClosed) return;
    // A person asks again: no more waiting.
    if (this.status.phase === 'failed') this.#alarm.ring();
    if (this.#running !== undefined) return;
    this.#holder.set({ phase: 'connecting' });
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
    this.#holder.repeat();
    this.#holder.dispose();
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
    const { clock } = this.#options;
    const farewell: { cause?: string } = {};
    for (const name of notificationNames) {
      connection.on(name, (params) => {
        if (this.#connection !== undefined) this.#holder.update((state) => applyNotification(state, name, params));
      });
    }
    connection.on('security/event', (event) => this.#securityEvents.fire(event));
    connection.on('log', ({ level, message }) => {
      // The owner hears its worker directly.
      if (this.#owned?.isAlive !== true) this.#options.onLog(level, message);
    });
    connection.on('gateway/closing', ({ cause }) => (farewell.cause = cause));
    connection.listen();

    const answer = await greet(connection, lease, this.#options);
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
    this.#holder.set({ phase: 'connected', state: answer.state });
    await this.#untilGone(connection);

    this.#connection = undefined;
    this.#patience.served(clock.monotonic() - since);
    if (this.#hasClosed()) return true;
    this.#connecting();
    if (farewell.cause === 'yield') this.#patience.leavePlace();
    await this.#alarm.sleep(this.#patience.jitter());
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
    if (this.#patience.isTooEarly || this.#owned?.isAlive === true) {
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
    if (outcome.type === 'taken') await this.#alarm.sleep(this.#patience.jitter() / 2);
    if (outcome.type === 'failed' && crash === undefined && !this.#isClosed) await this.#failed(outcome.message);
  }

  /** A gateway of ours that served has ended badly: the next round waits. */
  #crashed(why: string): void {
    if (this.#isClosed) return;
    this.#options.log.error(`The gateway stopped unexpectedly: ${why}`);
    this.#patience.crashed();
    this.#problem = reason('gateway.crashed', why);
    // The pipe of a dead worker closes by itself; one that was terminated may leave ours open.
    this.#connection?.dispose();
    this.#connecting();
  }

  async #failed(why: string): Promise<void> {
    if (this.#isClosed) return;
    const waitMs = this.#patience.failed();
    this.#problem = reason('gateway.crashed', why);
    this.#connecting();
    await this.#alarm.sleep(waitMs);
  }

  async #standBack(lease: GatewayLease): Promise<void> {
    this.#holder.set({ phase: 'incompatible', reason: reason('gateway.versionNewer', lease.version) });
    await this.#alarm.sleep(incompatiblePollMs);
  }

  async #askToYield(lease: GatewayLease, connection: PipeConnection): Promise<void> {
    this.#options.log.info(`Asks the gateway of FLM ${lease.version} to make room.`);
    connection.listen();
    const { version } = this.#options;
    await connection.request('yield', { token: lease.token, version, protocolVersion }, yieldTimeoutMs);
    await Promise.race([connection.closed, this.#alarm.sleep(yieldTimeoutMs)]);
  }

  /** Not connected, for the reason of the last failure if there was one. */
  #connecting(): void {
    this.#holder.set({
      phase: this.#patience.hasRunOut ? 'failed' : 'connecting',
      ...(this.#problem === undefined ? {} : { reason: this.#problem }),
    });
  }

  #connected(): Promise<PipeConnection> {
    return awaitConnection(
      {
        onDidChange: this.#holder.onDidChange,
        current: () => this.#connection,
        refusal: () => (this.#isClosed ? closing() : this.#holder.refusal()),
      },
      this.#options.clock,
    );
  }
}

function closing(): FlmError {
  return new FlmError('gateway_stopping', 'This window is closing.');
}

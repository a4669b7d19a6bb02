import type { Clock, Timer } from '../../core/clock';
import type { LogLevel } from '../../core/logger';
import type { GatewayWorkerData, GatewayWorkerMessage } from '../../protocol/gateway-worker';
import type { GatewayWorker, WorkerLauncher } from './worker-launcher';

/** How a start went. */
export type LaunchOutcome =
  | { readonly type: 'ready' }
  /** Another window was faster. */
  | { readonly type: 'taken' }
  | { readonly type: 'failed'; readonly message: string };

/** The watchdog asks this often … */
export const pingIntervalMs = 5_000;
/** … and replaces a worker that has left this many questions unanswered: 20 s, far beyond any garbage collection. */
export const maxUnansweredPings = 4;
/** VS Code gives `deactivate` a few seconds; the gateway itself needs one or two. */
export const stopTimeoutMs = 1_800;
const launchTimeoutMs = 30_000;

/** The gateway worker of this window, from launch to end, with a watchdog over it. */
export class OwnedGateway {
  readonly #worker: GatewayWorker;
  readonly #clock: Clock;
  readonly #onLog: (level: LogLevel, message: string) => void;
  readonly #onEnd: (crash: string | undefined) => void;
  readonly #exited: Promise<void>;
  #settleExit!: () => void;
  #settleLaunch!: (outcome: LaunchOutcome) => void;
  #timer: Timer | undefined;
  #unanswered = 0;
  #crash: string | undefined;
  #hasSettled = false;
  #isStopping = false;
  #hasEnded = false;

  /** Resolves when the worker serves, lost the race or failed; within 30 s. */
  readonly launched: Promise<LaunchOutcome>;

  /** `onEnd` is called once, when a worker that was ready is gone; with a text unless it ended in order. */
  constructor(
    launcher: WorkerLauncher,
    data: GatewayWorkerData,
    clock: Clock,
    onLog: (level: LogLevel, message: string) => void,
    onEnd: (crash: string | undefined) => void,
  ) {
    this.#clock = clock;
    this.#onLog = onLog;
    this.#onEnd = onEnd;
    this.#exited = new Promise((resolve) => (this.#settleExit = resolve));
    this.launched = new Promise((resolve) => (this.#settleLaunch = resolve));
    this.#worker = launcher.launch(data, {
      onMessage: (message) => this.#told(message),
      onExit: (crash) => this.#ended(crash),
    });
    this.#timer = clock.setTimeout(() => this.#giveUp('It did not start in time.'), launchTimeoutMs);
  }

  get isAlive(): boolean {
    return !this.#hasEnded;
  }

  /** Stops it in order, the hard way after 1.8 s. Never rejects. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#timer?.cancel();
    if (this.#hasEnded) return;
    this.#worker.post({ type: 'stop' });
    let timer: Timer | undefined;
    const limit = new Promise<void>((resolve) => (timer = this.#clock.setTimeout(resolve, stopTimeoutMs)));
    await Promise.race([this.#exited, limit]);
    timer?.cancel();
    await this.#worker.terminate();
  }

  #told(message: GatewayWorkerMessage): void {
    switch (message.type) {
      case 'log':
        this.#onLog(message.level, message.message);
        return;
      case 'pong':
        this.#unanswered = 0;
        return;
      case 'ready':
        this.#settle({ type: 'ready' });
        if (!this.#isStopping) this.#watch();
        return;
      case 'taken':
        this.#settle({ type: 'taken' });
        {
          this.#dismiss();
          return;
        }
      case 'failed':
        this.#settle({ type: 'failed', message: message.message });
        {
          this.#dismiss();
          return;
        }
      case 'closed': {
        this.#dismiss();
        return;
      }
    }
  }

  /** The timer is ours: it stands still with this process, so a laptop that slept does not look like a hung worker. */
  #watch(): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimeout(() => {
      if (this.#unanswered >= maxUnansweredPings) {
        this.#giveUp(`It did not answer for ${(pingIntervalMs * maxUnansweredPings) / 1000} s.`);
        return;
      }
      this.#unanswered += 1;
      this.#worker.post({ type: 'ping' });
      this.#watch();
    }, pingIntervalMs);
  }

  #giveUp(why: string): void {
    this.#crash = why;
    void this.#worker.terminate();
  }

  /** It is done; a thread that does not end by itself is ended. */
  #dismiss(): void {
    this.#isStopping = true;
    this.#timer?.cancel();
    void this.#worker.terminate();
  }

  #settle(outcome: LaunchOutcome): void {
    if (this.#hasSettled) return;
    this.#hasSettled = true;
    this.#settleLaunch(outcome);
  }

  #ended(crash: string | undefined): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#timer?.cancel();
    this.#settleExit();
    const wasReady = this.#hasSettled;
    const why = this.#isStopping ? undefined : (this.#crash ?? crash ?? 'It ended by itself.');
    this.#settle({ type: 'failed', message: why ?? 'It was stopped.' });
    if (wasReady) this.#onEnd(why);
  }
}

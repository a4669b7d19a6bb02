import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../core/clock';
import { FlmError } from '../core/errors';
import type { Logger } from '../core/logger';

const startTimeoutMs = 10_000;
const stopTimeoutMs = 1_000;

interface RunningDemo {
  readonly worker: Worker;
  readonly baseUrl: string;
}

/** The engine people try FLM with when they have none: `dist/demo-engine.js` in a worker of its own. */
export class DemoEngine {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #onEnd: () => void;
  #running: Promise<RunningDemo> | undefined;

  /** `onEnd` is called when it ends without having been told to. */
  constructor(file: string, onEnd: () => void, clock: Clock, logger: Logger) {
    this.#file = file;
    this.#onEnd = onEnd;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Starts it, or answers where it runs already. Rejects with FlmError `not_found` when FLM was built without it. */
  async start(port?: number): Promise<string> {
    this.#running ??= this.#launch(port).catch((error: unknown) => {
      this.#running = undefined;
      throw error;
    });
    return (await this.#running).baseUrl;
  }

  /** Ends it, the hard way after a second. Never rejects. */
  async stop(): Promise<void> {
    const running = await this.#running?.catch(() => undefined);
    this.#running = undefined;
    if (running === undefined) return;
    const { worker } = running;
    worker.removeAllListeners('exit');
    await new Promise<void>((resolve) => {
      const timer = this.#clock.setTimeout(resolve, stopTimeoutMs);
      worker.once('exit', () => {
        timer.cancel();
        resolve();
      });
      worker.postMessage('stop');
    });
    await worker.terminate();
  }

  async #launch(port: number | undefined): Promise<RunningDemo> {
    if (!existsSync(this.#file)) {
      throw new FlmError('not_found', `The demo engine is not part of this build: ${this.#file} is missing.`);
    }
    const worker = new Worker(this.#file, { workerData: port === undefined ? {} : { port }, name: 'flm-demo-engine' });
    try {
      const baseUrl = await this.#listening(worker);
      worker.on('error', (error) => this.#logger.error('The demo engine failed.', { error }));
      worker.once('exit', () => {
        this.#running = undefined;
        this.#onEnd();
      });
      return { worker, baseUrl };
    } catch (error) {
      await worker.terminate();
      throw new FlmError('internal_error', 'The demo engine did not start.', { cause: error });
    }
  }

  #listening(worker: Worker): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.setTimeout(
        () => reject(new Error(`It did not listen within ${startTimeoutMs} ms.`)),
        startTimeoutMs,
      );
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`It ended with code ${code}.`)));
      worker.on('message', (message: unknown) => {
        const { type, baseUrl } = (message ?? {}) as { type?: unknown; baseUrl?: unknown };
        if (type !== 'listening' || typeof baseUrl !== 'string') return;
        timer.cancel();
        worker.removeAllListeners('exit');
        worker.removeAllListeners('error');
        resolve(baseUrl);
      });
    });
  }
}

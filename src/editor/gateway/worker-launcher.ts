import { Worker } from 'node:worker_threads';
import type { GatewayWorkerCommand, GatewayWorkerData, GatewayWorkerMessage } from '../../protocol/gateway-worker';

/** A gateway that this window started. */
export interface GatewayWorker {
  post(command: GatewayWorkerCommand): void;
  /** Ends it at once, whatever it does; resolves when it is gone. Never rejects. */
  terminate(): Promise<void>;
}

export interface GatewayWorkerEvents {
  onMessage(message: GatewayWorkerMessage): void;
  /** Called once. With a text when it did not end by itself in order. */
  onExit(crash: string | undefined): void;
}

export interface WorkerLauncher {
  /** Starts a worker; a start that fails shows as an exit. */
  launch(data: GatewayWorkerData, events: GatewayWorkerEvents): GatewayWorker;
}

/** Launches `dist/gateway.js` as a worker thread of this process. */
export class NodeWorkerLauncher implements WorkerLauncher {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  launch(data: GatewayWorkerData, events: GatewayWorkerEvents): GatewayWorker {
    const worker = new Worker(this.#file, { workerData: data, name: 'flm-gateway' });
    let crash: string | undefined;
    worker.on('message', (message: GatewayWorkerMessage) => events.onMessage(message));
    worker.on('error', (error: unknown) => {
      crash = error instanceof Error ? error.message : String(error);
    });
    worker.once('exit', (code) => {
      const ended = code === 0 ? undefined : `exit code ${code}`;
      events.onExit(crash ?? ended);
    });
    return {
      post: (command) => worker.postMessage(command),
      terminate: async () => {
        await worker.terminate();
      },
    };
  }
}

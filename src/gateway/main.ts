import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { version } from '../../package.json';
import type { GatewayWorkerData } from '../protocol/gateway-worker';
import { runHeadless } from './headless/headless';
import { runInWorker } from './worker-main';

// dist/gateway.js: a worker of VS Code's extension host, or a program of its own.
if (!isMainThread && parentPort !== null) {
  void runInWorker(parentPort, workerData as GatewayWorkerData);
} else {
  void runHeadless(process.argv.slice(2), version).then((code) => process.exit(code));
}

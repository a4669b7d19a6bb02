// Entry of dist/demo-engine.js: a worker thread that posts where it listens and ends on the message `stop`, or a program
// of its own (`node dist/demo-engine.js [--port N]`).
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { startDemoEngine } from './demo-server';
import { isObject } from './openai-request';

async function runAsWorker(): Promise<void> {
  const port = isObject(workerData) && typeof workerData['port'] === 'number' ? workerData['port'] : 0;
  const engine = await startDemoEngine(port);
  parentPort?.on('message', (message: unknown) => {
    if (message !== 'stop') return;
    void engine.stop().then(() => parentPort?.close());
  });
  parentPort?.postMessage({ type: 'listening', baseUrl: engine.url });
}

async function runAlone(): Promise<void> {
  const at = process.argv.indexOf('--port');
  const port = at < 0 ? 0 : Number(process.argv[at + 1]);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    console.error('Usage: node demo-engine.js [--port N]');
    process.exitCode = 2;
    return;
  }
  const engine = await startDemoEngine(port);
  console.log(JSON.stringify({ type: 'listening', baseUrl: engine.url }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void engine.stop());
}

if (isMainThread) {
  runAlone().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
} else {
  void runAsWorker();
}

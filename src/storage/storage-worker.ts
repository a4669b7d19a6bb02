import { parentPort } from 'node:worker_threads';
import { FlmError, messageOf } from '../core/errors';
import { DatabaseHost } from './database-host';
import { errorCodeOf } from './file-system';
import { nodeFileSystem } from './node-file-system';
import type { WorkerAnswer, WorkerCall } from './worker-messages';

/* The thread that owns the database, so that saving, searching and checking stall nobody. Bundled as its own file. */

const host = new DatabaseHost(nodeFileSystem);

async function answer({ id, method, args }: WorkerCall): Promise<WorkerAnswer> {
  try {
    const call = host[method].bind(host) as (...args: readonly unknown[]) => Promise<unknown>;
    return { id, ok: true, value: await call(...args) };
  } catch (error) {
    const message = messageOf(error);
    if (FlmError.is(error)) return { id, ok: false, message, code: error.code };
    return { id, ok: false, message, systemCode: errorCodeOf(error) };
  }
}

parentPort?.on('message', (call: WorkerCall) => {
  void answer(call).then((message) => parentPort?.postMessage(message));
});

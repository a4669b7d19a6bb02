import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FlmError } from '../core/errors';
import type { DatabaseHostApi, RunningHost } from './database-host-api';
import type { WorkerAnswer, WorkerCall, WorkerFailure } from './worker-messages';

interface PendingCall {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** Beside the bundle when shipped; when run from source, the TypeScript file through the loader in use. */
function createWorker(): Worker {
  const bundled = join(__dirname, 'storage-worker.js');
  if (existsSync(bundled)) return new Worker(bundled, { execArgv: [], stdin: false });
  const source = JSON.stringify(join(__dirname, 'storage-worker.ts'));
  const code = `const load = require('node:module').createRequire(${source}); load('tsx/cjs'); load(${source});`;
  return new Worker(code, { eval: true, execArgv: [] });
}

/** An error does not cross threads with its `code`, so it is put together again. */
function errorOf({ code, message, systemCode }: WorkerFailure): FlmError {
  const cause = systemCode === undefined ? {} : { cause: Object.assign(new Error(message), { code: systemCode }) };
  return new FlmError(code ?? 'storage_failed', message, cause);
}

/** Starts the storage worker. Its failure to start shows as the end of the host and the rejection of the first call. */
export function startWorkerHost(): RunningHost {
  const worker = createWorker();
  worker.unref(); // Work under way is awaited by whoever closes storage.
  const calls = new Map<number, PendingCall>();
  let nextId = 1;
  let ended: Error | undefined;
  let listener: ((error: Error) => void) | undefined;
  let isClosing = false;

  const end = (error: Error) => {
    if (ended) return;
    ended = error;
    for (const pending of calls.values()) pending.reject(error);
    calls.clear();
    if (!isClosing) listener?.(error);
  };
  worker.on('message', (answer: WorkerAnswer) => {
    const pending = calls.get(answer.id);
    calls.delete(answer.id);
    if (answer.ok) pending?.resolve(answer.value as never);
    else pending?.reject(errorOf(answer));
    if (calls.size === 0) worker.unref();
  });
  worker.on('error', (error) => end(new FlmError('storage_failed', 'The storage worker failed.', { cause: error })));
  worker.on('exit', (code) => end(new FlmError('storage_failed', `The storage worker ended (code ${code}).`)));

  function call<T>(method: keyof DatabaseHostApi, ...args: readonly unknown[]): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (ended) {
        reject(ended);
        return;
      }
      const message: WorkerCall = { id: nextId++, method, args };
      calls.set(message.id, { resolve, reject });
      worker.ref();
      worker.postMessage(message);
    });
  }

  const api: DatabaseHostApi = {
    open: (request) => call('open', request),
    apply: (batches) => call('apply', batches),
    saveEngines: (engines, at) => call('saveEngines', engines, at),
    save: (now) => call('save', now),
    retain: (policy, now) => call('retain', policy, now),
    verify: (withArchives) => call('verify', withArchives),
    queryAudit: (query) => call('queryAudit', query),
    queryAccess: (query) => call('queryAccess', query),
    statistics: (query) => call('statistics', query),
    export: (request) => call('export', request),
    async close() {
      isClosing = true;
      try {
        await call('close');
      } catch {
        // It has ended already, which is what was wanted.
      }
      await worker.terminate();
    },
  };
  return { api, isSeparate: true, onDidEnd: (added) => (listener = added) };
}

import { DatabaseHost } from './database-host';
import type { RunningHost } from './database-host-api';
import type { FileSystem } from './file-system';
import type { Migration } from './migrations';

/** A host on the caller's own thread: for tests, and where no worker can be started. */
export function startLocalHost(fs: FileSystem, steps?: readonly Migration[]): RunningHost {
  return { api: new DatabaseHost(fs, steps), isSeparate: false, onDidEnd: () => undefined };
}

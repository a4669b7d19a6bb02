import { defaultRetention } from '../core/audit-query';
import { reason } from '../core/reason';
import { DatabaseLink } from './database-link';
import { DatabaseSaver } from './database-saver';
import type { FileSystem } from './file-system';
import { FolderLock } from './folder-lock';
import { startLocalHost } from './local-host';
import { nodeFileSystem } from './node-file-system';
import { OwnFolder } from './own-folder';
import { nodeProcessProbe } from './process-probe';
import { Recorder } from './recorder';
import { RetentionKeeper } from './retention-keeper';
import { saveDefaults } from './save-schedule';
import { StateKeeper } from './state-keeper';
import type { StorageOptions } from './storage-options';
import { startWorkerHost } from './worker-host';

/** What storage is made of, wired together and not started. */
export interface StorageParts {
  readonly fs: FileSystem;
  readonly state: StateKeeper;
  readonly folder: OwnFolder;
  readonly link: DatabaseLink;
  readonly recorder: Recorder;
  readonly saver: DatabaseSaver;
  readonly retention: RetentionKeeper;
}

interface Callbacks {
  /** Everything recorded so far is with the operating system, as far as the disk takes it. */
  readonly flushed: () => Promise<void>;
  readonly onLockLost: () => void;
}

export function createParts(options: StorageOptions, { flushed, onLockLost }: Callbacks): StorageParts {
  const { clock, logger } = options;
  const fs = options.fs ?? nodeFileSystem;
  const state = new StateKeeper((error) => logger.error('A listener of the storage state failed.', { error }));
  const lock = new FolderLock(fs, clock, options.probe ?? nodeProcessProbe, options.folder);
  const folder = new OwnFolder(fs, lock, state, options.folder);
  const link = new DatabaseLink({
    clock,
    logger,
    startHost: options.startHost ?? startWorkerHost,
    startFallback: () => startLocalHost(fs),
    openRequest: () => {
      const { path, secret, isNewSecret } = folder;
      return { folder: path, secret, isNewSecret, now: clock.now() };
    },
    beforeReopen: flushed,
    onAvailability: (problem) =>
      state.set('database', problem === undefined ? undefined : reason('storage.databaseGone', problem)),
  });
  const recorder = new Recorder({ clock, logger, state, backlogBytes: () => link.backlogBytes });
  const saver = new DatabaseSaver({
    clock,
    logger,
    folder,
    timings: { ...saveDefaults, ...options.save },
    state,
    link,
    recorder,
    onLockLost,
  });
  const retention = new RetentionKeeper(options.retention ?? defaultRetention, clock, logger, link, recorder, saver);
  return { fs, state, folder, link, recorder, saver, retention };
}

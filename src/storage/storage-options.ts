import type { RetentionPolicy } from '../core/audit-query';
import type { Clock } from '../core/clock';
import type { Logger } from '../core/logger';
import type { RunningHost } from './database-host-api';
import type { FileSystem } from './file-system';
import type { JournalTimings } from './journal-options';
import type { ProcessProbe } from './process-probe';
import type { SaveTimings } from './save-schedule';

export interface StorageOptions {
  /** Folder that belongs to storage alone: the extension's global storage, or the data directory. */
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retention?: RetentionPolicy;
  /** How long to wait for another process to let go of the folder; 0 by default: refused at once. */
  readonly lockWaitMs?: number;
  readonly save?: Partial<SaveTimings>;
  readonly journal?: Partial<JournalTimings>;
  readonly fs?: FileSystem;
  readonly probe?: ProcessProbe;
  /** Where the database runs: a worker by default. */
  readonly startHost?: () => RunningHost;
}

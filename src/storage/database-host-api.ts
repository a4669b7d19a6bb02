import type {
  AccessPage,
  AccessQuery,
  AuditPage,
  AuditQuery,
  ExportRequest,
  ExportResult,
  RetentionPolicy,
  Statistics,
  StatisticsQuery,
  VerifyResult,
} from '../core/audit-query';
import type { Engine } from '../core/engine';
import type { RecoveryNote } from './recovery';
import type { RetentionResult } from './retention';
import type { StoredState } from './stored-state';

export interface OpenRequest {
  readonly folder: string;
  readonly secret: Uint8Array;
  /** The secret was made just now. */
  readonly isNewSecret: boolean;
  /** Epoch ms. */
  readonly now: number;
}

export interface OpenReport {
  readonly state: StoredState;
  /** Number for the next journal entry. */
  readonly nextEntry: number;
  /** Number of the last entry in the file that was opened. */
  readonly savedEntry: number;
  /** Time of the latest audit row, 0 if there is none. */
  readonly latestAt: number;
  /** The database in memory is ahead of the file. */
  readonly isDirty: boolean;
  /** Schema of the file where it is newer than ours: nothing may be written. */
  readonly newerSchema?: number;
  readonly knownSchema: number;
  readonly notes: readonly RecoveryNote[];
}

export interface SaveReport {
  /** Number of the last entry in the saved file. */
  readonly entry: number;
  readonly bytes: number;
}

/**
 * The owner of the database, in a thread of its own or not: every call is plain data. Calls are taken in order;
 * `apply` never waits for a save, a check or an export under way.
 */
export interface DatabaseHostApi {
  open(request: OpenRequest): Promise<OpenReport>;
  /** Batches of journal lines, in one transaction. Answers the number of the last entry in the database. */
  apply(batches: readonly Uint8Array[]): Promise<number>;
  saveEngines(engines: readonly Engine[], at: number): Promise<void>;
  save(now: number): Promise<SaveReport>;
  retain(policy: RetentionPolicy, now: number): Promise<RetentionResult>;
  verify(withArchives: boolean): Promise<VerifyResult>;
  queryAudit(query: AuditQuery): Promise<AuditPage>;
  queryAccess(query: AccessQuery): Promise<AccessPage>;
  statistics(query: StatisticsQuery): Promise<Statistics>;
  export(request: ExportRequest): Promise<ExportResult>;
  close(): Promise<void>;
}

/** A host and the news of its end. */
export interface RunningHost {
  readonly api: DatabaseHostApi;
  /** Runs on a thread of its own, so its work does not hold up the caller's event loop. */
  readonly isSeparate: boolean;
  /** Called at most once, when the host ended without being asked to; calls under way are rejected. */
  onDidEnd(listener: (error: Error) => void): void;
}

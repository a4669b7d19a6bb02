import type { ErrorCode } from '../core/errors';
import type { DatabaseHostApi } from './database-host-api';

/** A call to the storage worker. */
export interface WorkerCall {
  readonly id: number;
  readonly method: keyof DatabaseHostApi;
  readonly args: readonly unknown[];
}

/** Its answer. */
export type WorkerAnswer = { readonly id: number; readonly ok: true; readonly value: unknown } | WorkerFailure;

export interface WorkerFailure {
  readonly id: number;
  readonly ok: false;
  readonly message: string;
  readonly code?: ErrorCode;
  /** Code of the system's error (`ENOSPC`), which decides what a person is told. */
  readonly systemCode?: string;
}

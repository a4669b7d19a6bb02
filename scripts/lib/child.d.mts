import type { ChildProcess, SpawnOptions } from 'node:child_process';

export interface RunOptions extends SpawnOptions {
  readonly timeoutMs?: number;
  readonly quiet?: boolean;
}

export interface RunResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  /** The last 200,000 characters; empty unless `quiet`. */
  readonly output: string;
  /** The program could not be started. */
  readonly error?: Error;
}

export function start(command: string, args: readonly string[], options?: SpawnOptions): ChildProcess;
export function run(command: string, args: readonly string[], options?: RunOptions): Promise<RunResult>;
export function end(child: ChildProcess): Promise<void>;

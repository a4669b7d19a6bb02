import { Emitter } from '../core/emitter';
import type { Event } from '../core/emitter';
import { reason } from '../core/reason';
import type { Reason } from '../core/reason';
import type { StorageState } from '../core/storage-state';

/** What can be wrong, worst first. */
const problemKinds = ['folder', 'database', 'journal', 'save', 'overload'] as const;
export type ProblemKind = (typeof problemKinds)[number];

/** Puts what is wrong with the parts together into one state, and tells when it changes. */
export class StateKeeper {
  readonly #problems = new Map<ProblemKind, Reason>();
  readonly #changed: Emitter<StorageState>;
  #readOnly: Reason | undefined;
  #state: StorageState = { kind: 'ok' };

  readonly onDidChange: Event<StorageState>;

  constructor(onError: (error: unknown) => void) {
    this.#changed = new Emitter(onError);
    this.onDidChange = this.#changed.event;
  }

  get state(): StorageState {
    return this.#state;
  }

  /** Returns whether the problem is new or gone, rather than as before. */
  set(kind: ProblemKind, problem: Reason | undefined): boolean {
    const had = this.#problems.get(kind);
    if (problem === undefined && had === undefined) return false; // told with every record: 2 µs each
    if (problem === undefined) this.#problems.delete(kind);
    else this.#problems.set(kind, problem);
    this.#update();
    return (had === undefined) !== (problem === undefined);
  }

  setReadOnly(why: Reason): void {
    this.#readOnly = why;
    this.#update();
  }

  #update(): void {
    const worst = problemKinds.map((kind) => this.#problems.get(kind)).find((problem) => problem !== undefined);
    const next: StorageState = this.#readOnly
      ? { kind: 'read-only', reason: this.#readOnly }
      : worst
        ? { kind: 'degraded', reason: worst }
        : { kind: 'ok' };
    if (JSON.stringify(next) === JSON.stringify(this.#state)) return;
    this.#state = next;
    this.#changed.fire(next);
  }
}

/** What a Node error code means to people. */
export function diskReason(code: string, folder: string): Reason {
  if (code === 'ENOSPC' || code === 'EDQUOT') return reason('storage.diskFull');
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return reason('storage.notWritable', folder, code);
  return reason('storage.writeFailed', folder, code);
}

import { FlmError } from '../core/errors';
import { errorCodeOf } from './file-system';
import type { FileSystem } from './file-system';
import type { FolderLock } from './folder-lock';
import { diskReason } from './state-keeper';
import type { StateKeeper } from './state-keeper';
import { keepSecret, loadSecret } from './storage-files';

/** The folder of this installation: made, locked against other processes, with the secret that signs what is in it. */
export class OwnFolder {
  readonly path: string;
  readonly #fs: FileSystem;
  readonly #lock: FolderLock;
  readonly #state: StateKeeper;
  #secret: Uint8Array = new Uint8Array();
  #isNewSecret = false;
  #owesSecret = false;

  constructor(fs: FileSystem, lock: FolderLock, state: StateKeeper, path: string) {
    this.#fs = fs;
    this.#lock = lock;
    this.#state = state;
    this.path = path;
  }

  get secret(): Uint8Array {
    return this.#secret;
  }

  /** Made just now: nothing older can be vouched for. */
  get isNewSecret(): boolean {
    return this.#isNewSecret;
  }

  /**
   * Takes the folder, waiting up to `waitMs` for its holder to go. Rejects with `storage_failed` when another process
   * keeps it; a folder that cannot be written is told by the state, and what can be read of it is.
   */
  async take(waitMs: number, onLost: () => void): Promise<void> {
    try {
      await this.#fs.makeFolder(this.path);
    } catch (error) {
      this.#cannotWrite(error);
    }
    const locked = await this.#lock.acquire(waitMs, onLost);
    if (locked.kind === 'held') {
      const who = locked.pid === undefined ? 'Another process' : `Process ${locked.pid}`;
      throw new FlmError('storage_failed', `${who} is using the storage folder ${this.path}. Only one can.`);
    }
    if (locked.kind === 'impossible') this.#cannotWrite(locked.error);
    await this.#loadSecret();
  }

  /**
   * Whether anything may be written: nobody else has the folder. A secret that could not be kept when it was made is
   * kept before the first file that it signs; an unreadable one beside it is not replaced.
   */
  async mayWrite(): Promise<boolean> {
    if (!(await this.#lock.isStillOurs())) return false;
    if (this.#owesSecret && (await keepSecret(this.#fs, this.path, this.#secret))) this.#owesSecret = false;
    return true;
  }

  /** The secret has signed what was opened with it. */
  opened(): void {
    this.#isNewSecret = false;
  }

  release(): Promise<void> {
    return this.#lock.release();
  }

  async #loadSecret(): Promise<void> {
    try {
      const { secret, isNew } = await loadSecret(this.#fs, this.path);
      this.#secret = secret;
      this.#isNewSecret = isNew;
    } catch (error) {
      // Nothing can be written here, so nothing is signed with it that outlives this process, until that changes
      this.#secret = crypto.getRandomValues(new Uint8Array(32));
      this.#isNewSecret = true;
      this.#owesSecret = true;
      this.#cannotWrite(error);
    }
  }

  #cannotWrite(error: unknown): void {
    this.#state.set('folder', diskReason(errorCodeOf(error), this.path));
  }
}

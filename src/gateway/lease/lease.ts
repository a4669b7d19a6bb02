import type { Clock, Timer } from '../../core/clock';
import { messageOf } from '../../core/errors';
import type { Logger } from '../../core/logger';
import { leaseHeartbeatMs, type GatewayLease } from '../../protocol/gateway-lease';
import type { LeaseFiles, LeaseRecord } from './lease-files';
import type { PipeLiveness } from './pipe-liveness';

export interface LeaseDeps {
  readonly files: LeaseFiles;
  readonly probe: (pipe: string) => Promise<PipeLiveness>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export type LeaseAnswer =
  | { readonly ok: true }
  /** Somebody alive holds it (or is just taking it). */
  | { readonly ok: false; readonly cause: 'taken'; readonly owner: GatewayLease }
  /** It belongs to another user. */
  | { readonly ok: false; readonly cause: 'forbidden'; readonly owner?: GatewayLease };

/** A file that is no lease is looked at again after this: it may be in the writing. */
const secondLookMs = 250;
const maxAttempts = 40;
const retryMs = 25;
/** Heartbeats in a row that may fail on a full or sulking disk before the lease is given up. */
const maxFailedBeats = 5;

/**
 * The right to be the one gateway of a data folder.
 *
 * An owner listens on its pipe before its lease can be read, on a name nobody uses twice; so "nobody listens" means
 * "this owner is gone for good", whatever became of its pid and whatever the clock says. Succession is a
 * compare-and-swap on that lease (see {@link LeaseFiles}): with any number of windows at once, exactly one follows.
 */
export class Lease {
  readonly #deps: LeaseDeps;
  readonly #own: GatewayLease;
  readonly #onLost: () => void;
  #timer: Timer | undefined;
  #state: 'idle' | 'held' | 'ended' = 'idle';
  #failedBeats = 0;

  /** `onLost` is called once, when somebody else turns out to hold the lease: the gateway must then step down. */
  constructor(own: GatewayLease, onLost: () => void, deps: LeaseDeps) {
    this.#own = own;
    this.#onLost = onLost;
    this.#deps = deps;
  }

  /**
   * Takes the lease if nobody alive holds it. Its pipe must be listening already. Takes milliseconds, at most a few
   * seconds with many contenders; rejects when the folder cannot be written.
   *
   * @param replaceNonce a lease whose owner hangs: treated as dead though its pipe still accepts.
   */
  async acquire(replaceNonce?: string): Promise<LeaseAnswer> {
    const answer = await this.#take(replaceNonce);
    if (answer.ok && this.#state === 'idle') {
      this.#state = 'held';
      await this.#deps.files.removeStrays(this.#own.nonce, this.#deps.clock.now()).catch(() => undefined);
      this.#schedule();
    }
    return answer;
  }

  /** Gives the lease back, if it still is ours. Call while the pipe still listens. Never rejects. */
  async release(): Promise<void> {
    const wasHeld = this.#state === 'held';
    this.#end();
    if (!wasHeld) return;
    try {
      const root = await this.#deps.files.readRoot();
      if (root?.key === this.#own.nonce) await this.#deps.files.removeRoot();
    } catch (error) {
      this.#deps.logger.warn('The lease could not be removed; others will find it without an owner.', { error });
    }
  }

  async #take(replaceNonce?: string): Promise<LeaseAnswer> {
    const { files } = this.#deps;
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const chain = await this.#readChain();
      if (chain === 'forbidden') return { ok: false, cause: 'forbidden' };
      const tail = chain.at(-1);
      if (tail === undefined) {
        if (await files.createRoot(this.#own)) return { ok: true };
        continue;
      }
      if (tail.key === this.#own.nonce) return { ok: true };
      const standing = await this.#standingOf(tail, replaceNonce);
      if (standing !== 'dead') return standing;
      if ((await files.claim(tail.key, this.#own)) && (await this.#succeed(chain))) return { ok: true };
      await this.#pause(retryMs * (1 + Math.random()));
    }
    throw new Error('The lease kept changing hands.');
  }

  async #readChain(): Promise<LeaseRecord[] | 'forbidden'> {
    try {
      return await this.#deps.files.readChain();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES' || code === 'EPERM') return 'forbidden';
      throw error;
    }
  }

  async #standingOf(record: LeaseRecord, replaceNonce: string | undefined): Promise<'dead' | LeaseAnswer> {
    const { lease, key } = record;
    if (lease === undefined) {
      await this.#pause(secondLookMs);
      const again = await this.#deps.files.readChain();
      // Changed in the meantime: `claim` below fails or is void, and the next attempt sees the new state.
      if (again.at(-1)?.key === key) this.#deps.logger.warn('The lease file is corrupt and will be replaced.');
      return 'dead';
    }
    if (lease.nonce === replaceNonce) return 'dead';
    const liveness = await this.#deps.probe(lease.pipe);
    if (liveness === 'dead') return 'dead';
    return { ok: false, cause: liveness === 'alive' ? 'taken' : 'forbidden', owner: lease };
  }

  /**
   * With the claim on the last lease of `chain` in hand: it counts only if that chain still stands, since a slow
   * contender may claim to follow a lease that was long succeeded and tidied away.
   */
  async #succeed(chain: readonly LeaseRecord[]): Promise<boolean> {
    const { files } = this.#deps;
    const now = await files.readChain();
    const isStanding = now.length === chain.length + 1 && chain.every((record, i) => record.key === now[i]?.key);
    if (!isStanding || now.at(-1)?.key !== this.#own.nonce) {
      await files.dropClaim(chain.at(-1)?.key ?? '');
      return false;
    }
    await files.replaceRoot(this.#own);
    for (const record of chain) await files.dropClaim(record.key);
    return true;
  }

  #schedule(): void {
    if (this.#state !== 'held') return;
    this.#timer = this.#deps.clock.setTimeout(() => void this.#beat(), leaseHeartbeatMs);
  }

  async #beat(): Promise<void> {
    try {
      const root = await this.#deps.files.readRoot();
      if (root?.key === this.#own.nonce) await this.#deps.files.touch(new Date(this.#deps.clock.now()));
      // Deleted or scribbled over while we serve: put back, unless somebody followed us in the meantime.
      else if (root?.lease !== undefined || !(await this.#take()).ok) {
        this.#lose();
        return;
      }
      this.#failedBeats = 0;
    } catch (error) {
      this.#failedBeats += 1;
      this.#deps.logger.warn(`The lease could not be renewed: ${messageOf(error)}`);
      if (this.#failedBeats >= maxFailedBeats) {
        this.#lose();
        return;
      }
    }
    this.#schedule();
  }

  #lose(): void {
    if (this.#state !== 'held') return;
    this.#end();
    this.#onLost();
  }

  #end(): void {
    this.#state = 'ended';
    this.#timer?.cancel();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#deps.clock.setTimeout(resolve, ms));
  }
}

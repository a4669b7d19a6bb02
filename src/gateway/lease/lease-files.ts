import { createHash } from 'node:crypto';
import { link, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { leaseFileName, parseLease, type GatewayLease } from '../../protocol/gateway-lease';
import { randomId } from '../../core/random-id';
import { renameOver, writePrivateFile } from '../atomic-file';

/** One lease of the chain as it lies on disk. */
export interface LeaseRecord {
  /** The nonce; for a file that is no lease, a hash of what it holds. Names the claim that may follow. */
  readonly key: string;
  /** Undefined: corrupt. */
  readonly lease: GatewayLease | undefined;
}

const claimPrefix = 'gateway.lease.next-';
/** Longer chains mean a bug or a prank; the tail found then is treated as the end. */
const maxChainLength = 16;
const noHardLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EMLINK']);
const strayAgeMs = 60_000;

/**
 * The lease file and the claims on it. A claim `gateway.lease.next-<key>` says who follows the lease `<key>`; creating
 * it is exclusive, so a lease has one successor at most, however many windows see its owner die at once.
 */
export class LeaseFiles {
  readonly #dataDir: string;
  readonly #root: string;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    this.#root = join(dataDir, leaseFileName);
  }

  /** The lease file; undefined when there is none. Rejects when it cannot be read. */
  readRoot(): Promise<LeaseRecord | undefined> {
    return readRecord(this.#root);
  }

  /** The lease and the claims upon it, oldest first; empty when there is no lease. */
  async readChain(): Promise<LeaseRecord[]> {
    const chain: LeaseRecord[] = [];
    let next = await this.readRoot();
    while (next !== undefined && chain.length < maxChainLength) {
      chain.push(next);
      next = await readRecord(this.#claim(next.key));
    }
    return chain;
  }

  /** Creates the lease file. False when there is one. */
  createRoot(lease: GatewayLease): Promise<boolean> {
    return createExclusive(this.#root, JSON.stringify(lease));
  }

  /** Claims to follow `key`. False when somebody else has. */
  claim(key: string, lease: GatewayLease): Promise<boolean> {
    return createExclusive(this.#claim(key), JSON.stringify(lease));
  }

  async dropClaim(key: string): Promise<void> {
    await rm(this.#claim(key), { force: true });
  }

  /** For the holder of the last claim only. */
  async replaceRoot(lease: GatewayLease): Promise<void> {
    const temporary = `${this.#root}.${randomId(8)}.tmp`;
    await writePrivateFile(temporary, JSON.stringify(lease));
    await renameOver(temporary, this.#root);
  }

  async removeRoot(): Promise<void> {
    await rm(this.#root, { force: true });
  }

  /** Sets the modification time: the heartbeat that others can see. */
  async touch(now: Date): Promise<void> {
    await utimes(this.#root, now, now);
  }

  /** Removes claims that no longer follow anything, and half-written files an hour-old crash left. Best effort. */
  async removeStrays(ownNonce: string, now: number): Promise<void> {
    for (const name of await readdir(this.#dataDir)) {
      const path = join(this.#dataDir, name);
      const isForeignClaim = name.startsWith(claimPrefix) && !name.endsWith('.tmp') && name !== claimPrefix + ownNonce;
      const isTemporary = /^gateway\.lease\..*\.tmp$/.test(name) && (await ageOf(path, now)) > strayAgeMs;
      if (isForeignClaim || isTemporary) await rm(path, { force: true }).catch(() => undefined);
    }
  }

  #claim(key: string): string {
    return join(this.#dataDir, claimPrefix + key);
  }
}

async function ageOf(path: string, now: number): Promise<number> {
  try {
    return now - (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}

async function readRecord(path: string): Promise<LeaseRecord | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const lease = parseLease(text);
  return { key: lease?.nonce ?? createHash('sha256').update(text).digest('hex').slice(0, 32), lease };
}

/**
 * Creates a file with all of its content at once or not at all. Where the file system has no hard links (exFAT, some
 * network folders) the content follows a moment after the name; readers look twice before calling a lease corrupt.
 */
async function createExclusive(path: string, content: string): Promise<boolean> {
  const temporary = `${path}.${randomId(8)}.tmp`;
  await writePrivateFile(temporary, content);
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!noHardLinks.has(code ?? '')) throw error;
    return await createInPlace(path, content);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function createInPlace(path: string, content: string): Promise<boolean> {
  try {
    await writePrivateFile(path, content);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

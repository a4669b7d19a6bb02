import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { leaseFileName, parseLease, type GatewayLease } from '../../protocol/gateway-lease';

/** A lease with the time of its owner's last heartbeat, as the file system has it. */
export interface SeenLease {
  readonly lease: GatewayLease;
  readonly beatAt: number;
}

/** The lease of a data folder; undefined when there is none that could be read. Never rejects. */
export async function readLease(dataDir: string): Promise<SeenLease | undefined> {
  const path = join(dataDir, leaseFileName);
  try {
    const { mtimeMs } = await stat(path);
    const lease = parseLease(await readFile(path, 'utf8'));
    return lease === undefined ? undefined : { lease, beatAt: mtimeMs };
  } catch {
    return undefined;
  }
}

/**
 * Who serves the gateway of a data folder: the content of `gateway.lease.json` (mode 0600). Windows read it to find
 * the pipe; only the gateway itself writes it.
 */
export interface GatewayLease {
  /** Unix socket path or Windows pipe name. Listening before the lease names it, silent for ever once its owner ended. */
  readonly pipe: string;
  /** Proves to the gateway that a window may read this file. */
  readonly token: string;
  /** For people; never used to judge whether the owner lives (pids are recycled). */
  readonly pid: number;
  /** Version of the extension, for people. */
  readonly version: string;
  readonly protocolVersion: number;
  /** New for every owner: tells two leases apart. */
  readonly nonce: string;
  /** Epoch ms. */
  readonly startedAt: number;
}

export const leaseFileName = 'gateway.lease.json';

/** The owner touches the lease file this often. Readers compare modification times with each other, never with a clock. */
export const leaseHeartbeatMs = 2_000;

/** Reads a lease; undefined for anything truncated, corrupt or of another shape. Never throws. */
export function parseLease(text: string): GatewayLease | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const lease = value as Partial<Record<keyof GatewayLease, unknown>>;
  if (!isText(lease.pipe, 512) || !isText(lease.token, 256) || !isText(lease.version, 100)) return undefined;
  if (typeof lease.nonce !== 'string' || !/^[0-9a-z]{8,64}$/.test(lease.nonce)) return undefined;
  const { pid, protocolVersion, startedAt } = lease;
  if (!isCount(pid) || !isCount(protocolVersion) || !isCount(startedAt)) return undefined;
  const { pipe, token, version, nonce } = lease;
  return { pipe, token, pid, version, protocolVersion, nonce, startedAt };
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= maxLength;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

import { join } from 'node:path';
import type { AuditEvent } from '../../../../src/core/audit';
import { silentLogger } from '../../../../src/core/logger';
import type { AccessRecord } from '../../../../src/core/request';
import { startLocalHost } from '../../../../src/storage/local-host';
import type { ProcessProbe } from '../../../../src/storage/process-probe';
import { Storage } from '../../../../src/storage/storage';
import type { StorageOptions } from '../../../../src/storage/storage-options';
import { FakeClock } from '../../../helpers/fake-clock';
import { MemoryFileSystem } from './memory-file-system';
import type { MemoryDisk } from './memory-file-system';

export const folder = join('/', 'data', 'flm');

let nextPid = 1000;

/** A machine whose processes live as long as their file system was not killed. */
const alive = new Map<number, MemoryFileSystem>();

function probeOf(fs: MemoryFileSystem): ProcessProbe {
  const pid = nextPid++;
  alive.set(pid, fs);
  return {
    pid,
    host: 'here',
    isAlive: (other) => alive.get(other)?.isKilled === false,
    startMark: async (other) => `start-${other}`,
  };
}

export interface Opened {
  readonly storage: Storage;
  readonly fs: MemoryFileSystem;
  readonly clock: FakeClock;
}

/** Storage on a simulated disk, with the database on this thread and a clock turned by hand. */
export async function openStorage(
  disk?: MemoryDisk,
  over: Partial<StorageOptions> = {},
  prepare?: (fs: MemoryFileSystem) => void,
): Promise<Opened> {
  const fs = new MemoryFileSystem(disk);
  prepare?.(fs);
  const clock = (over.clock as FakeClock | undefined) ?? new FakeClock();
  const storage = new Storage({
    folder,
    clock,
    logger: silentLogger,
    fs,
    probe: probeOf(fs),
    startHost: () => startLocalHost(fs),
    ...over,
  });
  await storage.start();
  return { storage, fs, clock };
}

export function makeEvent(over: Partial<AuditEvent> = {}): AuditEvent {
  return { kind: 'auth.failure', severity: 'low', at: Date.UTC(2026, 0, 1), address: '203.0.113.9', ...over };
}

export function makeRecord(over: Partial<AccessRecord> = {}): AccessRecord {
  return {
    requestId: 'req_1',
    at: Date.UTC(2026, 0, 1),
    address: '203.0.113.9',
    method: 'POST',
    route: '/v1/chat/completions',
    path: '/v1/chat/completions',
    status: 200,
    outcome: 'ok',
    durationMs: 1_000,
    bytesIn: 100,
    bytesOut: 1_000,
    ...over,
  };
}

export function makeKey(id: string) {
  return { id, label: id, kind: 'normal' as const, scope: {}, createdAt: 1, secretHash: 'aa'.repeat(32) };
}

/** All audit rows, oldest first. */
export async function allRows(storage: Storage) {
  const rows = [];
  for (let after; ;) {
    const page = await storage.queryAudit({ limit: 1000, ...(after ? { after } : {}) });
    rows.push(...page.rows);
    after = page.next;
    if (!after) return rows.sort((a, b) => a.seq - b.seq);
  }
}

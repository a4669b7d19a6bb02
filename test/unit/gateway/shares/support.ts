import type { CatalogEntry } from '../../../../src/core/catalog';
import type { AuditEvent } from '../../../../src/core/audit';
import { Emitter } from '../../../../src/core/emitter';
import type { Endpoint, ExposureDemand, MachineAddress } from '../../../../src/core/exposure';
import { FlmError } from '../../../../src/core/errors';
import { silentLogger } from '../../../../src/core/logger';
import type { CreateShareParams } from '../../../../src/protocol/sharing-rpc';
import type { ExposureDemands } from '../../../../src/gateway/exposure/exposure-demands';
import { KeyTotals } from '../../../../src/gateway/shares/key-totals';
import { ShareStore, type Documents } from '../../../../src/gateway/shares/share-store';
import { ShareUsage } from '../../../../src/gateway/shares/share-usage';
import { Shares } from '../../../../src/gateway/shares/shares';
import { DayCounter } from '../../../../src/security/api-keys/day-counter';
import { KeyManager } from '../../../../src/security/api-keys/key-manager';
import { FakeClock } from '../../../helpers/fake-clock';
import { MemoryKeyStore } from '../../security/api-keys/support';

export const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;

export function makeAddress(address: string, range: string, over: Partial<MachineAddress> = {}): MachineAddress {
  return { address, range, family: address.includes(':') ? 6 : 4, interfaceName: 'eth0', kind: 'private', ...over };
}

export const wifi = makeAddress('192.168.1.20', '192.168.1.0/24');

/** Documents in a map; `failing` makes `put` reject as a full disk does, keeping what was put in memory. */
export class MemoryDocuments implements Documents {
  readonly values = new Map<string, unknown>();
  failing = false;

  withPrefix(prefix: string): readonly { readonly name: string; readonly value: unknown }[] {
    return [...this.values].flatMap(([name, value]) => (name.startsWith(prefix) ? [{ name, value }] : []));
  }

  async put(name: string, value: unknown): Promise<void> {
    this.values.set(name, value);
    if (this.failing) throw new FlmError('storage_failed', 'disk full');
  }

  async remove(name: string): Promise<void> {
    this.values.delete(name);
  }
}

/** What is asked of the exposure now, by id. */
export class FakeDemands implements ExposureDemands {
  readonly now = new Map<string, ExposureDemand>();

  demand(id: string, demand: ExposureDemand): void {
    this.now.set(id, demand);
  }

  release(id: string): void {
    this.now.delete(id);
  }
}

/** What outlives a process. */
export interface Disk {
  readonly documents: MemoryDocuments;
  readonly keys: MemoryKeyStore;
}

/** Shares over memory. `restart` is what a new process finds. */
export class ShareBench {
  readonly clock: FakeClock;
  readonly disk: Disk;
  readonly demands = new FakeDemands();
  readonly totals = new KeyTotals();
  readonly requests: DayCounter;
  readonly tokens: DayCounter;
  readonly audited: { readonly kind: string; readonly details: AuditEvent['details'] }[] = [];
  readonly keys: KeyManager;
  readonly shares: Shares;
  readonly networksChanged = new Emitter<void>();
  readonly endpoint: Endpoint = { from: 'network', url: 'https://192.168.1.20:11435/v1', isTls: true };
  machine: readonly MachineAddress[] = [wifi];
  changes = 0;
  watched = false;

  constructor(
    clock = new FakeClock(),
    disk: Disk = { documents: new MemoryDocuments(), keys: new MemoryKeyStore() },
    machine: readonly MachineAddress[] = [wifi],
  ) {
    this.clock = clock;
    this.disk = disk;
    this.machine = machine;
    this.requests = new DayCounter(clock);
    this.tokens = new DayCounter(clock);
    this.keys = new KeyManager(disk.keys, clock);
    const model = { id: 'ollama/llama3.2:3b' } as CatalogEntry;
    this.shares = new Shares({
      store: new ShareStore(disk.documents),
      keys: this.keys,
      demands: this.demands,
      networks: {
        addresses: () => this.machine,
        watch: (isNeeded) => (this.watched = isNeeded),
        onDidChange: this.networksChanged.event,
      },
      usage: new ShareUsage(this.totals, this.requests, this.tokens),
      catalog: { list: () => [model] },
      endpoints: () => Promise.resolve([this.endpoint]),
      keysChanged: () => this.shares.keysChanged(),
      record: (kind, details) => void this.audited.push({ kind, details }),
      clock,
      logger: silentLogger,
    });
    this.shares.onDidChange(() => this.changes++);
  }

  static async started(...args: ConstructorParameters<typeof ShareBench>): Promise<ShareBench> {
    const bench = new ShareBench(...args);
    await bench.shares.start();
    return bench;
  }

  /** Another process on the same disk, as after a kill. */
  restart(machine = this.machine): Promise<ShareBench> {
    this.shares.dispose();
    return ShareBench.started(this.clock, this.disk, machine);
  }

  create(over: Partial<CreateShareParams> = {}) {
    return this.shares.create({ label: 'colleague', audience: { type: 'lan' }, limits: {}, ...over });
  }

  key(id: string) {
    return this.keys.list().find((key) => key.id === id);
  }
}

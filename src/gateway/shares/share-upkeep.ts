import type { AuditEvent, AuditKind } from '../../core/audit';
import type { Clock } from '../../core/clock';
import type { Disposable } from '../../core/disposable';
import { FlmError, messageOf } from '../../core/errors';
import type { Event } from '../../core/emitter';
import type { MachineAddress } from '../../core/exposure';
import type { Logger } from '../../core/logger';
import type { Share, ShareAudience } from '../../core/share';
import { exposureOf } from '../../core/share-audience';
import type { KeyManager } from '../../security/api-keys/key-manager';
import type { ExposureDemands } from '../exposure/exposure-demands';
import { ExpiryWatch } from '../protection/expiry-watch';
import { isKeyOf, isSame, shareScope } from './share-scope';
import type { ShareStore } from './share-store';
import type { ShareUsage } from './share-usage';

/** The networks this machine is in now. */
export interface Networks {
  addresses(): readonly MachineAddress[];
  /** Somebody needs to be told of changes, or no longer. */
  watch(isNeeded: boolean): void;
  readonly onDidChange: Event<unknown>;
}

export interface UpkeepDeps {
  readonly store: ShareStore;
  readonly keys: Pick<KeyManager, 'change' | 'revoke' | 'remove' | 'list'>;
  readonly demands: ExposureDemands;
  readonly networks: Networks;
  readonly usage: ShareUsage;
  /** Keys were made, changed or revoked: somebody else may have to know. */
  readonly keysChanged: () => void;
  readonly record: (kind: AuditKind, details: AuditEvent['details'], severity: AuditEvent['severity']) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Records of ended shares that are kept. */
const maxEnded = 200;

export type Ender = NonNullable<Share['endedBy']>;

/**
 * Keeps keys, exposure and documents of shares together: as they begin and end, as networks change, and after a crash.
 * Its operations must not cross; {@link Shares} sees to that.
 */
export class ShareUpkeep implements Disposable {
  readonly #deps: UpkeepDeps;
  readonly #onChange: () => void;
  readonly #expiries: ExpiryWatch;

  /**
   * @param onDue the end of a share has come: {@link tidy} is to follow
   * @param onChange a share is another
   */
  constructor(deps: UpkeepDeps, onDue: () => void, onChange: () => void) {
    this.#deps = deps;
    this.#onChange = onChange;
    this.#expiries = new ExpiryWatch(() => deps.store.running(), onDue, deps.clock);
  }

  /** After the start: undoes what was half made, ends what is over, asks for the exposure of the others. */
  async begin(): Promise<void> {
    const { store, keys, logger } = this.#deps;
    const running = new Set(store.running().map(({ keyId }) => keyId));
    for (const key of keys.list()) {
      if (key.shareId === undefined || key.revokedAt !== undefined || running.has(key.id)) continue;
      logger.warn(`The key ${key.id} was made for a share that there is not; it is revoked.`);
      if (store.get(key.shareId) === undefined) await this.drop(key.id);
      else await this.#revoke(key.id);
    }
    await this.tidy();
    await this.follow();
    for (const share of store.running()) this.#deps.demands.demand(share.id, share.exposure);
    this.#watch();
    this.#onChange();
  }

  /** Ends what is over: its time has come, or its key is gone. */
  async tidy(): Promise<void> {
    const { store, clock } = this.#deps;
    const revoked = this.#revokedKeys();
    for (const share of store.running()) {
      const isOver = share.expiresAt !== undefined && share.expiresAt <= clock.now();
      if (isOver) await this.end(share, 'expiry').catch((error: unknown) => this.#unstored(share, error));
      else if (revoked.has(share.keyId)) {
        await this.end(share, 'key-revoked').catch((error: unknown) => this.#unstored(share, error));
      }
    }
  }

  /** This machine's networks may be others now, or a crash left a key behind its share. */
  async follow(): Promise<void> {
    const { store, keys, networks, demands } = this.#deps;
    const machine = networks.addresses();
    const byId = new Map(keys.list().map((key) => [key.id, key]));
    for (const share of store.running()) {
      const key = byId.get(share.keyId);
      const scope = shareScope(share, machine);
      if (key !== undefined && !isKeyOf(share, key, scope)) {
        await keys
          .change(share.keyId, { label: share.label, scope, expiresAt: share.expiresAt ?? null }, share.id)
          .then(() => this.#deps.keysChanged())
          .catch((error: unknown) => this.#unstored(share, error));
      }
      const exposure = exposureOf(share.audience, machine, share.addresses);
      if (isSame(exposure, share.exposure)) continue;
      demands.demand(share.id, exposure);
      await store.put({ ...share, exposure }).catch((error: unknown) => this.#unstored(share, error));
      this.#onChange();
    }
  }

  /** In force before anything is awaited: the key revoked, the exposure given back. */
  async end(share: Share, by: Ender): Promise<Share> {
    const { store, demands, clock } = this.#deps;
    const now = clock.now();
    const endedAt = by === 'expiry' ? Math.min(now, share.expiresAt ?? now) : now;
    const ended: Share = { ...share, endedAt, endedBy: by };
    const stored = [store.put(ended), this.#deps.keys.revoke(share.keyId).catch(unlessGone)];
    demands.release(share.id);
    this.#watch();
    this.#deps.keysChanged();
    this.#onChange();
    this.record('share.ended', ended, { by }, 'low');
    const failures = (await Promise.allSettled(stored)).filter((one) => one.status === 'rejected');
    await this.#prune();
    if (failures[0] !== undefined) throw failures[0].reason;
    return ended;
  }

  /** A share is made, or has another audience, end or limit: stored already. */
  begun(share: Share): void {
    this.#deps.demands.demand(share.id, share.exposure);
    this.#watch();
    this.#deps.keysChanged();
    this.#onChange();
  }

  /** Whether a running share has lost its key. */
  hasLostKey(): boolean {
    return this.#revokedKeys().size > 0;
  }

  dispose(): void {
    this.#deps.networks.watch(false);
    this.#expiries.dispose();
  }

  /** Revokes and forgets a key that nobody was told. Never rejects. */
  async drop(keyId: string): Promise<void> {
    await this.#revoke(keyId);
    await this.#deps.keys.remove(keyId).catch(() => undefined); // revoked is what matters
  }

  async #revoke(keyId: string): Promise<void> {
    await this.#deps.keys.revoke(keyId).catch((error: unknown) => {
      this.#deps.logger.error(`The key ${keyId} could not be revoked on the disk: ${messageOf(error)}`);
    });
    this.#deps.keysChanged();
  }

  /** A row of the audit log. */
  record(kind: AuditKind, share: Share, more: Record<string, string>, severity: AuditEvent['severity']): void {
    const { audience } = share;
    this.#deps.record(
      kind,
      {
        share: share.id,
        label: share.label,
        audience: audienceName(audience).slice(0, 500),
        expiresAt: share.expiresAt ?? null,
        ...more,
      },
      severity,
    );
  }

  /** Old records go, and their keys with them. */
  async #prune(): Promise<void> {
    const { store, usage } = this.#deps;
    for (const { id, keyId } of store.ended().slice(maxEnded)) {
      await Promise.allSettled([store.remove(id), this.drop(keyId)]);
      usage.forget(keyId);
    }
  }

  /** What ends by itself, and whose networks may change, is looked after as long as there is something of it. */
  #watch(): void {
    this.#expiries.renew();
    const { store, networks } = this.#deps;
    networks.watch(store.running().some(({ audience }) => audience.type === 'lan' || audience.type === 'addresses'));
  }

  /** Keys of shares that were revoked or are gone. */
  #revokedKeys(): ReadonlySet<string> {
    const living = new Set(this.#deps.keys.list().flatMap((key) => (key.revokedAt === undefined ? [key.id] : [])));
    return new Set(this.#deps.store.running().flatMap(({ keyId }) => (living.has(keyId) ? [] : [keyId])));
  }

  #unstored(share: Share, error: unknown): void {
    this.#deps.logger.error(`The share ${share.id} could not be brought up to date on the disk: ${messageOf(error)}`);
  }
}

/** Who a share is for, in the audit log. */
function audienceName(audience: ShareAudience): string {
  if (audience.type === 'addresses') return audience.ranges.join(', ');
  const { interfaces = [] } = audience.type === 'lan' ? audience : {};
  return [audience.type, ...interfaces].join(' ');
}

/** A key that is not there any more lets nobody in. */
function unlessGone(error: unknown): undefined {
  if (FlmError.is(error, 'not_found')) return undefined;
  throw error;
}

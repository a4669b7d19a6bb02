import type { ApiKey, KeyScope } from '../../core/api-key';
import type { AuditEvent, AuditKind } from '../../core/audit';
import type { Catalog } from '../../core/catalog';
import type { Clock } from '../../core/clock';
import { DisposableStore } from '../../core/disposable';
import { Emitter, type Event } from '../../core/emitter';
import { FlmError, messageOf } from '../../core/errors';
import type { Endpoint, MachineAddress } from '../../core/exposure';
import type { Logger } from '../../core/logger';
import { randomId } from '../../core/random-id';
import { reason, type Reason } from '../../core/reason';
import type { AccessRecord } from '../../core/request';
import type { Share, ShareLimits, ShareView } from '../../core/share';
import type { ChangeShareParams, CreatedShare, CreateShareParams } from '../../protocol/sharing-rpc';
import { routeMethods } from '../../proxy/route-table';
import { matchesGlob } from '../../core/glob';
import { normalizeScope } from '../../security/api-keys/key-scope';
import type { KeyManager } from '../../security/api-keys/key-manager';
import type { ExposureDemands } from '../exposure/exposure-demands';
import { ExpiryWatch } from '../protection/expiry-watch';
import { endpointsFor, exposureOf, isBeyondMachine, keyAddresses } from '../../core/share-audience';
import { checkAudience, checkChosen, checkLimits } from './share-checks';
import type { ShareStore } from './share-store';
import type { ShareUsage } from './share-usage';

/** The networks this machine is in now. */
export interface Networks {
  addresses(): readonly MachineAddress[];
  /** Somebody needs to be told of changes, or no longer. */
  watch(isNeeded: boolean): void;
  readonly onDidChange: Event<unknown>;
}

export interface SharesDeps {
  readonly store: ShareStore;
  readonly keys: Pick<KeyManager, 'create' | 'change' | 'revoke' | 'rotate' | 'remove' | 'list'>;
  readonly demands: ExposureDemands;
  readonly networks: Networks;
  readonly usage: ShareUsage;
  readonly catalog: Pick<Catalog, 'list'>;
  /** Ways to the proxy, once it listens as the demands want it. */
  readonly endpoints: () => Promise<readonly Endpoint[]>;
  /** Keys were made, changed or revoked: somebody else may have to know. */
  readonly keysChanged: () => void;
  readonly record: (kind: AuditKind, details: AuditEvent['details'], severity: AuditEvent['severity']) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Records of ended shares that are kept. */
const maxEnded = 200;
const maxRunning = 100;
const knownRoutes = Object.keys(routeMethods);
const minuteMs = 60_000;

type Ender = NonNullable<Share['endedBy']>;

/**
 * Shares: each is a key of its own, the exposure it needs, and an end.
 *
 * A share exists once its document is stored. What a crash leaves before that is a key without a share, and is revoked
 * at the next start; nothing beside the documents is believed about who may come in. Operations queue up, so that an
 * end and a change cannot cross.
 */
export class Shares {
  readonly #deps: SharesDeps;
  readonly #changes = new Emitter<void>();
  readonly #disposables = new DisposableStore();
  readonly #expiries: ExpiryWatch;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(deps: SharesDeps) {
    this.#deps = deps;
    const endings = () => deps.store.running();
    this.#expiries = this.#disposables.add(
      new ExpiryWatch(endings, () => this.#inBackground(() => this.#tidy()), deps.clock),
    );
  }

  /** A share or what it used is another. May fire with every request. */
  get onDidChange(): Event<void> {
    return this.#changes.event;
  }

  /**
   * With the storage open and before anything listens: ends what is over, undoes what was half made, and asks for the
   * exposure of the others. Never rejects.
   */
  async start(): Promise<void> {
    const { store, networks, logger } = this.#deps;
    for (const name of store.load()) logger.error(`The stored ${name} cannot be read; its key is revoked.`);
    this.#disposables.add(networks.onDidChange(() => this.#inBackground(() => this.#follow())));
    await this.#enqueue(() => this.#begin()).catch((error: unknown) => {
      logger.error('Shares could not be brought up to date.', { error });
    });
  }

  dispose(): void {
    this.#deps.networks.watch(false);
    this.#disposables.dispose();
    this.#changes.dispose();
  }

  /** Running shares, newest first. */
  running(): readonly ShareView[] {
    return this.#deps.store.running().map((share) => this.#view(share));
  }

  /** Running shares, then what is left of the others, the one that ended last first. */
  all(): readonly ShareView[] {
    return [...this.running(), ...this.#deps.store.ended().map((share) => this.#view(share))];
  }

  /** Rejects with `config_invalid` or `storage_failed`: then there is neither key nor exposure. */
  create(wanted: CreateShareParams): Promise<CreatedShare> {
    return this.#enqueue(async () => {
      const { store, keys, networks, clock } = this.#deps;
      if (store.running().length >= maxRunning) {
        throw new FlmError('config_invalid', `There are ${maxRunning} shares already.`);
      }
      const machine = networks.addresses();
      const audience = checkAudience(wanted.audience);
      const limits = checkLimits(wanted.limits, knownRoutes);
      const own = machine.map(({ address }) => address);
      const addresses = wanted.addresses === undefined ? undefined : checkChosen(wanted.addresses, own);
      const id = `share_${randomId(12)}`;
      const key = await keys.create({
        label: wanted.label,
        scope: scopeOf({ audience, limits }, machine),
        purpose: 'share',
        shareId: id,
        ...(wanted.expiresAt === undefined ? {} : { expiresAt: wanted.expiresAt }),
      });
      const share: Share = {
        id,
        label: key.key.label,
        audience,
        limits,
        keyId: key.key.id,
        exposure: exposureOf(audience, machine, addresses),
        createdAt: clock.now(),
        ...(addresses === undefined ? {} : { addresses }),
        ...(key.key.expiresAt === undefined ? {} : { expiresAt: key.key.expiresAt }),
      };
      await store.put(share).catch(async (error: unknown) => {
        await Promise.allSettled([store.remove(id), this.#drop(key.key.id)]);
        throw error;
      });
      this.#begun(share);
      this.#record('share.created', share, {}, isBeyondMachine(audience) ? 'medium' : 'low');
      return { share, key, endpoints: await this.#endpoints(share), warnings: this.#warnings(share, machine) };
    });
  }

  /** Rejects with `not_found`, `config_invalid` or `storage_failed`. */
  change({ id, ...wanted }: ChangeShareParams): Promise<Share> {
    return this.#enqueue(async () => {
      const { store, keys, networks, clock } = this.#deps;
      const { expiresAt: oldEnd, ...old } = this.#running(id);
      const expiresAt = wanted.expiresAt === undefined ? oldEnd : (wanted.expiresAt ?? undefined);
      if (wanted.expiresAt !== undefined && expiresAt !== undefined && expiresAt <= clock.now()) {
        throw new FlmError('config_invalid', 'The end must be in the future.');
      }
      const machine = networks.addresses();
      const audience = wanted.audience === undefined ? old.audience : checkAudience(wanted.audience);
      const changed: Share = {
        ...old,
        audience,
        label: wanted.label ?? old.label,
        limits: wanted.limits === undefined ? old.limits : checkLimits(wanted.limits, knownRoutes),
        exposure: exposureOf(audience, machine, old.addresses),
        ...(expiresAt === undefined ? {} : { expiresAt: Math.round(expiresAt) }),
      };
      // The key first: it checks the label, and a document alone would let nobody in. A crash in between leaves a key
      // that the next start puts right.
      await keys.change(
        old.keyId,
        { label: changed.label, scope: scopeOf(changed, machine), expiresAt: changed.expiresAt ?? null },
        id,
      );
      await store.put(changed).finally(() => this.#begun(changed));
      this.#record('share.changed', changed, { what: Object.keys(wanted).join(', ') }, 'low');
      return changed;
    });
  }

  /** Ends it now. Ending twice is harmless. In force at once; rejects with `storage_failed` when it could not be stored. */
  end(id: string): Promise<Share> {
    return this.#enqueue(async () => {
      const share = this.#known(id);
      return share.endedAt === undefined ? this.#end(share, 'person') : share;
    });
  }

  /** Ends every share that somebody beyond this machine could use. */
  endBeyondMachine(): Promise<void> {
    return this.#enqueue(async () => {
      const beyond = this.#deps.store.running().filter(({ audience }) => isBeyondMachine(audience));
      for (const share of beyond) await this.#end(share, 'person');
    });
  }

  /** A new secret; the old one works for `graceMinutes` more. */
  rotate(id: string, graceMinutes: number): Promise<CreatedShare> {
    return this.#enqueue(async () => {
      const share = this.#running(id);
      const key = await this.#deps.keys.rotate(share.keyId, graceMinutes * minuteMs);
      this.#deps.keysChanged();
      this.#record('share.changed', share, { what: 'key' }, 'low');
      const warnings = this.#warnings(share, this.#deps.networks.addresses());
      return { share, key, endpoints: await this.#endpoints(share), warnings };
    });
  }

  /** Somebody may have revoked the key of a share. */
  keysChanged(): void {
    const revoked = this.#revokedKeys();
    if (this.#deps.store.running().some(({ keyId }) => revoked.has(keyId))) this.#inBackground(() => this.#tidy());
  }

  /** Every request, when it has ended. */
  requestEnded(record: AccessRecord): void {
    const keyId = this.#deps.usage.count(record);
    if (keyId !== undefined && this.#deps.store.running().some((share) => share.keyId === keyId)) this.#changes.fire();
  }

  async #begin(): Promise<void> {
    const { store, keys, logger } = this.#deps;
    const running = new Set(store.running().map(({ keyId }) => keyId));
    for (const key of keys.list()) {
      if (key.shareId === undefined || key.revokedAt !== undefined || running.has(key.id)) continue;
      logger.warn(`The key ${key.id} was made for a share that there is not; it is revoked.`);
      if (store.get(key.shareId) === undefined) await this.#drop(key.id);
      else await this.#revoke(key.id);
    }
    await this.#tidy();
    await this.#follow();
    for (const share of store.running()) this.#deps.demands.demand(share.id, share.exposure);
    this.#watch();
    this.#changes.fire();
  }

  /** Ends what is over: its time has come, or its key is gone. */
  async #tidy(): Promise<void> {
    const { store, clock } = this.#deps;
    const revoked = this.#revokedKeys();
    for (const share of store.running()) {
      const isOver = share.expiresAt !== undefined && share.expiresAt <= clock.now();
      if (isOver) await this.#end(share, 'expiry').catch((error: unknown) => this.#unstored(share, error));
      else if (revoked.has(share.keyId)) {
        await this.#end(share, 'key-revoked').catch((error: unknown) => this.#unstored(share, error));
      }
    }
  }

  /** This machine's networks may be others now, or a crash left a key behind its share. */
  async #follow(): Promise<void> {
    const { store, keys, networks, demands } = this.#deps;
    const machine = networks.addresses();
    const byId = new Map(keys.list().map((key) => [key.id, key]));
    for (const share of store.running()) {
      const key = byId.get(share.keyId);
      const scope = scopeOf(share, machine);
      if (key !== undefined && !isAsWanted(key, share, scope)) {
        await keys
          .change(share.keyId, { label: share.label, scope, expiresAt: share.expiresAt ?? null }, share.id)
          .then(() => this.#deps.keysChanged())
          .catch((error: unknown) => this.#unstored(share, error));
      }
      const exposure = exposureOf(share.audience, machine, share.addresses);
      if (isSame(exposure, share.exposure)) continue;
      demands.demand(share.id, exposure);
      await store.put({ ...share, exposure }).catch((error: unknown) => this.#unstored(share, error));
      this.#changes.fire();
    }
  }

  /** In force before anything is awaited: the key revoked, the exposure given back. */
  async #end(share: Share, by: Ender): Promise<Share> {
    const { store, demands, clock } = this.#deps;
    const now = clock.now();
    const endedAt = by === 'expiry' ? Math.min(now, share.expiresAt ?? now) : now;
    const ended: Share = { ...share, endedAt, endedBy: by };
    const stored = [store.put(ended), this.#deps.keys.revoke(share.keyId)];
    demands.release(share.id);
    this.#watch();
    this.#deps.keysChanged();
    this.#changes.fire();
    this.#record('share.ended', ended, { by }, 'low');
    const failures = (await Promise.allSettled(stored)).filter((one) => one.status === 'rejected');
    await this.#prune();
    if (failures[0] !== undefined) throw failures[0].reason;
    return ended;
  }

  /** Old records go, and their keys with them. */
  async #prune(): Promise<void> {
    const { store, usage } = this.#deps;
    for (const { id, keyId } of store.ended().slice(maxEnded)) {
      await Promise.allSettled([store.remove(id), this.#drop(keyId)]);
      usage.forget(keyId);
    }
  }

  /** What ends by itself, and whose networks may change, is looked after as long as there is something of it. */
  #watch(): void {
    this.#expiries.renew();
    const { store, networks } = this.#deps;
    networks.watch(store.running().some(({ audience }) => audience.type === 'lan' || audience.type === 'addresses'));
  }

  #begun(share: Share): void {
    this.#deps.demands.demand(share.id, share.exposure);
    this.#watch();
    this.#deps.keysChanged();
    this.#changes.fire();
  }

  async #drop(keyId: string): Promise<void> {
    await this.#revoke(keyId);
    await this.#deps.keys.remove(keyId).catch(() => undefined); // revoked is what matters
  }

  async #revoke(keyId: string): Promise<void> {
    await this.#deps.keys.revoke(keyId).catch((error: unknown) => {
      this.#deps.logger.error(`The key ${keyId} could not be revoked on the disk: ${messageOf(error)}`);
    });
    this.#deps.keysChanged();
  }

  async #endpoints({ audience, exposure }: Share): Promise<readonly Endpoint[]> {
    const all = await this.#deps.endpoints().catch((error: unknown) => {
      this.#deps.logger.error('The endpoints of a share are not known.', { error });
      return [];
    });
    return endpointsFor(audience, exposure, all);
  }

  #warnings({ limits, audience }: Share, machine: readonly MachineAddress[]): readonly Reason[] {
    const models = this.#deps.catalog.list();
    const unmatched = (limits.models ?? []).filter((pattern) => !models.some(({ id }) => matchesGlob(pattern, id)));
    const isNowhere = audience.type === 'lan' && !machine.some(({ kind }) => kind === 'private');
    return [
      ...unmatched.map((pattern) => reason('share.noModel', pattern)),
      ...(isNowhere ? [reason('share.noNetwork')] : []),
    ];
  }

  #view(share: Share): ShareView {
    return { ...share, ...this.#deps.usage.of(share.keyId) };
  }

  /** Keys of shares that were revoked or are gone. */
  #revokedKeys(): ReadonlySet<string> {
    const living = new Set(this.#deps.keys.list().flatMap((key) => (key.revokedAt === undefined ? [key.id] : [])));
    return new Set(this.#deps.store.running().flatMap(({ keyId }) => (living.has(keyId) ? [] : [keyId])));
  }

  #known(id: string): Share {
    const share = this.#deps.store.get(id);
    if (share === undefined) throw new FlmError('not_found', 'There is no such share.');
    return share;
  }

  #running(id: string): Share {
    const share = this.#known(id);
    if (share.endedAt !== undefined) throw new FlmError('config_invalid', 'The share has ended.');
    return share;
  }

  #record(kind: AuditKind, share: Share, more: Record<string, string>, severity: AuditEvent['severity']): void {
    const { audience } = share;
    this.#deps.record(
      kind,
      {
        share: share.id,
        label: share.label,
        audience: audience.type === 'addresses' ? audience.ranges.join(', ').slice(0, 500) : audience.type,
        expiresAt: share.expiresAt ?? null,
        ...more,
      },
      severity,
    );
  }

  #unstored(share: Share, error: unknown): void {
    this.#deps.logger.error(`The share ${share.id} could not be brought up to date on the disk: ${messageOf(error)}`);
  }

  #inBackground(work: () => Promise<void>): void {
    void this.#enqueue(work).catch((error: unknown) => {
      this.#deps.logger.error('Shares could not be brought up to date.', { error });
    });
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}

function scopeOf(
  { audience, limits }: { audience: Share['audience']; limits: ShareLimits },
  machine: readonly MachineAddress[],
): KeyScope {
  const addresses = keyAddresses(audience, machine);
  return { ...limits, ...(addresses === undefined ? {} : { addresses }) };
}

function isAsWanted(key: ApiKey, share: Share, scope: KeyScope): boolean {
  return key.label === share.label && key.expiresAt === share.expiresAt && isSame(key.scope, normalizeScope(scope));
}

/** Equal as JSON, whatever the order of members. */
function isSame(a: object, b: object): boolean {
  const sorted = (value: object) => JSON.stringify(Object.entries(value).sort(([x], [y]) => x.localeCompare(y)));
  return sorted(a) === sorted(b);
}

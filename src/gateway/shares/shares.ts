import type { Catalog } from '../../core/catalog';
import { DisposableStore } from '../../core/disposable';
import { Emitter, type Event } from '../../core/emitter';
import { FlmError } from '../../core/errors';
import type { Endpoint } from '../../core/exposure';
import { randomId } from '../../core/random-id';
import type { AccessRecord } from '../../core/request';
import type { Share, ShareView } from '../../core/share';
import { endpointsFor, exposureOf, isBeyondMachine } from '../../core/share-audience';
import type { ChangeShareParams, CreatedShare, CreateShareParams } from '../../protocol/sharing-rpc';
import { routeMethods } from '../../proxy/route-table';
import type { KeyManager } from '../../security/api-keys/key-manager';
import { checkAudience, checkChosen, checkLimits } from './share-checks';
import { shareScope } from './share-scope';
import { ShareUpkeep, type UpkeepDeps } from './share-upkeep';
import { shareWarnings } from './share-warnings';

export interface SharesDeps extends UpkeepDeps {
  readonly keys: UpkeepDeps['keys'] & Pick<KeyManager, 'create' | 'rotate'>;
  readonly catalog: Pick<Catalog, 'list'>;
  /** Ways to the proxy, once it listens as the demands want it. */
  readonly endpoints: () => Promise<readonly Endpoint[]>;
}

const maxRunning = 100;
const knownRoutes = Object.keys(routeMethods);
const minuteMs = 60_000;

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
  readonly #upkeep: ShareUpkeep;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(deps: SharesDeps) {
    this.#deps = deps;
    const onDue = () => this.#inBackground(() => this.#upkeep.tidy());
    this.#upkeep = this.#disposables.add(new ShareUpkeep(deps, onDue, () => this.#changes.fire()));
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
    this.#disposables.add(networks.onDidChange(() => this.#inBackground(() => this.#upkeep.follow())));
    await this.#enqueue(() => this.#upkeep.begin()).catch((error: unknown) => {
      logger.error('Shares could not be brought up to date.', { error });
    });
  }

  dispose(): void {
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
      const { store, keys, networks, catalog, clock } = this.#deps;
      if (store.running().length >= maxRunning) {
        throw new FlmError('config_invalid', `There are ${maxRunning} shares already.`);
      }
      const machine = networks.addresses();
      const audience = checkAudience(wanted.audience, machine);
      const limits = checkLimits(wanted.limits, knownRoutes);
      const own = machine.map(({ address }) => address);
      const addresses = wanted.addresses === undefined ? undefined : checkChosen(wanted.addresses, own);
      const id = `share_${randomId(12)}`;
      const key = await keys.create({
        label: wanted.label,
        scope: shareScope({ audience, limits }, machine),
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
        await Promise.allSettled([store.remove(id), this.#upkeep.drop(key.key.id)]);
        throw error;
      });
      this.#upkeep.begun(share);
      this.#upkeep.record('share.created', share, {}, isBeyondMachine(audience) ? 'medium' : 'low');
      return { share, key, endpoints: await this.#endpoints(share), warnings: shareWarnings(share, machine, catalog) };
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
      const audience = wanted.audience === undefined ? old.audience : checkAudience(wanted.audience, machine);
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
        { label: changed.label, scope: shareScope(changed, machine), expiresAt: changed.expiresAt ?? null },
        id,
      );
      await store.put(changed).finally(() => this.#upkeep.begun(changed));
      this.#upkeep.record('share.changed', changed, { what: Object.keys(wanted).join(', ') }, 'low');
      return changed;
    });
  }

  /** Ends it now. Ending twice is harmless. In force at once; rejects with `storage_failed` when it could not be stored. */
  end(id: string): Promise<Share> {
    return this.#enqueue(async () => {
      const share = this.#known(id);
      return share.endedAt === undefined ? this.#upkeep.end(share, 'person') : share;
    });
  }

  /** Ends every share that somebody beyond this machine could use. */
  endBeyondMachine(): Promise<void> {
    return this.#enqueue(async () => {
      const beyond = this.#deps.store.running().filter(({ audience }) => isBeyondMachine(audience));
      for (const share of beyond) await this.#upkeep.end(share, 'person');
    });
  }

  /** A new secret; the old one works for `graceMinutes` more. */
  rotate(id: string, graceMinutes: number): Promise<CreatedShare> {
    return this.#enqueue(async () => {
      const share = this.#running(id);
      const key = await this.#deps.keys.rotate(share.keyId, graceMinutes * minuteMs);
      this.#deps.keysChanged();
      this.#upkeep.record('share.changed', share, { what: 'key' }, 'low');
      const warnings = shareWarnings(share, this.#deps.networks.addresses(), this.#deps.catalog);
      return { share, key, endpoints: await this.#endpoints(share), warnings };
    });
  }

  /** Somebody may have revoked the key of a share. */
  keysChanged(): void {
    if (this.#upkeep.hasLostKey()) this.#inBackground(() => this.#upkeep.tidy());
  }

  /** Every request, when it has ended. */
  requestEnded(record: AccessRecord): void {
    const keyId = this.#deps.usage.count(record);
    if (keyId !== undefined && this.#deps.store.isShared(keyId)) this.#changes.fire();
  }

  async #endpoints({ audience, exposure }: Share): Promise<readonly Endpoint[]> {
    const all = await this.#deps.endpoints().catch((error: unknown) => {
      this.#deps.logger.error('The endpoints of a share are not known.', { error });
      return [];
    });
    return endpointsFor(audience, exposure, all);
  }

  #view(share: Share): ShareView {
    return { ...share, ...this.#deps.usage.of(share.keyId) };
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

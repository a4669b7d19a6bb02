import { join } from 'node:path';
import type { AuditEvent, AuditKind } from '../../core/audit';
import type { Clock } from '../../core/clock';
import type { FlmConfig } from '../../core/config-schema';
import { DisposableStore, type Disposable } from '../../core/disposable';
import { Emitter } from '../../core/emitter';
import { FlmError, messageOf } from '../../core/errors';
import type { Logger } from '../../core/logger';
import { effectiveMode } from '../../core/policy';
import type { SecurityPolicy } from '../../core/policy-schema';
import { reason } from '../../core/reason';
import type { StorageState } from '../../core/storage-state';
import { isUsableKey } from '../../core/api-key';
import type { PolicySetResult, SecuritySummary } from '../../protocol/security-rpc';
import { KeyManager } from '../../security/api-keys/key-manager';
import { KeyVerifier } from '../../security/api-keys/key-verifier';
import { DayCounter } from '../../security/api-keys/day-counter';
import { ResourceSampler } from '../../security/load/resource-sampler';
import { SecurityServices } from '../../security/security-services';
import { Storage } from '../../storage/storage';
import { AuditRelay } from './audit-relay';
import { ExpiryWatch } from './expiry-watch';
import { Exposure } from './exposure';
import { PolicyKeeper } from './policy-keeper';

export interface ProtectionDeps {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Takes the place of the stored policy from the start; raw. */
  readonly policy?: unknown;
  /** Something a person may want to be interrupted for. */
  readonly onEvent: (event: AuditEvent) => void;
}

const dayMs = 24 * 60 * 60 * 1000;
/** Archives of the audit log that are kept. */
const maxArchives = 60;
/** A gateway that takes over waits that long for the storage of the one that goes. */
const storageWaitMs = 5_000;
/** Blocks told to windows with every change; the whole list is asked for. */
const maxToldBlocks = 200;

/**
 * Keys, storage and security services as the gateway uses them: built together, started together, and told about
 * exposure and policy in one place. If storage cannot be opened the gateway goes on without it: nobody from outside
 * gets in (there are no keys), the services work from memory, and the state says so.
 */
export class Protection {
  readonly storage: Storage;
  readonly keys: KeyManager;
  readonly policies: PolicyKeeper;
  readonly audit: AuditRelay;
  /** What keys have used of their daily limits. */
  readonly tokensToday: DayCounter;
  readonly requestsToday: DayCounter;
  readonly #deps: ProtectionDeps;
  readonly #services: SecurityServices;
  readonly #changes = new Emitter<void>();
  readonly #accessChanges = new Emitter<'key' | 'policy'>();
  readonly #store = new DisposableStore();
  readonly #exposure = new Exposure(() => this.#exposureChanged());
  readonly #expiries: ExpiryWatch;
  #storageFailure: StorageState | undefined;

  constructor(deps: ProtectionDeps) {
    const { clock, logger } = deps;
    this.#deps = deps;
    this.storage = new Storage({
      folder: join(deps.dataDir, 'storage'),
      clock,
      logger,
      lockWaitMs: storageWaitMs,
    });
    this.audit = new AuditRelay(this.storage, deps.onEvent);
    this.keys = new KeyManager(this.storage.keys, clock);
    this.policies = new PolicyKeeper(this.storage.documents, logger);
    this.tokensToday = new DayCounter(clock);
    this.requestsToday = new DayCounter(clock);
    this.#services = new SecurityServices({
      policy: this.policies.policy,
      isLoopbackOnly: true,
      authenticator: new KeyVerifier(this.storage.keys, clock, () => this.policies.policy.requireKeyOnLoopback),
      blocks: this.storage.blocks,
      audit: this.audit,
      tokens: this.tokensToday,
      requests: this.requestsToday,
      load: new ResourceSampler(),
      clock,
      logger,
    });
    this.#expiries = this.#store.add(
      new ExpiryWatch(
        () => this.keys.list(),
        () => this.keysChanged(),
        clock,
      ),
    );
    this.#store.add(this.#services.blocklist.onDidChange(() => this.#changes.fire()));
    this.#store.add(this.#services.resources.onDidChangeLevel(() => this.#changes.fire()));
    this.#store.add(this.storage.onDidChangeState(() => this.#changes.fire()));
  }

  /** Blocks, keys, load, storage or mode changed. May fire often. */
  get onDidChange(): Emitter<void>['event'] {
    return this.#changes.event;
  }

  /** Keys or policy changed: where the proxy may listen and who may call it from a browser is to be asked again. */
  get onDidChangeAccess(): Emitter<'key' | 'policy'>['event'] {
    return this.#accessChanges.event;
  }

  get services(): SecurityServices {
    return this.#services;
  }

  /** Opens the storage and begins to watch. Never rejects. */
  async start(): Promise<void> {
    try {
      await this.storage.start();
    } catch (error) {
      this.#storageFailure = { kind: 'degraded', reason: reason('storage.notOpened', messageOf(error)) };
      this.#deps.logger.error('The storage could not be opened: nothing is remembered, no API key is valid.', {
        error,
      });
    }
    const { usage } = this.storage;
    this.tokensToday.load(usage.map(({ keyId, day, tokens }) => ({ keyId, day, count: tokens })));
    this.requestsToday.load(usage.map(({ keyId, day, requests }) => ({ keyId, day, count: requests })));
    this.#applyPolicy(this.policies.load());
    if (this.#deps.policy !== undefined) await this.setPolicy(this.#deps.policy);
    this.#services.start();
    this.#expiries.renew();
    this.record('gateway.started', { pid: process.pid });
    this.#changes.fire();
  }

  async stop(): Promise<void> {
    this.record('gateway.stopped', { pid: process.pid });
    this.#store.dispose();
    this.#services.dispose();
    await this.storage.stop().catch((error: unknown) => {
      this.#deps.logger.error('The storage could not be closed in order.', { error });
    });
  }

  /** Whether sharing beyond this machine is safe: somebody outside could come in, and nobody without a key. */
  get guard(): 'ok' | 'no-key' | 'no-storage' {
    if (this.#storageFailure !== undefined) return 'no-storage';
    return this.keys.hasUsableKey() ? 'ok' : 'no-key';
  }

  /** To be told before a listener opens, so that it is never guarded less than it should be; dispose after it closed. */
  listens(): Disposable {
    return this.#exposure.add();
  }

  /** The settings with what the policy adds to them. */
  withPolicy(config: FlmConfig): FlmConfig {
    const { corsOrigins } = this.policies.policy;
    if (corsOrigins.length === 0) return config;
    return { ...config, 'proxy.corsOrigins': [...new Set([...config['proxy.corsOrigins'], ...corsOrigins])] };
  }

  async setPolicy(raw: unknown): Promise<PolicySetResult> {
    const before = this.policies.policy;
    const result = await this.policies.set(raw);
    if (!result.ok) return result;
    this.#applyPolicy(result.policy);
    const fields = changedFields(before, result.policy);
    if (fields.length === 0) return result;
    this.record('policy.changed', { fields: fields.join(', ').slice(0, 1000) }, 'low');
    this.#changes.fire();
    this.#accessChanges.fire('policy');
    return result;
  }

  /** Keys were made, changed or revoked, or one expired. */
  keysChanged(): void {
    this.#expiries.renew();
    this.#changes.fire();
    this.#accessChanges.fire('key');
  }

  record(kind: AuditKind, details: AuditEvent['details'] = {}, severity: AuditEvent['severity'] = 'info'): void {
    this.audit.record({ kind, severity, at: this.#deps.clock.now(), details });
  }

  summary(): SecuritySummary {
    const { reading } = this.#services.resources.state;
    return {
      mode: effectiveMode(this.policies.policy, this.#isLoopbackOnly),
      blocks: newestFirst(this.#services.blocklist.list()).slice(0, maxToldBlocks),
      usableKeys: this.keys.list().filter((key) => isUsableKey(key, this.#deps.clock.now())).length,
      load: {
        throttle: this.#services.gate.throttle,
        ...(reading?.cpu === undefined ? {} : { cpu: reading.cpu }),
        ...(reading?.memory === undefined ? {} : { memory: reading.memory }),
        ...(reading?.eventLoopDelayMs === undefined ? {} : { eventLoopDelayMs: reading.eventLoopDelayMs }),
      },
      storage: this.#storageFailure ?? this.storage.state,
    };
  }

  /** Throws `storage_failed` when there is no storage to ask. */
  requireStorage(): Storage {
    if (this.#storageFailure === undefined) return this.storage;
    throw new FlmError('storage_failed', 'The storage could not be opened; the log says why.');
  }

  get #isLoopbackOnly(): boolean {
    return !this.#exposure.isOpen;
  }

  #exposureChanged(): void {
    this.#services.configure(this.policies.policy, this.#isLoopbackOnly);
    this.#changes.fire();
  }

  #applyPolicy(policy: SecurityPolicy): void {
    this.#services.configure(policy, this.#isLoopbackOnly);
    const { retentionDays, maxRows } = policy.audit;
    this.storage.setRetention({ maxAgeMs: retentionDays * dayMs, maxRows, maxArchives });
  }
}

function newestFirst<T extends { readonly createdAt: number }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => b.createdAt - a.createdAt);
}

/** Names of the groups and fields whose values differ. */
function changedFields(before: SecurityPolicy, after: SecurityPolicy): string[] {
  const names = Object.keys(after) as (keyof SecurityPolicy)[];
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

import type { Clock } from '../core/clock';
import type { FlmConfig } from '../core/config-schema';
import type { Event } from '../core/emitter';
import type { Engine, EnginesSnapshot } from '../core/engine';
import type { EngineLoad, EngineLoads } from '../core/engine-load';
import type { Logger } from '../core/logger';
import { reasonText } from '../core/reason';
import type { EngineKeys, UpstreamHealth, UpstreamSign } from '../core/upstream';
import { probeAddress, type AddressProbe } from './address-probe';
import { normalizeBaseUrl } from './base-url';
import { DetectionRounds } from './detection-rounds';
import { EngineLooks, hasSharedModel, type LookOptions } from './engine-looks';
import { afterVisit, type EngineRecord, type Visit } from './engine-record';
import { EngineRoster } from './engine-roster';
import { probeLimits } from './engine-session';
import type { StatusRules } from './engine-status';
import { EngineVisits } from './engine-visits';
import type { HostEnvironment } from './host-environment';
import { afterSign } from './passive-engine';
import type { Prober } from './probe';
import { PublishedEngines, type ScanNews } from './published-engines';
import { retired } from './record-sync';
import { isCacheable } from './seeded-engines';

export interface EngineMonitorDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly host: HostEnvironment;
  readonly prober: Prober;
  readonly keys: EngineKeys;
  readonly config: FlmConfig;
  /** Ports on which FLM itself listens now. */
  readonly ownPorts?: () => readonly number[];
}

/** Reports about one engine within this time lead to one visit. */
const reportGapMs = 500;

/** What an engine said of its load counts for so long. */
const loadTtlMs = 15_000;

/**
 * Knows which engines there are and how they are, as one value that is replaced on change.
 *
 * `start` looks once at everything (two seconds at most). After that it visits engines every few seconds while
 * somebody looks (`setActive`), and does nothing at all otherwise, except what `refresh`, `report`, `keysChanged` and
 * `configure` ask for. Nothing here throws because of what an engine does.
 *
 * Which addresses there are is the roster's, when they are visited the visits', how they are asked the looks', and what
 * others see of them the published engines'.
 */
export class EngineMonitor implements UpstreamHealth, EngineLoads {
  readonly #deps: EngineMonitorDeps;
  readonly #published: PublishedEngines;
  readonly #roster: EngineRoster;
  readonly #looks: EngineLooks;
  readonly #visits: EngineVisits;
  readonly #rounds: DetectionRounds;
  #config: FlmConfig;
  #isStarted = false;
  #isActive = false;

  constructor(deps: EngineMonitorDeps) {
    this.#deps = deps;
    this.#config = deps.config;
    this.#roster = new EngineRoster(deps);
    this.#looks = new EngineLooks(deps);
    this.#published = new PublishedEngines(deps.clock.now(), deps.logger);
    this.#visits = new EngineVisits({
      clock: deps.clock,
      logger: deps.logger,
      records: () => this.#roster.records,
      shadowed: () => this.#published.shadowed,
      visit: (url, isForced) => this.#visitOnce(url, isForced),
    });
    this.#rounds = new DetectionRounds({
      clock: deps.clock,
      logger: deps.logger,
      limitMs: () => probeLimits(this.#config).roundMs,
      look: () => this.#visitEverything(),
      publish: (news) => this.#publish(news),
      ended: () => this.#visits.schedule(),
    });
    this.onDidChange = this.#published.onDidChange;
  }

  readonly onDidChange: Event<EnginesSnapshot>;

  /** Synchronous and free: the value as of the last change. */
  snapshot(): EnginesSnapshot {
    return this.#published.snapshot;
  }

  /** Begins the first round; its results arrive as changes. A second call does nothing. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#looks.start();
    this.#followActivity();
    void this.#scan();
  }

  /** Ends timers and probes under way; the last snapshot stays readable, and `start` may follow. */
  stop(): void {
    this.#isStarted = false;
    this.#followActivity();
    this.#looks.stop();
  }

  /**
   * Looks at everything again, whatever is cached, and answers when the round has ended: after two seconds at most
   * with the default settings, with late answers still to come as changes. Calls during a round share it.
   */
  refresh(): Promise<EnginesSnapshot> {
    if (!this.#rounds.isRunning) this.#looks.forget();
    return this.#scan();
  }

  /** Whether somebody looks at engines or the proxy runs: only then are engines visited regularly. */
  setActive(isActive: boolean): void {
    if (this.#isActive === isActive) return;
    this.#isActive = isActive;
    this.#publish(); // what was left alone may have become stale
    if (isActive && this.#isStarted) this.#visits.hasten(this.#roster.records.keys());
    this.#followActivity();
  }

  /** Takes a new configuration; new addresses are visited at once, removed ones vanish at once. */
  configure(config: FlmConfig): void {
    this.#config = config;
    this.#followCandidates();
  }

  /** A key for this address was set or removed: looks again. */
  keysChanged(baseUrl: string): void {
    const wanted = normalizeBaseUrl(baseUrl);
    for (const [url, { candidate }] of this.#roster.records) {
      if (url === wanted || candidate.keyUrl === wanted) void this.#visits.run(url, true);
    }
  }

  /** Looks at an address that somebody thinks of adding; keeps nothing. */
  probeAddress(text: string): Promise<AddressProbe> {
    return probeAddress(text, (record) => this.#looks.once(record, this.#lookOptions(record, true)));
  }

  /** The demo engine runs at this address, or no longer. */
  setDemoEngine(baseUrl: string | undefined): void {
    this.#roster.setDemoEngine(baseUrl);
    this.#followCandidates();
  }

  /**
   * Engines of an earlier run, shown as stale until they have been looked at. May come after `start`: what has been
   * read meanwhile stays, and addresses that gave nothing are looked at again, knowing what was there. Resolves when
   * that has ended.
   */
  async seed(engines: readonly Engine[]): Promise<void> {
    const again = this.#roster.seed(engines).filter((url) => this.#visits.wasVisited(url));
    this.#followRoster();
    this.#publish();
    if (this.#isStarted) await Promise.all(again.map((url) => this.#visits.run(url, true)));
  }

  /** What is worth keeping for `seed` at the next start. */
  cacheable(): readonly Engine[] {
    return this.#published.snapshot.engines.filter((engine) => isCacheable(engine));
  }

  /** A request showed how an engine is. Only a look decides, so one failed request changes no state. */
  report(engineId: string, sign: UpstreamSign): void {
    const url = this.#published.urlOf(engineId);
    const record = url === undefined ? undefined : this.#roster.records.get(url);
    if (url === undefined || record === undefined || !this.#isStarted) return;
    if (record.candidate.passiveModels !== undefined) {
      this.#roster.put(afterSign(record, sign, this.#rules()));
      this.#publish();
      return;
    }
    if (sign === 'ok' && record.status?.state === 'healthy' && record.status.failures === 0) return;
    if (this.#visits.sinceMs(url) < reportGapMs && sign !== 'unauthorized') return;
    void this.#visits.run(url, sign === 'unauthorized');
  }

  /** As of the last visit: seconds ago, or undefined where nobody looks regularly. */
  loadOf(engineId: string): EngineLoad | undefined {
    const url = this.#published.urlOf(engineId);
    if (url === undefined) return undefined;
    return this.#visits.sinceMs(url) < loadTtlMs ? this.#roster.records.get(url)?.load : undefined;
  }

  #scan(): Promise<EnginesSnapshot> {
    if (!this.#rounds.isRunning) this.#followRoster();
    return this.#rounds.run();
  }

  async #visitEverything(): Promise<void> {
    await Promise.all([
      ...[...this.#roster.records.keys()].map((url) => this.#visits.run(url, true)),
      this.#roster.sources.read(() => this.#visitFresh()),
    ]);
  }

  /** Names the addresses that nothing is known of yet. */
  #followRoster(): readonly string[] {
    const { fresh, gone } = this.#roster.follow(this.#config);
    for (const url of gone) {
      this.#visits.forget(url);
      this.#looks.forget(url);
    }
    return fresh;
  }

  #followCandidates(): void {
    if (!this.#isStarted) return;
    void this.#visitFresh();
    this.#publish();
    this.#visits.schedule();
  }

  async #visitFresh(): Promise<void> {
    await Promise.all(this.#followRoster().map((url) => this.#visits.run(url, true)));
  }

  /** Visits are regular while this runs and somebody looks. */
  #followActivity(): void {
    this.#visits.setRegular(this.#isActive && this.#isStarted);
  }

  async #visitOnce(url: string, isForced: boolean): Promise<void> {
    const record = this.#roster.records.get(url);
    if (record === undefined) return;
    const options = this.#lookOptions(record, isForced || this.#isLookDue(record));
    const visit = await this.#looks.at(isForced ? { ...record, needsIdentity: true } : record, options);
    const now = this.#roster.records.get(url);
    if (now !== undefined && visit !== undefined) this.#accept(now, visit);
  }

  #isLookDue(record: EngineRecord): boolean {
    const age = record.lookedAt === undefined ? Infinity : this.#deps.clock.monotonic() - record.lookedAt;
    return record.needsLook || age >= this.#cacheTtlMs();
  }

  #lookOptions(record: EngineRecord, isFull: boolean): LookOptions {
    const wantsLoad = hasSharedModel(record, this.#published.snapshot.engines);
    return { isFull, limits: probeLimits(this.#config), wantsLoad };
  }

  #accept(before: EngineRecord, visit: Visit): void {
    const { baseUrl } = before.candidate;
    const { clock } = this.#deps;
    const seen = afterVisit(before, visit, { ...this.#rules(), monotonic: clock.monotonic() });
    const after = retired(seen, this.#roster.installedKinds, clock.now());
    const isOther = before.kind !== undefined && after.kind !== before.kind;
    const isGone = seen.status?.state === 'network-error' && before.status?.state !== 'network-error';
    if (isOther || isGone) this.#looks.forget(baseUrl); // what answers there next may have been started differently
    this.#roster.put(after);
    this.#visits.done(after);
    // The same server may still answer under the other address.
    if ((after.status?.failures ?? 0) > 0) this.#visits.hasten(this.#published.shadowed);
    this.#logTransition(before, after);
    this.#publish();
  }

  #logTransition(before: EngineRecord, after: EngineRecord): void {
    if (before.status?.state === after.status?.state && before.kind === after.kind) return;
    const { baseUrl } = after.candidate;
    const state = after.status?.state ?? after.role;
    const why = after.status === undefined ? undefined : reasonText(after.status.reason);
    this.#deps.logger.info('Engine changed state.', { baseUrl, kind: after.kind, state, why });
  }

  #publish(scan: ScanNews = {}): EnginesSnapshot {
    this.#published.publish(
      {
        records: [...this.#roster.records.values()],
        installed: this.#roster.sources.installed,
        ownAddresses: this.#roster.sources.ownAddresses,
        monotonic: this.#deps.clock.monotonic(),
        cacheTtlMs: this.#cacheTtlMs(),
      },
      scan,
    );
    return this.#published.snapshot;
  }

  #rules(): StatusRules {
    return { degradedLatencyMs: this.#config['engines.degradedLatencyMs'], now: this.#deps.clock.now() };
  }

  #cacheTtlMs(): number {
    return this.#config['engines.cacheTtlMinutes'] * 60_000;
  }
}

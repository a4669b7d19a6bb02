import { setMaxListeners } from 'node:events';
import type { Clock, Timer } from '../core/clock';
import type { FlmConfig } from '../core/config-schema';
import type { Event } from '../core/emitter';
import type { Engine, EnginesSnapshot } from '../core/engine';
import type { EngineLoad, EngineLoads } from '../core/engine-load';
import { messageOf } from '../core/errors';
import type { Logger } from '../core/logger';
import { reasonText } from '../core/reason';
import type { EngineKeys, UpstreamHealth, UpstreamSign } from '../core/upstream';
import { probeAddress, type AddressProbe } from './address-probe';
import { AddressSources } from './address-sources';
import { normalizeBaseUrl } from './base-url';
import { collectCandidates } from './candidates';
import { EngineLooks, hasSharedModel } from './engine-looks';
import { afterVisit, type EngineRecord, type Visit } from './engine-record';
import { probeLimits } from './engine-session';
import type { StatusRules } from './engine-status';
import type { HostEnvironment } from './host-environment';
import { afterSign } from './passive-engine';
import { PollTimer } from './poll-timer';
import type { Prober } from './probe';
import { PublishedEngines, type ScanNews } from './published-engines';
import { retired, syncRecords, withSeeds } from './record-sync';
import { nextDelayMs } from './schedule';
import { isCacheable, seedsByUrl } from './seeded-engines';
import { VisitQueue } from './visit-queue';

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

/** An engine shown under another address of the same server needs no visits of its own until that one fails. */
const shadowedMs = 30_000;

/**
 * Knows which engines there are and how they are, as one value that is replaced on change.
 *
 * `start` looks once at everything (two seconds at most). After that it visits engines every few seconds while
 * somebody looks (`setActive`), and does nothing at all otherwise, except what `refresh`, `report`, `keysChanged` and
 * `configure` ask for. Nothing here throws because of what an engine does.
 */
export class EngineMonitor implements UpstreamHealth, EngineLoads {
  readonly #deps: EngineMonitorDeps;
  readonly #published: PublishedEngines;
  readonly #looks: EngineLooks;
  readonly #sources: AddressSources;
  readonly #queue: VisitQueue;
  readonly #timer: PollTimer;
  #config: FlmConfig;
  /** In order of preference; replaced as a whole when candidates change. */
  #records = new Map<string, EngineRecord>();
  #seeds = new Map<string, Engine>();
  #demoBaseUrl: string | undefined;
  #isStarted = false;
  #isActive = false;
  #round: Promise<EnginesSnapshot> | undefined;
  #abort = newAbort();
  /** Monotonic ms of the last visit, by address. */
  readonly #visitedAt = new Map<string, number>();
  readonly #memos = new Map<string, Map<string, unknown>>();

  constructor(deps: EngineMonitorDeps) {
    this.#deps = deps;
    this.#config = deps.config;
    this.#looks = new EngineLooks(deps);
    this.#sources = new AddressSources(deps.host);
    this.#queue = new VisitQueue(
      (url, isForced) => this.#visitOnce(url, isForced),
      (url, error) => deps.logger.error('A probe failed unexpectedly.', { url, error }),
    );
    this.#timer = new PollTimer(deps.clock, () => this.#tick());
    this.#published = new PublishedEngines(deps.clock.now(), deps.logger);
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
    this.#abort = newAbort();
    void this.#scan();
  }

  /** Ends timers and probes under way; the last snapshot stays readable, and `start` may follow. */
  stop(): void {
    this.#isStarted = false;
    this.#timer.cancel();
    this.#abort.abort();
  }

  /**
   * Looks at everything again, whatever is cached, and answers when the round has ended: after two seconds at most
   * with the default settings, with late answers still to come as changes. Calls during a round share it.
   */
  refresh(): Promise<EnginesSnapshot> {
    if (this.#round === undefined) this.#memos.clear();
    return this.#scan();
  }

  /** Whether somebody looks at engines or the proxy runs: only then are engines visited regularly. */
  setActive(isActive: boolean): void {
    if (this.#isActive === isActive) return;
    this.#isActive = isActive;
    this.#publish(); // what was left alone may have become stale
    if (isActive && this.#isStarted) for (const url of this.#records.keys()) this.#timer.set(url, 0);
    this.#schedule();
  }

  /** Takes a new configuration; new addresses are visited at once, removed ones vanish at once. */
  configure(config: FlmConfig): void {
    this.#config = config;
    this.#followCandidates();
  }

  /** A key for this address was set or removed: looks again. */
  keysChanged(baseUrl: string): void {
    const wanted = normalizeBaseUrl(baseUrl);
    for (const [url, { candidate }] of this.#records) {
      if (url === wanted || candidate.keyUrl === wanted) void this.#visit(url, true);
    }
  }

  /** Looks at an address that somebody thinks of adding; keeps nothing. */
  probeAddress(text: string): Promise<AddressProbe> {
    return probeAddress(text, (record) => this.#look(record, true, new Map()));
  }

  /** The demo engine runs at this address, or no longer. */
  setDemoEngine(baseUrl: string | undefined): void {
    this.#demoBaseUrl = baseUrl;
    this.#followCandidates();
  }

  /**
   * Engines of an earlier run, shown as stale until they have been looked at. May come after `start`: what has been
   * read meanwhile stays, and addresses that gave nothing are looked at again, knowing what was there. Resolves when
   * that has ended.
   */
  async seed(engines: readonly Engine[]): Promise<void> {
    this.#seeds = seedsByUrl(engines);
    const before = this.#records;
    this.#records = withSeeds(before, this.#seeds, this.#deps.clock.now());
    const again = [...this.#records].filter(([url, record]) => this.#visitedAt.has(url) && record !== before.get(url));
    this.#syncCandidates();
    this.#publish();
    if (this.#isStarted) await Promise.all(again.map(([url]) => this.#visit(url, true)));
  }

  /** What is worth keeping for `seed` at the next start. */
  cacheable(): readonly Engine[] {
    return this.#published.snapshot.engines.filter((engine) => isCacheable(engine));
  }

  /** A request showed how an engine is. Only a look decides, so one failed request changes no state. */
  report(engineId: string, sign: UpstreamSign): void {
    const url = this.#published.urlOf(engineId);
    const record = url === undefined ? undefined : this.#records.get(url);
    if (url === undefined || record === undefined || !this.#isStarted) return;
    if (record.candidate.passiveModels !== undefined) {
      this.#records.set(url, afterSign(record, sign, this.#rules()));
      this.#publish();
      return;
    }
    if (sign === 'ok' && record.status?.state === 'healthy' && record.status.failures === 0) return;
    const sinceVisit = this.#deps.clock.monotonic() - (this.#visitedAt.get(url) ?? -Infinity);
    if (sinceVisit < reportGapMs && sign !== 'unauthorized') return;
    void this.#visit(url, sign === 'unauthorized');
  }

  /** As of the last visit: seconds ago, or undefined where nobody looks regularly. */
  loadOf(engineId: string): EngineLoad | undefined {
    const url = this.#published.urlOf(engineId);
    if (url === undefined) return undefined;
    const age = this.#deps.clock.monotonic() - (this.#visitedAt.get(url) ?? -Infinity);
    return age < loadTtlMs ? this.#records.get(url)?.load : undefined;
  }

  #scan(): Promise<EnginesSnapshot> {
    this.#round ??= this.#runRound().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  async #runRound(): Promise<EnginesSnapshot> {
    const { clock, logger } = this.#deps;
    const startedAt = clock.monotonic();
    this.#syncCandidates();
    this.#publish({ isScanning: true });
    const work = Promise.all([
      ...[...this.#records.keys()].map((url) => this.#visit(url, true)),
      this.#sources.read(() => this.#visitNew()),
    ]).catch((error: unknown) => logger.warn('Engine detection failed in part.', { error: messageOf(error) }));

    let timer: Timer | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = clock.setTimeout(resolve, probeLimits(this.#config).roundMs);
    });
    await Promise.race([work, limit]);
    timer?.cancel();

    this.#publish({ isScanning: false, scannedAt: clock.now() });
    this.#schedule();
    const tookMs = Math.round(clock.monotonic() - startedAt);
    logger.debug('Looked for engines.', { tookMs, engines: this.#published.snapshot.engines.length });
    return this.#published.snapshot;
  }

  #syncCandidates(): void {
    const candidates = collectCandidates({
      config: this.#config,
      hints: this.#sources.hints,
      demoBaseUrl: this.#demoBaseUrl,
      ownPorts: this.#deps.ownPorts?.() ?? [],
    });
    const before = this.#records;
    this.#records = syncRecords(before, candidates, this.#seeds, this.#deps.clock.now());
    for (const url of before.keys()) {
      if (this.#records.has(url)) continue;
      for (const perAddress of [this.#timer, this.#visitedAt, this.#memos]) perAddress.delete(url);
    }
  }

  #followCandidates(): void {
    if (!this.#isStarted) return;
    void this.#visitNew();
    this.#publish();
    this.#schedule();
  }

  async #visitNew(): Promise<void> {
    const before = this.#records;
    this.#syncCandidates();
    const isNew = (url: string) => before.get(url)?.candidate.kind !== this.#records.get(url)?.candidate.kind;
    const urls = [...this.#records.keys()].filter((url) => !before.has(url) || isNew(url));
    await Promise.all(urls.map((url) => this.#visit(url, true)));
  }

  /** Visits an address, or joins the visit under way. */
  async #visit(url: string, isForced: boolean): Promise<void> {
    if (this.#records.get(url)?.candidate.passiveModels !== undefined) return;
    await this.#queue.run(url, isForced);
    this.#schedule();
  }

  async #visitOnce(url: string, isForced: boolean): Promise<void> {
    const record = this.#records.get(url);
    const { signal } = this.#abort;
    const isStopped = () => signal.aborted;
    if (record === undefined || isStopped()) return;
    const memo = this.#memos.get(url) ?? new Map<string, unknown>();
    this.#memos.set(url, memo);
    const visit = await this.#look(record, isForced || this.#isLookDue(record), memo, isForced);
    const now = this.#records.get(url);
    if (now !== undefined && !isStopped()) this.#accept(now, visit);
  }

  #isLookDue(record: EngineRecord): boolean {
    const age = record.lookedAt === undefined ? Infinity : this.#deps.clock.monotonic() - record.lookedAt;
    return record.needsLook || age >= this.#cacheTtlMs();
  }

  #look(record: EngineRecord, isFull: boolean, memo: Map<string, unknown>, isForced = false): Promise<Visit> {
    const limits = probeLimits(this.#config);
    const wantsLoad = hasSharedModel(record, this.#published.snapshot.engines);
    return this.#looks.at(isForced ? { ...record, needsIdentity: true } : record, {
      isFull,
      limits,
      memo,
      wantsLoad,
      signal: this.#abort.signal,
    });
  }

  #accept(before: EngineRecord, visit: Visit): void {
    const { baseUrl } = before.candidate;
    const { clock } = this.#deps;
    const seen = afterVisit(before, visit, { ...this.#rules(), monotonic: clock.monotonic() });
    const after = retired(seen, new Set(this.#sources.installed.map((entry) => entry.kind)), clock.now());
    if (before.kind !== undefined && after.kind !== before.kind) this.#memos.delete(baseUrl);
    this.#records.set(baseUrl, after);
    this.#visitedAt.set(baseUrl, clock.monotonic());
    this.#timer.set(baseUrl, nextDelayMs(after));
    // The same server may still answer under the other address.
    if ((after.status?.failures ?? 0) > 0) for (const url of this.#published.shadowed) this.#timer.set(url, 0);
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

  #publish(scan: ScanNews = {}): void {
    this.#published.publish(
      {
        records: [...this.#records.values()],
        installed: this.#sources.installed,
        ownAddresses: this.#sources.ownAddresses,
        monotonic: this.#deps.clock.monotonic(),
        cacheTtlMs: this.#cacheTtlMs(),
      },
      scan,
    );
  }

  #schedule(): void {
    if (!this.#isActive || !this.#isStarted) this.#timer.cancel();
    else this.#timer.arm([...this.#records.keys()].filter((url) => !this.#queue.isRunning(url)));
  }

  #tick(): void {
    const isSomeoneFailing = [...this.#records.values()].some((record) => (record.status?.failures ?? 0) > 0);
    for (const url of this.#records.keys()) {
      if (this.#queue.isRunning(url) || !this.#timer.isDue(url)) continue;
      const sinceVisit = this.#deps.clock.monotonic() - (this.#visitedAt.get(url) ?? -Infinity);
      const isIdle = this.#published.shadowed.has(url) && !isSomeoneFailing && sinceVisit < shadowedMs;
      if (isIdle) this.#timer.set(url, shadowedMs - sinceVisit);
      else void this.#visit(url, false);
    }
    this.#schedule();
  }

  #rules(): StatusRules {
    return { degradedLatencyMs: this.#config['engines.degradedLatencyMs'], now: this.#deps.clock.now() };
  }

  #cacheTtlMs(): number {
    return this.#config['engines.cacheTtlMinutes'] * 60_000;
  }
}

/** Every probe under way listens to it: dozens in a round, which Node would otherwise report as a leak. */
function newAbort(): AbortController {
  const abort = new AbortController();
  setMaxListeners(0, abort.signal);
  return abort;
}

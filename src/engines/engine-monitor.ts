import type { Clock, Timer } from '../core/clock';
import type { FlmConfig } from '../core/config-schema';
import { Emitter, type Event } from '../core/emitter';
import { emptyEnginesSnapshot, type Engine, type EngineKind, type EnginesSnapshot } from '../core/engine';
import { messageOf } from '../core/errors';
import type { Logger } from '../core/logger';
import { reasonText } from '../core/reason';
import type { EngineKeys, UpstreamHealth, UpstreamSign } from '../core/upstream';
import { probeAddress, type AddressProbe } from './address-probe';
import { isLoopbackUrl, normalizeBaseUrl, portOf } from './base-url';
import { collectCandidates, type Candidate } from './candidates';
import { looksSame } from './engine-diff';
import { afterVisit, forgotten, newRecord, type EngineRecord, type Visit } from './engine-record';
import { EngineSession, probeLimits } from './engine-session';
import { viewEngines } from './engine-view';
import { readQuickHints, readServiceHints, type AddressHint } from './environment-hints';
import type { HostEnvironment } from './host-environment';
import { findInstalledEngines, type InstalledEngine } from './installed-engines';
import { parentEngineOf } from './listener-owner';
import { afterSign, passiveRecord } from './passive-engine';
import type { Prober } from './probe';
import { lingerMs, nextDelayMs } from './schedule';
import { isCacheable, seededRecord, seedsByUrl } from './seeded-engines';
import { visitAddress } from './visit';

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

/** An engine shown under another address of the same server needs no visits of its own until that one fails. */
const shadowedMs = 30_000;

/**
 * Knows which engines there are and how they are, as one value that is replaced on change.
 *
 * `start` looks once at everything (two seconds at most). After that it visits engines every few seconds while
 * somebody looks (`setActive`), and does nothing at all otherwise, except what `refresh`, `report`, `keysChanged` and
 * `configure` ask for. Nothing here throws because of what an engine does.
 */
export class EngineMonitor implements UpstreamHealth {
  readonly #deps: EngineMonitorDeps;
  readonly #changed: Emitter<EnginesSnapshot>;
  #config: FlmConfig;
  #snapshot: EnginesSnapshot = emptyEnginesSnapshot;
  /** In order of preference; replaced as a whole when candidates change. */
  #records = new Map<string, EngineRecord>();
  #seeds = new Map<string, Engine>();
  #hints: readonly AddressHint[] = [];
  #installed: readonly InstalledEngine[] = [];
  #demoBaseUrl: string | undefined;
  #ownAddresses: ReadonlySet<string> = new Set();
  readonly #startedAt: number;
  #urlById: ReadonlyMap<string, string> = new Map();
  #shadowed: ReadonlySet<string> = new Set();

  #isStarted = false;
  #isActive = false;
  #round: Promise<EnginesSnapshot> | undefined;
  #timer: Timer | undefined;
  #abort = new AbortController();
  readonly #dueAt = new Map<string, number>();
  readonly #visitedAt = new Map<string, number>();
  readonly #visits = new Map<string, Promise<void>>();
  readonly #forced = new Set<string>();
  readonly #memos = new Map<string, Map<string, unknown>>();

  constructor(deps: EngineMonitorDeps) {
    this.#deps = deps;
    this.#config = deps.config;
    this.#startedAt = deps.clock.now();
    this.#changed = new Emitter((error) => deps.logger.error('A listener of engine changes failed.', { error }));
    this.onDidChange = this.#changed.event;
  }

  readonly onDidChange: Event<EnginesSnapshot>;

  /** Synchronous and free: the value as of the last change. */
  snapshot(): EnginesSnapshot {
    return this.#snapshot;
  }

  /** Begins the first round; its results arrive as changes. A second call does nothing. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#abort = new AbortController();
    void this.#scan();
  }

  /** Ends timers and probes under way; the last snapshot stays readable, and `start` may follow. */
  stop(): void {
    this.#isStarted = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#abort.abort();
    this.#forced.clear();
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
    if (isActive && this.#isStarted) for (const url of this.#records.keys()) this.#dueAt.set(url, 0);
    this.#schedule();
  }

  /** Takes a new configuration; new addresses are visited at once, removed ones vanish at once. */
  configure(config: FlmConfig): void {
    this.#config = config;
    if (!this.#isStarted) return;
    void this.#visitNew();
    this.#publish();
    this.#schedule();
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
    if (!this.#isStarted) return;
    void this.#visitNew();
    this.#publish();
    this.#schedule();
  }

  /** Engines of an earlier run, shown as stale until they have been looked at. To be called before `start`. */
  seed(engines: readonly Engine[]): void {
    this.#seeds = seedsByUrl(engines);
    this.#syncCandidates();
    this.#publish();
  }

  /** What is worth keeping for `seed` at the next start. */
  cacheable(): readonly Engine[] {
    return this.#snapshot.engines.filter((engine) => isCacheable(engine));
  }

  /** A request showed how an engine is. Only a look decides, so one failed request changes no state. */
  report(engineId: string, sign: UpstreamSign): void {
    const url = this.#urlById.get(engineId);
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

  #scan(): Promise<EnginesSnapshot> {
    this.#round ??= this.#runRound().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  async #runRound(): Promise<EnginesSnapshot> {
    const { clock, host, logger } = this.#deps;
    const startedAt = clock.monotonic();
    this.#ownAddresses = new Set(host.ownAddresses());
    this.#syncCandidates();
    this.#publish({ isScanning: true });
    const learn = async (source: Promise<readonly AddressHint[]>) => {
      const found = await source;
      this.#hints = [...this.#hints.filter((old) => !found.some((hint) => hint.detail === old.detail)), ...found];
      await this.#visitNew();
    };
    const work = Promise.all([
      ...[...this.#records.keys()].map((url) => this.#visit(url, true)),
      learn(readQuickHints(host)),
      learn(readServiceHints(host)),
      findInstalledEngines(host).then((found) => {
        this.#installed = found;
      }),
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
    logger.debug('Looked for engines.', { tookMs, engines: this.#snapshot.engines.length });
    return this.#snapshot;
  }

  /** Makes the records those of the current candidates; those that stay keep what is known of them. */
  #syncCandidates(): void {
    const candidates = collectCandidates({
      config: this.#config,
      hints: this.#hints,
      demoBaseUrl: this.#demoBaseUrl,
      ownPorts: this.#deps.ownPorts?.() ?? [],
    });
    const next = new Map(candidates.map((candidate) => [candidate.baseUrl, this.#recordFor(candidate)]));
    for (const url of this.#records.keys()) {
      if (next.has(url)) continue;
      for (const map of [this.#dueAt, this.#visitedAt, this.#memos]) map.delete(url);
    }
    this.#records = next;
  }

  #recordFor(candidate: Candidate): EngineRecord {
    const known = this.#records.get(candidate.baseUrl);
    const isPassive = candidate.passiveModels !== undefined;
    if (known !== undefined) {
      const before = known.candidate;
      const isAsBefore =
        before.kind === candidate.kind &&
        JSON.stringify(before.passiveModels) === JSON.stringify(candidate.passiveModels);
      if (isAsBefore) return { ...known, candidate };
    }
    if (isPassive) return passiveRecord(candidate, this.#deps.clock.now());
    const seed = this.#seeds.get(candidate.baseUrl);
    const fresh = newRecord(candidate);
    this.#seeds.delete(candidate.baseUrl);
    return seed === undefined ? fresh : seededRecord(fresh, seed, this.#deps.clock.now());
  }

  async #visitNew(): Promise<void> {
    const before = this.#records;
    this.#syncCandidates();
    const isNew = (url: string) => before.get(url)?.candidate.kind !== this.#records.get(url)?.candidate.kind;
    const urls = [...this.#records.keys()].filter((url) => !before.has(url) || isNew(url));
    await Promise.all(urls.map((url) => this.#visit(url, true)));
  }

  /** Visits an address, or joins the visit under way; a forced look is added to a mere pulse under way. */
  #visit(url: string, isForced: boolean): Promise<void> {
    if (this.#records.get(url)?.candidate.passiveModels !== undefined) return Promise.resolve();
    if (isForced) this.#forced.add(url);
    const running = this.#visits.get(url);
    if (running !== undefined) return running;
    const visit = Promise.resolve()
      .then(() => this.#visitUntilDone(url))
      .catch((error: unknown) => this.#deps.logger.error('A probe failed unexpectedly.', { url, error }))
      .finally(() => this.#schedule());
    this.#visits.set(url, visit);
    return visit;
  }

  async #visitUntilDone(url: string): Promise<void> {
    try {
      do await this.#visitOnce(url);
      while (this.#forced.has(url) && this.#records.has(url) && !this.#abort.signal.aborted);
    } finally {
      // In the same turn as the last look at #forced: whoever asks from now on starts a visit of their own.
      this.#visits.delete(url);
      this.#forced.delete(url);
    }
  }

  async #visitOnce(url: string): Promise<void> {
    const record = this.#records.get(url);
    const { signal } = this.#abort;
    if (record === undefined || signal.aborted) return;
    const isForced = this.#forced.delete(url);
    const memo = this.#memos.get(url) ?? new Map<string, unknown>();
    this.#memos.set(url, memo);
    const visit = await this.#look(record, isForced || this.#isLookDue(record), memo, isForced);
    const now = this.#records.get(url);
    if (now !== undefined && !signal.aborted) this.#accept(now, visit);
  }

  #isLookDue(record: EngineRecord): boolean {
    const age = record.lookedAt === undefined ? Infinity : this.#deps.clock.monotonic() - record.lookedAt;
    return record.needsLook || age >= this.#cacheTtlMs();
  }

  #look(record: EngineRecord, isFull: boolean, memo: Map<string, unknown>, isForced = false): Promise<Visit> {
    const { baseUrl, keyUrl } = record.candidate;
    const { prober, clock, keys, host } = this.#deps;
    const key = keys.get(baseUrl) ?? (keyUrl === undefined ? undefined : keys.get(keyUrl));
    const limits = probeLimits(this.#config);
    const session = new EngineSession({ prober, clock, limits, baseUrl, key, memo, signal: this.#abort.signal });
    const asked = isForced ? { ...record, needsIdentity: true } : record;
    return visitAddress(session, asked, isFull, async () =>
      isLoopbackUrl(baseUrl) ? parentEngineOf(host, portOf(baseUrl)) : undefined,
    );
  }

  #accept(before: EngineRecord, visit: Visit): void {
    const { baseUrl } = before.candidate;
    const monotonic = this.#deps.clock.monotonic();
    const after = this.#retired(afterVisit(before, visit, { ...this.#rules(), monotonic }));
    if (after.kind !== before.kind) this.#memos.delete(baseUrl);
    this.#records.set(baseUrl, after);
    this.#visitedAt.set(baseUrl, monotonic);
    const delay = nextDelayMs(after);
    if (delay !== undefined) this.#dueAt.set(baseUrl, monotonic + delay);
    if ((after.status?.failures ?? 0) > 0) for (const url of this.#shadowed) this.#dueAt.set(url, monotonic);
    this.#logTransition(before, after);
    this.#publish();
  }

  /** An engine that FLM found by itself and that is gone: shown as installed if it is, else for a while as failed. */
  #retired(record: EngineRecord): EngineRecord {
    const { status, candidate } = record;
    if (candidate.isConfigured || status === undefined) return record;
    const isGone = status.state === 'network-error';
    const isOther = status.state === 'api-error' && record.needsIdentity;
    const isInstalled = isLoopbackUrl(candidate.baseUrl) && this.#installedKinds().has(record.kind);
    const isOver = this.#deps.clock.now() - status.since >= lingerMs;
    return (isGone && (isInstalled || isOver)) || (isOther && isOver) ? forgotten(record) : record;
  }

  #installedKinds(): ReadonlySet<EngineKind | undefined> {
    return new Set(this.#installed.map((entry) => entry.kind));
  }

  #logTransition(before: EngineRecord, after: EngineRecord): void {
    if (before.status?.state === after.status?.state && before.kind === after.kind) return;
    const { baseUrl } = after.candidate;
    const state = after.status?.state ?? after.role;
    const why = after.status === undefined ? undefined : reasonText(after.status.reason);
    this.#deps.logger.info('Engine changed state.', { baseUrl, kind: after.kind, state, why });
  }

  #publish(scan: Partial<Pick<EnginesSnapshot, 'isScanning' | 'scannedAt'>> = {}): void {
    const { clock } = this.#deps;
    const isFirstRoundOver = scan.scannedAt !== undefined || this.#snapshot.scannedAt !== undefined;
    const view = viewEngines({
      records: [...this.#records.values()],
      // Before the first round has ended, "installed, not running" would be a guess.
      installed: isFirstRoundOver ? this.#installed : [],
      ownAddresses: this.#ownAddresses,
      monotonic: clock.monotonic(),
      cacheTtlMs: this.#cacheTtlMs(),
      startedAt: this.#startedAt,
    });
    this.#urlById = view.baseUrls;
    this.#shadowed = view.shadowed;
    const old = this.#snapshot;
    const isScanning = scan.isScanning ?? old.isScanning;
    const isSame =
      looksSame(old.engines, view.engines) && isScanning === old.isScanning && scan.scannedAt === undefined;
    if (isSame) return;
    const scannedAt = scan.scannedAt ?? old.scannedAt;
    this.#snapshot = {
      revision: old.revision + 1,
      engines: view.engines,
      isScanning,
      ...(scannedAt === undefined ? {} : { scannedAt }),
    };
    this.#changed.fire(this.#snapshot);
  }

  /** Sets the one timer to the earliest visit due; none while nobody looks. */
  #schedule(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!this.#isActive || !this.#isStarted) return;
    const waiting = [...this.#records.keys()].filter((url) => !this.#visits.has(url));
    const due = Math.min(...waiting.map((url) => this.#dueAt.get(url) ?? Infinity));
    if (due === Infinity) return;
    const delay = Math.max(0, due - this.#deps.clock.monotonic());
    this.#timer = this.#deps.clock.setTimeout(() => this.#tick(), delay);
  }

  #tick(): void {
    const now = this.#deps.clock.monotonic();
    for (const url of this.#records.keys()) {
      if (this.#visits.has(url) || (this.#dueAt.get(url) ?? Infinity) > now) continue;
      const isIdle =
        this.#shadowed.has(url) && now - (this.#visitedAt.get(url) ?? 0) < shadowedMs && !this.#isPrimaryFailing();
      if (isIdle) this.#dueAt.set(url, now + shadowedMs);
      else void this.#visit(url, false);
    }
    this.#schedule();
  }

  #isPrimaryFailing(): boolean {
    return [...this.#records.values()].some((record) => (record.status?.failures ?? 0) > 0);
  }

  #rules(): { degradedLatencyMs: number; now: number } {
    return { degradedLatencyMs: this.#config['engines.degradedLatencyMs'], now: this.#deps.clock.now() };
  }

  #cacheTtlMs(): number {
    return this.#config['engines.cacheTtlMinutes'] * 60_000;
  }
}

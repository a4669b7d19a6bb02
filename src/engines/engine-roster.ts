import type { Clock } from '../core/clock';
import type { FlmConfig } from '../core/config-schema';
import type { Engine, EngineKind } from '../core/engine';
import { AddressSources } from './address-sources';
import { collectCandidates } from './candidates';
import type { EngineRecord } from './engine-record';
import type { HostEnvironment } from './host-environment';
import { syncRecords, withSeeds } from './record-sync';
import { seedsByUrl } from './seeded-engines';

export interface EngineRosterDeps {
  readonly clock: Clock;
  readonly host: HostEnvironment;
  /** Ports on which FLM itself listens now. */
  readonly ownPorts?: () => readonly number[];
}

/** What came of following the candidates: addresses to be visited now, and addresses to be forgotten. */
export interface RosterChange {
  /** New, or to be asked as another kind of engine than before. */
  readonly fresh: readonly string[];
  readonly gone: readonly string[];
}

/** Which addresses are looked at, in order of preference, and everything known of each. Asks no engine anything. */
export class EngineRoster {
  /** What the machine itself names, as last read. */
  readonly sources: AddressSources;
  readonly #deps: EngineRosterDeps;
  /** Replaced as a whole when candidates change. */
  #records = new Map<string, EngineRecord>();
  #seeds = new Map<string, Engine>();
  #demoBaseUrl: string | undefined;

  constructor(deps: EngineRosterDeps) {
    this.#deps = deps;
    this.sources = new AddressSources(deps.host);
  }

  /** By base URL. */
  get records(): ReadonlyMap<string, EngineRecord> {
    return this.#records;
  }

  /** Kinds of engine that are installed on this machine. */
  get installedKinds(): ReadonlySet<EngineKind> {
    return new Set(this.sources.installed.map((entry) => entry.kind));
  }

  /** Puts a record in the place of the one with its address. */
  put(record: EngineRecord): void {
    this.#records.set(record.candidate.baseUrl, record);
  }

  /** The demo engine runs at this address, or no longer; counts from the next `follow` on. */
  setDemoEngine(baseUrl: string | undefined): void {
    this.#demoBaseUrl = baseUrl;
  }

  /** Brings the addresses in line with settings and sources. An address that stays keeps what is known of it. */
  follow(config: FlmConfig): RosterChange {
    const { clock, ownPorts } = this.#deps;
    const { hints } = this.sources;
    const candidates = collectCandidates({
      config,
      hints,
      demoBaseUrl: this.#demoBaseUrl,
      ownPorts: ownPorts?.() ?? [],
    });
    const before = this.#records;
    const after = syncRecords(before, candidates, this.#seeds, clock.now());
    this.#records = after;
    const isOther = (url: string) => before.get(url)?.candidate.kind !== after.get(url)?.candidate.kind;
    return {
      fresh: [...after.keys()].filter((url) => !before.has(url) || isOther(url)),
      gone: [...before.keys()].filter((url) => !after.has(url)),
    };
  }

  /**
   * Takes what an earlier run knew: at once for addresses of which nothing has been read in this one, else when they
   * become candidates. Names the addresses whose record is another one now.
   */
  seed(engines: readonly Engine[]): readonly string[] {
    this.#seeds = seedsByUrl(engines);
    const before = this.#records;
    this.#records = withSeeds(before, this.#seeds, this.#deps.clock.now());
    return [...this.#records].filter(([url, record]) => record !== before.get(url)).map(([url]) => url);
  }
}

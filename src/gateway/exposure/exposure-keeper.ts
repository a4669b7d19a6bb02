import type { Clock, Timer } from '../../core/clock';
import type { FlmConfig } from '../../core/config-schema';
import { Emitter, type Event } from '../../core/emitter';
import type { ExposureDemand, MachineAddress } from '../../core/exposure';
import type { ExposureDemands } from './exposure-demands';
import { closed, exposureWish, shrunkConfirmation, type ExposureWish, type TimedDemand } from './exposure-wish';
import type { StoredExposure } from './stored-exposure';

/** Longest wait of one timer: ends lie weeks ahead, and laptops sleep. */
const longestWaitMs = 10 * 60_000;
const maxShares = 1000;

/** Whose doing a change of the exposure is. */
export type ExposureCause =
  'start' | 'setting' | 'person' | 'share' | 'timer' | 'key' | 'policy' | 'certificate' | 'network' | 'proxy';

/** Confirms what settings ask for in a gateway whose settings are a person's own words. */
const everything: ExposureDemand = { scope: 'all' };

export interface ExposureKeeperDeps {
  readonly stored: Pick<StoredExposure, 'load' | 'save'>;
  /** Command line and configuration file are explicit: nothing has to be confirmed. */
  readonly trustsSettings: boolean;
  readonly clock: Clock;
}

/** Knows who wants the proxy to be reachable, how far, until when, and what of it a person confirmed. */
export class ExposureKeeper implements ExposureDemands {
  readonly #deps: ExposureKeeperDeps;
  readonly #changes = new Emitter<ExposureCause>();
  readonly #shares = new Map<string, ExposureDemand>();
  #setting: ExposureDemand = closed;
  #confirmed: ExposureDemand = closed;
  #timed: TimedDemand | undefined;
  #timer: Timer | undefined;
  #isStarted = false;

  constructor(deps: ExposureKeeperDeps) {
    this.#deps = deps;
  }

  /** The wish is another, or may be. */
  get onDidChange(): Event<ExposureCause> {
    return this.#changes.event;
  }

  /** Remembers what was confirmed and what is still timed. Needs the storage to be open. */
  start(config: FlmConfig): void {
    const memory = this.#deps.stored.load();
    this.#isStarted = true;
    this.#setting = settingOf(config);
    this.#confirmed = this.#deps.trustsSettings ? everything : memory.confirmed;
    this.#timed = memory.timed;
    if (memory.setting !== undefined) this.#settingChanged(memory.setting);
    this.#watch();
  }

  /** Settings that are narrower apply at once; wider ones as far as they are confirmed. */
  configure(config: FlmConfig): void {
    if (!this.#isStarted) return; // the start is told what applies then, and knows what was confirmed
    const before = this.#setting;
    this.#setting = settingOf(config);
    if (isSame(before, this.#setting)) return;
    this.#settingChanged(before);
    this.#changes.fire('setting');
  }

  /**
   * A person agreed. With `until` (epoch ms) it applies by itself until then; without, the settings may go that far from
   * now on, and an earlier timed wish is over. Resolves once it is stored.
   */
  async confirm(demand: ExposureDemand, until?: number): Promise<void> {
    if (until === undefined) {
      this.#confirmed = demand;
      this.#timed = undefined;
    } else this.#timed = { demand, until };
    this.#watch();
    this.#changes.fire('person');
    await this.#save();
  }

  /** Every wish is over, shares' too; settings have to be confirmed again. Resolves once it is stored. */
  async close(): Promise<void> {
    this.#confirmed = closed;
    this.#timed = undefined;
    this.#shares.clear();
    this.#watch();
    this.#changes.fire('person');
    await this.#save();
  }

  demand(id: string, demand: ExposureDemand): void {
    const before = this.#shares.get(id);
    if (before !== undefined && isSame(before, demand)) return;
    if (before === undefined && this.#shares.size >= maxShares) return;
    this.#shares.set(id, demand);
    this.#changes.fire('share');
  }

  release(id: string): void {
    if (this.#shares.delete(id)) this.#changes.fire('share');
  }

  wish(machine: readonly MachineAddress[]): ExposureWish {
    return exposureWish({
      setting: this.#setting,
      confirmed: this.#confirmed,
      shares: [...this.#shares.values()],
      machine,
      ...(this.#timed === undefined ? {} : { timed: this.#timed }),
    });
  }

  dispose(): void {
    this.#timer?.cancel();
    this.#changes.dispose();
  }

  #settingChanged(before: ExposureDemand): void {
    if (isSame(before, this.#setting)) return;
    this.#confirmed = this.#deps.trustsSettings
      ? everything
      : shrunkConfirmation(this.#confirmed, before, this.#setting);
    void this.#save();
  }

  #watch(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#timed === undefined) return;
    const leftMs = this.#timed.until - this.#deps.clock.now();
    if (leftMs > 0) this.#timer = this.#deps.clock.setTimeout(() => this.#watch(), Math.min(leftMs, longestWaitMs));
    else {
      this.#timed = undefined;
      this.#changes.fire('timer');
      void this.#save();
    }
  }

  async #save(): Promise<void> {
    await this.#deps.stored.save({
      confirmed: this.#confirmed,
      setting: this.#setting,
      ...(this.#timed === undefined ? {} : { timed: this.#timed }),
    });
  }
}

function settingOf(config: FlmConfig): ExposureDemand {
  const scope = config['proxy.exposure'];
  return scope === 'interfaces' ? { scope, addresses: config['proxy.interfaces'] } : { scope };
}

function isSame(a: ExposureDemand, b: ExposureDemand): boolean {
  return a.scope === b.scope && JSON.stringify(a.addresses ?? []) === JSON.stringify(b.addresses ?? []);
}

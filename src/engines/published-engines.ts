import { Emitter, type Event } from '../core/emitter';
import { emptyEnginesSnapshot, type EnginesSnapshot } from '../core/engine';
import type { Logger } from '../core/logger';
import { looksSame } from './engine-diff';
import { viewEngines, type ViewInput } from './engine-view';

/** News of a round: that it runs, or when it ended. */
export type ScanNews = Partial<Pick<EnginesSnapshot, 'isScanning' | 'scannedAt'>>;

/** What others see of the records: one value, replaced only when it looks different. */
export class PublishedEngines {
  readonly onDidChange: Event<EnginesSnapshot>;
  readonly #changed: Emitter<EnginesSnapshot>;
  readonly #startedAt: number;
  #snapshot: EnginesSnapshot = emptyEnginesSnapshot;
  #urlById: ReadonlyMap<string, string> = new Map();
  #shadowed: ReadonlySet<string> = new Set();

  /** @param startedAt epoch ms at which FLM began to look */
  constructor(startedAt: number, logger: Logger) {
    this.#startedAt = startedAt;
    this.#changed = new Emitter((error) => logger.error('A listener of engine changes failed.', { error }));
    this.onDidChange = this.#changed.event;
  }

  /** As of the last change. */
  get snapshot(): EnginesSnapshot {
    return this.#snapshot;
  }

  /** Base URLs of records that show the same server as another one. */
  get shadowed(): ReadonlySet<string> {
    return this.#shadowed;
  }

  /** Base URL of the record behind an engine. */
  urlOf(engineId: string): string | undefined {
    return this.#urlById.get(engineId);
  }

  publish(records: Omit<ViewInput, 'startedAt'>, scan: ScanNews): void {
    const old = this.#snapshot;
    const isFirstRoundOver = scan.scannedAt !== undefined || old.scannedAt !== undefined;
    const view = viewEngines({
      ...records,
      // Before the first round has ended, "installed, not running" would be a guess.
      installed: isFirstRoundOver ? records.installed : [],
      startedAt: this.#startedAt,
    });
    this.#urlById = view.baseUrls;
    this.#shadowed = view.shadowed;
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
}

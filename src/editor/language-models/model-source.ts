import type { Clock } from '../../core/clock';
import type { Disposable } from '../../core/disposable';
import type { EnginesSnapshot } from '../../core/engine';
import { Emitter, type Event } from '../../core/emitter';
import type { Gateway, GatewayStatus } from '../gateway-port';
import type { Localizer } from '../localizer';
import type { Settings } from '../settings';
import { modelInformation, type ModelInformation } from './model-information';
import type { UsageMemory } from './usage-memory';

/** A first round of detection is done in about two seconds; nobody waits longer than this for the list. */
const scanLimitMs = 10_000;

/** The models VS Code may offer, and when they change. */
export class ModelSource implements Disposable {
  readonly #gateway: Pick<Gateway, 'status' | 'onDidChangeStatus' | 'start'>;
  readonly #settings: Pick<Settings, 'strings' | 'onDidChange'>;
  readonly #memory: Pick<UsageMemory, 'wasUsed'>;
  readonly #l10n: Localizer;
  readonly #clock: Clock;
  readonly #changed = new Emitter<undefined>();
  readonly onDidChange: Event<undefined> = this.#changed.event;
  #subscriptions: readonly Disposable[] = [];
  #seen: EnginesSnapshot | undefined;
  #told = '[]';

  constructor(
    gateway: Pick<Gateway, 'status' | 'onDidChangeStatus' | 'start'>,
    settings: Pick<Settings, 'strings' | 'onDidChange'>,
    memory: Pick<UsageMemory, 'wasUsed'>,
    l10n: Localizer,
    clock: Clock,
  ) {
    this.#gateway = gateway;
    this.#settings = settings;
    this.#memory = memory;
    this.#l10n = l10n;
    this.#clock = clock;
  }

  start(): void {
    this.#subscriptions = [
      this.#gateway.onDidChangeStatus(({ state }) => {
        // Most changes are about the proxy.
        if (state?.engines === this.#seen) return;
        this.#seen = state?.engines;
        this.#tellChange();
      }),
      this.#settings.onDidChange(() => this.#tellChange()),
    ];
  }

  /**
   * What can be chatted with now. VS Code asks silently on its own account, in every window: that starts no gateway
   * unless FLM's models have been used here before. Otherwise waits, 10 s at most, for the first round of detection.
   */
  async models(isSilent: boolean, signal: AbortSignal): Promise<readonly ModelInformation[]> {
    if (isSilent && this.#gateway.status.phase === 'idle' && !this.#memory.wasUsed()) return [];
    this.#gateway.start();
    await this.#settled(signal);
    const models = this.#current();
    this.#told = JSON.stringify(models);
    return models;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #current(): readonly ModelInformation[] {
    const engines = this.#gateway.status.state?.engines.engines ?? [];
    return modelInformation(this.#l10n, engines, this.#settings.strings('engines.hidden'));
  }

  #tellChange(): void {
    const models = JSON.stringify(this.#current());
    if (models === this.#told) return;
    this.#told = models;
    this.#changed.fire(undefined);
  }

  #settled(signal: AbortSignal): Promise<void> {
    if (isSettled(this.#gateway.status) || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        timer.cancel();
        subscription.dispose();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = this.#clock.setTimeout(done, scanLimitMs);
      const subscription = this.#gateway.onDidChangeStatus((status) => {
        if (isSettled(status)) done();
      });
      signal.addEventListener('abort', done);
    });
  }
}

function isSettled({ phase, state }: GatewayStatus): boolean {
  return phase === 'failed' || phase === 'incompatible' || state?.engines.scannedAt !== undefined;
}

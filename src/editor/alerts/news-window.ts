import type { Clock } from '../../core/clock';
import { DisposableStore, type Disposable } from '../../core/disposable';
import type { Event } from '../../core/emitter';
import type { Gateway } from '../gateway-port';

/** This window's focus, as the editor tells it. */
export interface WindowFocus {
  readonly isFocused: boolean;
  readonly onDidChange: Event<void>;
}

/**
 * Whether it is for this window to tell what nobody asked for: only the window in front does, or the one that was in
 * front last, so that a person is told once. The gateway, to which all windows talk, keeps order among them.
 */
export class NewsWindow implements Disposable {
  readonly #id: string;
  readonly #gateway: Gateway;
  readonly #focus: WindowFocus;
  readonly #clock: Clock;
  readonly #store = new DisposableStore();
  #focusedAt = 0;
  #isConnected = false;

  /** @param id no other window has */
  constructor(id: string, gateway: Gateway, focus: WindowFocus, clock: Clock) {
    this.#id = id;
    this.#gateway = gateway;
    this.#focus = focus;
    this.#clock = clock;
  }

  start(): void {
    this.#store.add(this.#focus.onDidChange(() => this.#noteFocus()));
    this.#store.add(
      this.#gateway.onDidChangeStatus(({ phase }) => {
        const isNew = phase === 'connected' && !this.#isConnected;
        this.#isConnected = phase === 'connected';
        if (isNew) this.#say();
      }),
    );
    this.#noteFocus();
  }

  /** A gateway that keeps no order among windows has every window tell. */
  get isInFront(): boolean {
    const front = this.#gateway.status.state?.frontWindow;
    return front === undefined || front === this.#id;
  }

  /** Whether this window is the first to tell that. True where nobody can say: twice is better than never. */
  async claim(name: string): Promise<boolean> {
    if (!this.#isConnected) return true;
    return this.#gateway.request('news/claim', { name }).then(
      ({ isFirst }) => isFirst,
      () => true,
    );
  }

  dispose(): void {
    this.#store.dispose();
  }

  #noteFocus(): void {
    if (!this.#focus.isFocused) return;
    this.#focusedAt = this.#clock.now();
    if (this.#isConnected) this.#say();
  }

  /** Also after a change of the gateway, which knows nothing of what the last one was told. */
  #say(): void {
    const params = { window: this.#id, at: this.#focusedAt };
    this.#gateway.request('window/focused', params).catch(() => undefined);
  }
}

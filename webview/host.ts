import type { AuditEvent } from '../src/core/audit';
import type {
  FromPanel,
  PanelError,
  PanelMemory,
  PanelRequestName,
  PanelRequests,
  PanelState,
  PanelTabName,
  ToPanel,
} from '../src/protocol/panel-messages';

/** What VS Code gives to a webview. */
interface VsCodeApi {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** The gateway gives a request 60 s, and may need 15 s more to be found. A dialog may stay open as long as it likes. */
const answerTimeoutMs = 90_000;

/** A request was refused or failed; `message` is in the reader's language. */
export class HostError extends Error {
  readonly code: string;

  constructor(error: PanelError) {
    super(error.message);
    this.code = error.code;
  }
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: HostError) => void;
  readonly timer: number | undefined;
}

export interface HostListener {
  onState(state: PanelState): void;
  onEvent(event: AuditEvent): void;
  onVisible(visible: boolean): void;
  onShow(tab: PanelTabName): void;
}

/** The extension as the page sees it: typed requests, and what it is told without asking. */
export class Host {
  readonly #api = acquireVsCodeApi();
  readonly #waiting = new Map<number, Waiting>();
  readonly #listener: HostListener;
  readonly #timeoutText: () => string;
  #state: PanelState | undefined;
  #lastId = 0;

  constructor(listener: HostListener, timeoutText: () => string) {
    this.#listener = listener;
    this.#timeoutText = timeoutText;
  }

  /** Asks for the first state. */
  start(): void {
    addEventListener('message', (event: MessageEvent<ToPanel>) => this.#receive(event.data));
    this.#api.postMessage({ type: 'ready' });
  }

  /** Rejects with {@link HostError}. */
  request<N extends PanelRequestName>(
    name: N,
    params: PanelRequests[N]['params'],
  ): Promise<PanelRequests[N]['result']> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const isDialog = name.startsWith('host/');
      const timer = isDialog ? undefined : window.setTimeout(() => this.#giveUp(id), answerTimeoutMs);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#api.postMessage({ type: 'request', id, name, params } as FromPanel);
    });
  }

  /** What was remembered; members that are missing or of another shape are the caller's to default. */
  recall(): Partial<PanelMemory> {
    const state = this.#api.getState();
    return typeof state === 'object' && state !== null ? state : {};
  }

  remember(memory: PanelMemory): void {
    this.#api.setState(memory);
  }

  #receive(message: ToPanel): void {
    switch (message.type) {
      case 'state':
        this.#state = message.state;
        this.#listener.onState(message.state);
        break;
      case 'change':
        if (this.#state === undefined) break;
        this.#state = { ...this.#state, ...message.change };
        this.#listener.onState(this.#state);
        break;
      case 'answer':
        this.#settle(message);
        break;
      case 'event':
        this.#listener.onEvent(message.event);
        break;
      case 'visible':
        this.#listener.onVisible(message.visible);
        break;
      case 'show':
        this.#listener.onShow(message.tab);
        break;
    }
  }

  #settle(answer: Extract<ToPanel, { type: 'answer' }>): void {
    const waiting = this.#waiting.get(answer.id);
    if (waiting === undefined) return;
    this.#waiting.delete(answer.id);
    window.clearTimeout(waiting.timer);
    if (answer.ok) waiting.resolve(answer.result as never);
    else waiting.reject(new HostError(answer.error));
  }

  #giveUp(id: number): void {
    const error = { code: 'internal_error', message: this.#timeoutText() };
    this.#settle({ type: 'answer', id, ok: false, error });
  }
}

import type { AuditEvent } from '../../core/audit';
import type { Clock } from '../../core/clock';
import type { GatewayNotifications, GatewayRequestName, ProxyPhase } from '../../protocol/gateway-rpc';
import type { SecurityNews } from '../../protocol/security-rpc';
import type { RpcHandlers, RpcPeer } from '../rpc/rpc-handlers';
import { FrontWindow } from './front-window';
import { NewsClaims } from './news-claims';
import { UserIntent } from './user-intent';

export interface WindowsDeps {
  readonly clock: Clock;
  /** Tells every window. */
  readonly notify: (name: 'window/front', params: GatewayNotifications['window/front']) => void;
}

/**
 * What windows share with each other so that a person is told a thing once, and not at all where they did it
 * themselves: who is in front, what was asked for, what was told.
 */
export class Windows {
  readonly #deps: WindowsDeps;
  readonly #front = new FrontWindow();
  readonly #claims = new NewsClaims();
  readonly #intent: UserIntent;
  readonly handlers: Pick<RpcHandlers, 'window/focused' | 'news/claim'>;
  #known: string | undefined;

  constructor(deps: WindowsDeps) {
    this.#deps = deps;
    this.#intent = new UserIntent(deps.clock);
    this.handlers = {
      'window/focused': (focus, peer) => {
        this.#front.focused(peer, focus);
        this.#frontMayHaveChanged();
        return null;
      },
      'news/claim': ({ name }) => ({ isFirst: this.#claims.claim(name) }),
    };
  }

  get front(): string | undefined {
    return this.#known;
  }

  /** A window asked for something on behalf of a person. */
  asked(name: GatewayRequestName): void {
    this.#intent.note(name);
  }

  left(peer: RpcPeer): void {
    this.#front.left(peer);
    this.#frontMayHaveChanged();
  }

  /** An event as windows are told of it. */
  newsOf(event: AuditEvent, phase: ProxyPhase): SecurityNews {
    return this.#intent.explains(event, phase) ? { ...event, isExpected: true } : event;
  }

  #frontMayHaveChanged(): void {
    const window = this.#front.current;
    if (window === this.#known) return;
    this.#known = window;
    this.#deps.notify('window/front', window === undefined ? {} : { window });
  }
}

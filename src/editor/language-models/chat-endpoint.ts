import type { Gateway } from '../gateway-port';
import { localizeReason, type Localizer } from '../localizer';
import type { Settings } from '../settings';
import { ChatError } from './chat-error';

/**
 * Where to send a chat. VS Code lets extensions send one only in response to a user's action, so a proxy that is off is
 * started; not where it would open to other machines: that is the user's own decision. Rejects with ChatError.
 */
export class ChatEndpoint {
  readonly #gateway: Pick<Gateway, 'status' | 'request'>;
  readonly #settings: Pick<Settings, 'get'>;
  readonly #l10n: Localizer;

  constructor(gateway: Pick<Gateway, 'status' | 'request'>, settings: Pick<Settings, 'get'>, l10n: Localizer) {
    this.#gateway = gateway;
    this.#settings = settings;
    this.#l10n = l10n;
  }

  async get(): Promise<string> {
    const { state } = this.#gateway.status;
    const proxy = state?.proxy;
    if (proxy?.phase === 'on' && proxy.endpoint !== undefined) return proxy.endpoint;
    const scope = state?.sharing.exposure.scope ?? this.#settings.get('proxy.exposure', 'machine');
    if (scope !== 'machine') {
      throw new ChatError(
        'other',
        this.#l10n.t('The FLM proxy is off, and starting it opens it to other machines. Start it from the status bar.'),
      );
    }
    const started = await this.#gateway.request('proxy/start', {});
    if (started.endpoint !== undefined) return started.endpoint;
    const why = started.notice === undefined ? '' : localizeReason(this.#l10n, started.notice);
    throw new ChatError('other', this.#l10n.t('The FLM proxy could not be started. {0}', why).trim());
  }
}

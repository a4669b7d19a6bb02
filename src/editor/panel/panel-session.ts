import { DisposableStore, type Disposable } from '../../core/disposable';
import { FlmError, messageOf } from '../../core/errors';
import type { Logger } from '../../core/logger';
import {
  panelGatewayRequests,
  type PanelGatewayRequestName,
  type PanelHostRequests,
  type PanelRequest,
  type PanelRequestName,
  type PanelState,
  type PanelTabName,
  type ToPanel,
} from '../../protocol/panel-messages';
import { errorText } from '../error-text';
import type { Localizer } from '../localizer';
import { readPanelMessage, requestId } from './message-reader';
import { needsTrust } from './needs-trust';
import type { PanelGateway } from './panel-gateway';
import type { PanelServices } from './panel-services';
import { changedMembers, panelState } from './panel-state';

export interface PanelSessionDeps {
  readonly gateway: PanelGateway;
  readonly services: PanelServices;
  readonly l10n: Localizer;
  readonly log: Logger;
  /** Sends to the page. Messages to a page that is not there are lost, which is why it says `ready`. */
  readonly post: (message: ToPanel) => void;
}

type HostHandlers = {
  readonly [N in keyof PanelHostRequests]: (
    params: PanelHostRequests[N]['params'],
  ) => Promise<PanelHostRequests[N]['result']>;
};

/**
 * One page of the panel, from its first `ready` until it is closed. Knows no VS Code: a view, an editor tab and a test
 * use it alike. While nobody sees the page it is told nothing; when it is shown again it gets the whole state.
 */
export class PanelSession implements Disposable {
  readonly #deps: PanelSessionDeps;
  readonly #store = new DisposableStore();
  readonly #handlers: HostHandlers;
  /** What the page knows; undefined until it says `ready`. */
  #sent: PanelState | undefined;
  #isVisible = true;
  #wantedTab: PanelTabName | undefined;

  constructor(deps: PanelSessionDeps) {
    this.#deps = deps;
    this.#handlers = hostHandlers(deps);
  }

  /** Follows the gateway from here on, and starts it: somebody wants to see it. */
  start(): void {
    const { gateway, post } = this.#deps;
    this.#store.add(gateway.onDidChangeStatus(() => this.#sendChange()));
    this.#store.add(
      gateway.onDidSecurityEvent((event) => {
        if (this.#sent !== undefined && this.#isVisible) post({ type: 'event', event });
      }),
    );
    gateway.start();
  }

  setVisible(visible: boolean): void {
    if (visible === this.#isVisible) return;
    this.#isVisible = visible;
    if (this.#sent === undefined) return;
    this.#deps.post({ type: 'visible', visible });
    if (visible) this.#sendAll();
  }

  /** Brings a tab to front, now or as soon as the page is there. */
  show(tab: PanelTabName): void {
    this.#wantedTab = tab;
    if (this.#sent !== undefined) this.#sendWantedTab();
  }

  /** Takes what came from the page, whatever it is. Never rejects. */
  async receive(message: unknown): Promise<void> {
    try {
      const read = readPanelMessage(message);
      if (read.type === 'ready') this.#sendAll();
      else await this.#answer(read);
    } catch (error) {
      this.#refuse(message, error);
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #answer(request: PanelRequest): Promise<void> {
    const { id, name } = request;
    const { log, post } = this.#deps;
    try {
      const result: unknown = await this.#handle(request);
      if (!this.#store.isDisposed) post({ type: 'answer', id, ok: true, result: result ?? null });
    } catch (error) {
      if (this.#store.isDisposed) return;
      log.debug(`The panel's request ${name} failed`, { error: messageOf(error) });
      post({ type: 'answer', id, ok: false, error: this.#errorOf(error) });
    }
  }

  async #handle(request: PanelRequest): Promise<unknown> {
    const { name, params } = request;
    if (needsTrust(name)) this.#deps.services.requireTrust();
    // Name and parameters fit each other since `readPanelMessage`; TypeScript cannot see that through the index.
    if (isGatewayRequest(name)) return this.#deps.gateway.request(name as never, params as never);
    const handler = this.#handlers[name] as (params: unknown) => Promise<unknown>;
    return handler(params);
  }

  #refuse(message: unknown, error: unknown): void {
    this.#deps.log.warn('The panel sent something that is no message of its protocol', { error: messageOf(error) });
    const id = requestId(message);
    if (id !== undefined) this.#deps.post({ type: 'answer', id, ok: false, error: this.#errorOf(error) });
  }

  #errorOf(error: unknown): { code: string; message: string } {
    const code = FlmError.is(error) ? error.code : 'internal_error';
    return { code, message: errorText(this.#deps.l10n, error) ?? '' };
  }

  #sendAll(): void {
    const state = this.#state();
    this.#sent = state;
    this.#deps.post({ type: 'state', state });
    this.#sendWantedTab();
  }

  #sendChange(): void {
    if (this.#sent === undefined || !this.#isVisible) return;
    const state = this.#state();
    const change = changedMembers(this.#sent, state);
    this.#sent = state;
    if (change !== undefined) this.#deps.post({ type: 'change', change });
  }

  #sendWantedTab(): void {
    if (this.#wantedTab === undefined) return;
    this.#deps.post({ type: 'show', tab: this.#wantedTab });
    this.#wantedTab = undefined;
  }

  #state(): PanelState {
    const { gateway, l10n } = this.#deps;
    return panelState(l10n, gateway.status);
  }
}

function isGatewayRequest(name: PanelRequestName): name is PanelGatewayRequestName {
  return (panelGatewayRequests as readonly string[]).includes(name);
}

const extensions = { plain: 'txt', csv: 'csv', json: 'json' } as const;

function hostHandlers({ gateway, services, l10n }: PanelSessionDeps): HostHandlers {
  const whereToSave = async (name: string, extension: string): Promise<string> =>
    (await services.askWhereToSave(`${name}.${extension}`, extension)) ?? cancelled();
  return {
    'host/copy': async ({ text }) => {
      await services.copy(text);
      return null;
    },
    'host/exportEvents': async ({ format, query }) => {
      const path = await whereToSave('flm-events', format);
      const isForExcel = format === 'csv' && l10n.language.startsWith('ja');
      const { rows, path: file } = await gateway.request('audit/export', {
        what: 'audit',
        format,
        path,
        query,
        ...(isForExcel ? { bom: true } : {}),
      });
      return { rows, file };
    },
    'host/exportBlocks': async ({ format }) => {
      const file = await whereToSave('flm-blocklist', extensions[format]);
      const { text } = await gateway.request('blocks/export', { format });
      await services.write(file, text);
      return { file };
    },
    'host/importBlocks': async () => {
      const text = (await services.askForText()) ?? cancelled();
      return gateway.request('blocks/import', { text });
    },
    'host/openInEditor': async () => {
      await services.openInEditor();
      return null;
    },
    'host/run': async ({ command, share }) => {
      await services.run(command, share);
      return null;
    },
  };
}

function cancelled(): never {
  throw new FlmError('cancelled', 'The dialog was closed');
}

import type { PanelEndpoint, PanelProxy, PanelState } from '../../src/protocol/panel-messages';
import { strings } from '../boot';
import { el, put } from '../dom';
import type { PanelContext } from '../panel-context';
import { button, icon, iconButton } from '../ui/controls';

const { overview } = strings;

/** How a state looks: its mark, which is told apart by shape as well as by colour. */
const marks = { off: 'circle-large-outline', starting: 'sync', on: 'pass-filled', stopping: 'sync', failed: 'error' };

/** Whether the proxy is on, for whom, and under which addresses; starts and stops it. */
export class ProxyBar {
  readonly element = el('section', { class: 'proxy', 'aria-label': overview.proxy });
  readonly #context: PanelContext;
  readonly #line = el('div', { class: 'proxy-line' });
  readonly #endpoints = el('ul', { class: 'endpoints', 'aria-label': overview.endpoints });
  #shown = '';

  constructor(context: PanelContext) {
    this.#context = context;
    this.element.append(this.#line, this.#endpoints);
  }

  update({ proxy, endpoints, security, connection }: PanelState): void {
    const isUsable = connection.phase === 'connected';
    // Counters change several times a second; buttons must not be rebuilt under a finger.
    const shown = JSON.stringify([proxy?.phase, proxy?.host, proxy?.notice, endpoints, security?.mode, isUsable]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const phase = proxy?.phase ?? 'off';
    const hadFocus = this.#line.contains(document.activeElement);
    const toggle = this.#toggle(phase, isUsable);
    put(
      this.#line,
      el(
        'div',
        { class: 'proxy-state' },
        el('span', { class: `state-mark ${phase}` }, icon(marks[phase])),
        el('strong', {}, overview.phases[phase]),
        phase === 'on' && el('span', { class: 'exposure' }, exposure(proxy, endpoints)),
      ),
      security !== null &&
        el('span', { class: 'mode', title: overview.modeHints[security.mode] }, overview.modes[security.mode]),
      toggle,
    );
    if (hadFocus) toggle.focus();
    const notice = proxy?.notice ?? null;
    put(
      this.#endpoints,
      ...endpoints.map((endpoint) => this.#endpoint(endpoint)),
      notice !== null && el('li', { class: 'proxy-notice' }, icon('info'), notice),
    );
  }

  #toggle(phase: PanelProxy['phase'], isUsable: boolean): HTMLElement {
    const isOn = phase === 'on' || phase === 'starting';
    const element = button(isOn ? overview.stop : overview.start, {
      icon: isOn ? 'debug-stop' : 'play',
      look: isOn ? 'secondary' : 'primary',
      onClick: () => void this.#switch(isOn),
    });
    if (!isUsable || phase === 'stopping') element.setAttribute('disabled', '');
    return element;
  }

  async #switch(isOn: boolean): Promise<void> {
    try {
      await this.#context.host.request(isOn ? 'proxy/stop' : 'proxy/start', {});
    } catch (error) {
      this.#context.notice.fail(error);
    }
  }

  #endpoint({ from, url }: PanelEndpoint): HTMLElement {
    const copy = iconButton('copy', `${strings.common.copy} ${url}`, () => void this.#copy(url));
    return el('li', {}, el('span', { class: 'endpoint-from' }, overview.from[from]), el('code', {}, url), copy);
  }

  async #copy(url: string): Promise<void> {
    try {
      await this.#context.host.request('host/copy', { text: url });
      this.#context.notice.say(strings.common.copied);
    } catch (error) {
      this.#context.notice.fail(error);
    }
  }
}

function exposure(proxy: PanelProxy | null, endpoints: readonly PanelEndpoint[]): string {
  const isShared = proxy !== null && endpoints.some(({ from }) => from !== 'machine');
  return isShared ? overview.shared : overview.onlyThisMachine;
}

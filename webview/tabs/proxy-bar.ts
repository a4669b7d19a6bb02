import type { PanelEndpoint, PanelProxy, PanelSharing, PanelState } from '../../src/protocol/panel-messages';
import { fill, strings } from '../boot';
import { copyText } from '../copy-text';
import { el, put, untrusted, type Child } from '../dom';
import type { PanelContext } from '../panel-context';
import type { ShareActions } from '../sharing/share-actions';
import { focusAction, focusedAction } from '../ui/action-focus';
import { button, icon, iconButton } from '../ui/controls';
import { openQrDialog } from '../ui/qr';
import { countdown } from '../ui/time';
import { visibleText } from '../visible-text';

const { overview, sharing, qr } = strings;

/** How a state looks: its mark, which is told apart by shape as well as by colour. */
const marks = { off: 'circle-large-outline', starting: 'sync', on: 'pass-filled', stopping: 'sync', failed: 'error' };

/** Whether the proxy is on, who can reach it, and under which addresses; starts and stops it, opens and closes it. */
export class ProxyBar {
  readonly element = el('section', { class: 'proxy', 'aria-label': overview.proxy });
  readonly #context: PanelContext;
  readonly #actions: ShareActions;
  readonly #line = el('div', { class: 'proxy-line' });
  readonly #exposure = el('div', { class: 'exposure-line', role: 'status' });
  readonly #endpoints = el('ul', { class: 'endpoints', 'aria-label': overview.endpoints });
  #shown = '';

  constructor(context: PanelContext, actions: ShareActions) {
    this.#context = context;
    this.#actions = actions;
    this.element.append(this.#line, this.#exposure, this.#endpoints);
  }

  update({ proxy, endpoints, security, connection, sharing: shared }: PanelState): void {
    const isUsable = connection.phase === 'connected';
    // Counters change several times a second; buttons must not be rebuilt under a finger.
    const { phase: proxyPhase, host, notice = null } = proxy ?? {};
    const shown = JSON.stringify([proxyPhase, host, notice, endpoints, security?.mode, isUsable, shared?.exposure]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = focusedAction(this.#line);
    const phase = proxy?.phase ?? 'off';
    put(
      this.#line,
      el(
        'div',
        { class: 'proxy-state' },
        el('span', { class: `state-mark ${phase}` }, icon(marks[phase])),
        el('strong', {}, overview.phases[phase]),
        phase === 'on' && shared !== null && el('span', { class: 'exposure' }, sharing.scopes[shared.exposure.scope]),
      ),
      security !== null &&
        el(
          'span',
          { class: 'mode', title: overview.modeHints[security.mode] },
          icon('shield'),
          overview.modes[security.mode],
        ),
      el('div', { class: 'actions' }, ...this.#buttons(phase, shared, isUsable)),
    );
    if (focused !== undefined) focusAction(this.#line, focused, 'toggle');
    put(this.#exposure, ...(shared === null ? [] : this.#exposureLines(shared.exposure)));
    put(
      this.#endpoints,
      ...endpoints.map((endpoint) => this.#endpoint(endpoint)),
      notice !== null && el('li', { class: 'proxy-notice' }, icon('info'), notice),
    );
  }

  #buttons(phase: PanelProxy['phase'], shared: PanelSharing | null, isUsable: boolean): readonly HTMLElement[] {
    const isOn = phase === 'on' || phase === 'starting';
    const toggle = button(isOn ? overview.stop : overview.start, {
      icon: isOn ? 'debug-stop' : 'play',
      look: isOn ? 'secondary' : 'primary',
      onClick: () => void this.#switch(isOn),
    });
    if (phase === 'stopping') toggle.setAttribute('disabled', '');
    toggle.dataset.action = 'toggle';
    const share = button(sharing.share, { icon: 'link', onClick: () => this.#actions.run('share.create') });
    share.dataset.action = 'share';
    const change = button(sharing.exposure, { icon: 'broadcast', onClick: () => this.#actions.run('exposure.change') });
    change.dataset.action = 'change';
    const close = button(sharing.stop, { icon: 'lock', onClick: () => void this.#actions.close() });
    close.dataset.action = 'close';
    const isOpen = shared !== null && shared.exposure.scope !== 'machine';
    const all = [...(shared === null ? [] : [share, change]), ...(isOpen ? [close] : []), toggle];
    if (!isUsable) for (const item of all) item.setAttribute('disabled', '');
    return all;
  }

  /** Who can reach it and until when, why it is not as wished, and what waits for a person. */
  #exposureLines({
    scope,
    addresses,
    because,
    until,
    notice,
    unconfirmed,
  }: PanelSharing['exposure']): readonly Child[] {
    const isOpen = scope !== 'machine';
    const reasons = because.map((name) => sharing.because[name]).join(' ');
    return [
      isOpen &&
        el(
          'p',
          { class: 'exposure-open' },
          icon('broadcast'),
          el(
            'span',
            {},
            fill(sharing.reachableOn, visibleText(addresses.slice(0, 6).join(', '), 200)),
            ` ${reasons} `,
            until !== undefined && countdown(until, sharing.closesIn),
          ),
        ),
      notice !== null && el('p', { class: 'exposure-notice' }, icon('warning'), el('span', {}, untrusted(notice, 500))),
      unconfirmed !== undefined &&
        el('p', { class: 'exposure-notice' }, icon('question'), el('span', {}, sharing.unconfirmed)),
    ];
  }

  async #switch(isOn: boolean): Promise<void> {
    try {
      await this.#context.host.request(isOn ? 'proxy/stop' : 'proxy/start', {});
    } catch (error) {
      this.#context.notice.fail(error);
    }
  }

  #endpoint({ from, url, interfaceName }: PanelEndpoint): HTMLElement {
    const shown = visibleText(url, 200);
    const copy = iconButton('copy', `${strings.common.copy} ${shown}`, () => void copyText(this.#context, url));
    // Nobody scans what only this machine can reach.
    const code = from !== 'machine' && iconButton('device-mobile', fill(qr.showOf, shown), () => openQrDialog(url));
    const where = interfaceName === undefined ? overview.from[from] : visibleText(interfaceName, 40);
    return el('li', {}, el('span', { class: 'endpoint-from' }, where), el('code', {}, untrusted(url, 200)), copy, code);
  }
}

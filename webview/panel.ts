import type { AuditEvent } from '../src/core/audit';
import { panelTabs, type PanelMemory, type PanelState, type PanelTabName } from '../src/protocol/panel-messages';
import { fill, strings } from './boot';
import { el, put } from './dom';
import { formatClock } from './formats';
import { Host, type HostListener } from './host';
import { readMemory } from './memory';
import { Directory, type PanelContext, type TabView } from './panel-context';
import { BlocklistTab } from './tabs/blocklist';
import { EventsTab } from './tabs/events';
import { KeysTab } from './tabs/keys';
import { OverviewTab } from './tabs/overview';
import { PolicyTab } from './tabs/policy';
import { icon, loading } from './ui/controls';
import { Notice } from './ui/notice';
import { startClock } from './ui/time';

/** One row per tab. */
const makers: { readonly [T in PanelTabName]: (context: PanelContext) => TabView } = {
  overview: (context) => new OverviewTab(context),
  events: (context) => new EventsTab(context),
  blocklist: (context) => new BlocklistTab(context),
  keys: (context) => new KeysTab(context),
  policy: (context) => new PolicyTab(context),
};

interface Panels extends HTMLElement {
  activeid: string;
}

/** The page: banner, tabs, notice. Tabs are built when first shown, and only the shown one may ask for data. */
export class Panel implements PanelContext, HostListener {
  readonly notice = new Notice();
  readonly host: Host;
  readonly directory: Directory;
  readonly #root: HTMLElement;
  readonly #heading = el('h1', { class: 'sr-only' }, strings.common.title);
  readonly #banner = el('div', { class: 'banner', role: 'status', hidden: true });
  readonly #views = new Map<PanelTabName, TabView>();
  readonly #places = new Map<PanelTabName, HTMLElement>();
  readonly #blockCount = el('span', { class: 'tab-count', hidden: true });
  #panels: Panels | undefined;
  #memory: PanelMemory;
  #state: PanelState | undefined;
  #heardAt: number | undefined;
  #isVisible = true;

  constructor(root: HTMLElement) {
    this.#root = root;
    this.host = new Host(this, () => strings.common.noAnswer);
    this.directory = new Directory(this.host);
    this.#memory = readMemory(this.host.recall());
  }

  get state(): PanelState | undefined {
    return this.#state;
  }

  get memory(): PanelMemory {
    return this.#memory;
  }

  start(): void {
    put(this.#root, this.#heading, this.#banner, loading(strings.common.connecting), this.notice.element);
    startClock(() => this.#isSeen());
    document.addEventListener('visibilitychange', () => this.#onSeen());
    this.host.start();
  }

  remember(change: Partial<PanelMemory>): void {
    this.#memory = { ...this.#memory, ...change };
    this.host.remember(this.#memory);
  }

  open(tab: PanelTabName): void {
    if (this.#panels !== undefined) this.#panels.activeid = `tab-${tab}`;
    this.#select(tab);
  }

  openEvents(filter: Partial<PanelMemory['filter']>): void {
    this.open('events');
    (this.#views.get('events') as EventsTab | undefined)?.filterBy(filter);
  }

  onState(state: PanelState): void {
    this.#state = state;
    if (state.connection.phase === 'connected') this.#heardAt = Date.now();
    if (this.#panels === undefined) this.#build();
    this.#showConnection(state);
    this.#showBlockCount(state.security?.blocks.length ?? 0);
    for (const view of this.#views.values()) view.update(state);
  }

  onEvent(event: AuditEvent): void {
    this.#views.get(this.#memory.tab)?.onEvent?.(event);
  }

  onVisible(visible: boolean): void {
    this.#isVisible = visible;
    this.#onSeen();
  }

  onShow(tab: PanelTabName): void {
    // Before the first state there is nothing to select from; what is remembered is then in front from the beginning.
    if (this.#panels === undefined) this.remember({ tab });
    else this.open(tab);
  }

  #showBlockCount(blocked: number): void {
    this.#blockCount.hidden = blocked === 0;
    this.#blockCount.textContent = String(blocked);
    // The library names a tab once, after the text it had when it was put on the page.
    const name = blocked === 0 ? strings.tabs.blocklist : `${strings.tabs.blocklist} ${blocked}`;
    this.#blockCount.closest('vscode-panel-tab')?.setAttribute('aria-label', name);
  }

  #build(): void {
    const tabs = panelTabs.map((name) =>
      el(
        'vscode-panel-tab',
        { id: `tab-${name}` },
        strings.tabs[name],
        ...(name === 'blocklist' ? [' ', this.#blockCount] : []),
      ),
    );
    const places = panelTabs.map((name) => {
      const place = el('vscode-panel-view', { id: `view-${name}` });
      this.#places.set(name, place);
      return place;
    });
    const panels = el(
      'vscode-panels',
      { 'aria-label': strings.common.title, activeid: `tab-${this.#memory.tab}` },
      ...tabs,
      ...places,
    ) as Panels;
    panels.addEventListener('change', (event) => {
      // Fields inside the tabs send `change`, too.
      if (event.target === panels) this.#select(panels.activeid.replace('tab-', '') as PanelTabName);
    });
    this.#panels = panels;
    put(this.#root, this.#heading, this.#banner, panels, this.notice.element);
    this.#select(this.#memory.tab);
  }

  #select(tab: PanelTabName): void {
    if (!panelTabs.includes(tab)) return;
    if (tab !== this.#memory.tab) {
      this.#views.get(this.#memory.tab)?.hide();
      this.remember({ tab });
    }
    let view = this.#views.get(tab);
    if (view === undefined) {
      view = makers[tab](this);
      this.#views.set(tab, view);
      this.#places.get(tab)?.replaceChildren(view.element);
      if (this.#state !== undefined) view.update(this.#state);
    }
    if (this.#isSeen()) view.show();
  }

  #isSeen(): boolean {
    return this.#isVisible && document.visibilityState === 'visible';
  }

  #onSeen(): void {
    const view = this.#views.get(this.#memory.tab);
    if (this.#isSeen()) view?.show();
    else view?.hide();
  }

  /** While the gateway is away the last data stays, with its age. */
  #showConnection({ connection: { phase, text } }: PanelState): void {
    this.#root.dataset.connection = phase;
    this.#banner.hidden = phase === 'connected';
    if (phase === 'connected') return;
    const sentence = strings.connection[phase];
    const age =
      this.#heardAt === undefined ? '' : fill(strings.connection.asOf, formatClock(this.#heardAt, Date.now()));
    const isTrying = phase === 'connecting' || phase === 'idle';
    const shown = [sentence, text ?? '', age].filter((part) => part !== '').join(' ');
    if (this.#banner.dataset.shown === shown) return;
    this.#banner.dataset.shown = shown;
    this.#banner.dataset.kind = isTrying ? 'info' : 'error';
    put(
      this.#banner,
      isTrying ? el('vscode-progress-ring', { 'aria-hidden': 'true' }) : icon('error'),
      el('span', {}, shown),
    );
  }
}

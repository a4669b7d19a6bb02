import type { AuditRow } from '../../src/core/audit';
import type { EventFilter, PanelState } from '../../src/protocol/panel-messages';
import { fill, strings } from '../boot';
import { el, put, untrusted } from '../dom';
import { formatNumber } from '../formats';
import type { PanelContext, TabView } from '../panel-context';
import { Poll } from '../poll';
import { button, dropdown, emptyState, icon, loading } from '../ui/controls';
import { moment } from '../ui/time';
import { cell, VirtualList } from '../ui/virtual-list';
import { EventDetail } from './event-detail';
import { EventFilterBar, noFilter } from './event-filter-bar';
import { EventSource, queryOf } from './event-source';
import { severityIcons } from './severity-icons';

const { events } = strings;
const refreshMs = 3_000;

/** The audit log: filter, list, detail, export. */
export class EventsTab implements TabView {
  readonly element: HTMLElement;
  readonly #context: PanelContext;
  readonly #source: EventSource;
  readonly #filters: EventFilterBar;
  readonly #list: VirtualList<AuditRow>;
  readonly #detail: EventDetail;
  readonly #count = el('span', { class: 'count' });
  /** The count after a search, for screen readers; events that come in by themselves are not read out. */
  readonly #found = el('span', { class: 'sr-only', role: 'status' });
  readonly #news: HTMLButtonElement;
  readonly #place = el('div', { class: 'events-list' });
  readonly #body: HTMLElement;
  readonly #poll: Poll;
  #unseen = 0;
  #isLoaded = false;

  constructor(context: PanelContext) {
    this.#context = context;
    this.#source = new EventSource(context.host);
    this.#filters = new EventFilterBar(context, () => void this.#restart());
    this.#poll = new Poll(() => this.#refresh(), refreshMs);
    this.#list = new VirtualList<AuditRow>({
      label: events.list,
      rowHeight: { narrow: 46, wide: 28 },
      keyOf: (row) => row.seq,
      cells: (row) => this.#cells(row),
      onOpen: (row) => this.#open(row),
      onNearEnd: () => void this.#more(),
    });
    this.#detail = new EventDetail(context, () => this.#close());
    this.#news = el('button', { type: 'button', class: 'news', hidden: true, on: { click: () => this.#toTop() } });
    const exportFormat = dropdown(
      events.exportAs,
      [
        { value: '', label: events.exportAs },
        { value: 'csv', label: 'CSV' },
        { value: 'json', label: 'JSON' },
      ],
      '',
      (value) => {
        exportFormat.input.value = '';
        if (value !== '') void this.#export(value as 'csv' | 'json');
      },
      true,
    );
    put(this.#place, loading(strings.common.loading));
    this.#body = el('div', { class: 'events-body' }, this.#place, this.#detail.element);
    this.element = el(
      'div',
      { class: 'events' },
      this.#filters.element,
      el('div', { class: 'toolbar' }, this.#count, this.#found, this.#news, exportFormat.element),
      this.#body,
    );
  }

  show(): void {
    this.#poll.start();
  }

  hide(): void {
    this.#poll.stop();
  }

  update(state: PanelState): void {
    if (state.connection.phase === 'connected' && !this.#isLoaded) this.#poll.now();
  }

  onEvent(): void {
    this.#poll.soon();
  }

  filterBy(filter: Partial<EventFilter>): void {
    this.#close();
    this.#filters.apply({ ...noFilter, ...filter });
  }

  async #restart(): Promise<void> {
    this.#unseen = 0;
    try {
      await this.#source.restart(queryOf(this.#context.memory.filter, Date.now()));
      this.#isLoaded = true;
      this.#show(0);
      this.#found.textContent = this.#count.textContent;
      this.#list.scrollToTop();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #refresh(): Promise<void> {
    if (this.#context.state?.connection.phase !== 'connected') return;
    if (!this.#isLoaded) {
      await this.#context.directory.refresh();
      this.#filters.refreshKeys();
      await this.#restart();
      return;
    }
    try {
      const added = await this.#source.refresh();
      if (added > 0) this.#show(added);
    } catch {
      // The rows that are there stay; the banner says that the gateway is away.
    }
  }

  async #more(): Promise<void> {
    try {
      if (await this.#source.more()) this.#show(0);
    } catch (error) {
      this.#context.notice.fail(error);
    }
  }

  #show(added: number): void {
    const { rows, hasMore } = this.#source;
    this.#unseen = added > 0 && !this.#list.isAtTop ? this.#unseen + added : 0;
    this.#news.hidden = this.#unseen === 0;
    this.#news.textContent = fill(events.news, formatNumber(this.#unseen));
    const shown = formatNumber(rows.length);
    this.#count.textContent = fill(hasMore ? events.countMore : events.count, shown);
    if (rows.length === 0) put(this.#place, this.#nothing());
    else {
      if (this.#list.element.parentElement === null) put(this.#place, this.#list.element);
      this.#list.setItems(rows, added);
    }
  }

  #nothing(): HTMLElement {
    const isFiltering = Object.values(this.#context.memory.filter).some((value) => value !== '');
    if (!isFiltering) return emptyState('shield', events.none);
    const clear = button(events.clearFilter, { onClick: () => this.#filters.apply(noFilter) });
    return emptyState('filter', events.noMatch, clear);
  }

  #fail(error: unknown): void {
    const text = error instanceof Error ? error.message : '';
    if (this.#isLoaded) this.#context.notice.fail(error);
    // Tried again by itself every few seconds: the button must not be made anew under a finger.
    else if (this.#place.querySelector('.empty p')?.textContent !== text)
      put(
        this.#place,
        emptyState('error', text, button(strings.common.retry, { onClick: () => void this.#restart() })),
      );
  }

  #toTop(): void {
    this.#list.scrollToTop();
    this.#unseen = 0;
    this.#news.hidden = true;
    this.#list.focus();
  }

  #open(row: AuditRow): void {
    this.#list.select(row.seq);
    this.#detail.open(row);
    this.#body.classList.add('has-detail');
  }

  #close(): void {
    if (!this.#body.classList.contains('has-detail')) return;
    this.#body.classList.remove('has-detail');
    this.#list.select(undefined);
    this.#detail.close();
    this.#list.focus();
  }

  async #export(format: 'csv' | 'json'): Promise<void> {
    const { host, notice, memory } = this.#context;
    try {
      const query = queryOf(memory.filter, Date.now());
      const { rows, file } = await host.request('host/exportEvents', { format, query });
      notice.say(fill(events.exported, formatNumber(rows), file));
    } catch (error) {
      notice.fail(error);
    }
  }

  #cells(row: AuditRow): readonly HTMLElement[] {
    const { directory } = this.#context;
    const name = strings.severities[row.severity];
    const mark = icon(severityIcons[row.severity]);
    const severity = cell('severity', mark, el('span', { class: 'sr-only' }, name));
    severity.dataset.severity = row.severity;
    severity.title = name;
    const kind = cell(
      'kind',
      strings.kinds[row.kind],
      row.observedOnly === true && el('span', { class: 'observed', title: events.observedHint }, events.observed),
    );
    const who =
      row.keyId === undefined
        ? row.address !== undefined && untrusted(row.address, 64)
        : el('span', {}, icon('key'), ' ', directory.keyName(row.keyId));
    return [
      severity,
      kind,
      cell('who', who),
      cell(
        'what',
        row.evidence !== undefined ? untrusted(row.evidence, 160) : row.rule !== undefined && untrusted(row.rule, 80),
      ),
      cell('when', moment(row.at)),
    ];
  }
}

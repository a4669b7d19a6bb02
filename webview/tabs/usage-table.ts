import type { Statistics, UsageSummary } from '../../src/core/audit-query';
import type { PanelMemory } from '../../src/protocol/panel-messages';
import { strings } from '../boot';
import { el, put, untrusted } from '../dom';
import { formatCompact, formatLatency, formatNumber } from '../formats';
import type { PanelContext } from '../panel-context';
import { emptyState, Segments } from '../ui/controls';
import { moment } from '../ui/time';

const { overview } = strings;
type Usage = PanelMemory['usage'];
const usages: readonly Usage[] = ['key', 'address', 'model'];

/** Who used how much in the chosen range: by key, by address or by model. */
export class UsageTable {
  readonly element: HTMLElement;
  readonly #context: PanelContext;
  readonly #body = el('div', { class: 'usage-body' });
  #statistics: Statistics | undefined;
  #shown = '';

  constructor(context: PanelContext) {
    this.#context = context;
    const choices = usages.map((value) => ({ value, label: overview.usage[value] }));
    const segments = new Segments(overview.who, choices, context.memory.usage, (value) => {
      context.remember({ usage: value as Usage });
      this.#draw();
    });
    this.element = el(
      'section',
      { class: 'section', 'aria-label': overview.who },
      el('div', { class: 'section-head' }, el('h2', {}, overview.who), segments.element),
      this.#body,
    );
  }

  setData(statistics: Statistics): void {
    this.#statistics = statistics;
    this.#draw();
  }

  #draw(): void {
    if (this.#statistics === undefined) return;
    const { usage } = this.#context.memory;
    const { byKey, byAddress, byModel } = this.#statistics;
    const rows = { key: byKey, address: byAddress, model: byModel }[usage];
    const names = this.#context.directory.keys.map(({ id, label }) => [id, label]);
    const shown = JSON.stringify([usage, rows, names]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = this.#body.contains(document.activeElement) ? document.activeElement?.textContent : undefined;
    if (rows.length === 0) {
      put(this.#body, emptyState('pulse', overview.noUsage));
      return;
    }
    const columns = [
      overview.usage[usage],
      overview.requests,
      overview.refused,
      overview.tokens,
      overview.firstToken,
      overview.last,
    ];
    put(
      this.#body,
      el(
        'table',
        { class: 'table usage', 'aria-label': overview.who },
        el('thead', {}, el('tr', {}, ...columns.map((text) => el('th', { scope: 'col' }, text)))),
        el('tbody', {}, ...rows.map((row) => this.#row(usage, row))),
      ),
    );
    // Figures change while somebody walks through the names.
    if (focused === undefined) return;
    const buttons = [...this.#body.querySelectorAll('button')];
    (buttons.find(({ textContent }) => textContent === focused) ?? buttons[0])?.focus();
  }

  #row(usage: Usage, row: UsageSummary): HTMLElement {
    const refused = row.refused === 0 ? '–' : formatNumber(row.refused);
    return el(
      'tr',
      {},
      el('th', { scope: 'row' }, this.#name(usage, row.name)),
      el('td', {}, formatNumber(row.requests)),
      el('td', { class: row.refused > 0 ? 'has-refused' : '' }, refused),
      el('td', {}, formatCompact(row.tokensIn + row.tokensOut)),
      el('td', { class: 'first-token', title: overview.typicalAndSlow }, firstTokenOf(row)),
      el('td', {}, moment(row.lastAt)),
    );
  }

  #name(usage: Usage, name: string): HTMLElement {
    const isLocal = usage === 'address' && /^(127\.|::1$)/.test(name);
    const text = usage === 'key' ? this.#context.directory.keyName(name) : isLocal ? strings.common.thisMachine : name;
    const filter = usage === 'key' ? { keyId: name } : { address: name };
    if (usage === 'model' || (usage === 'key' && name === '-')) return untrusted(text, 120);
    const open = (): void => this.#context.openEvents(filter);
    return el(
      'button',
      { type: 'button', class: 'link-button', title: overview.showEvents, on: { click: open } },
      untrusted(text, 120),
    );
  }
}

/** `120 ms / 340 ms`: the median and the slowest 5 %. */
function firstTokenOf({ firstTokenP50Ms, firstTokenP95Ms }: UsageSummary): string {
  if (firstTokenP50Ms === undefined || firstTokenP95Ms === undefined) return '–';
  return `${formatLatency(firstTokenP50Ms)} / ${formatLatency(firstTokenP95Ms)}`;
}

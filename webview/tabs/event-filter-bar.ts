import type { AuditKind } from '../../src/core/audit';
import type { EventFilter } from '../../src/protocol/panel-messages';
import { strings } from '../boot';
import { el } from '../dom';
import type { PanelContext } from '../panel-context';
import { button, dropdown, setChoices, textField, type ValueElement } from '../ui/controls';

const typingMs = 250;
const { events } = strings;

export const noFilter: EventFilter = { text: '', severity: '', kind: '', address: '', keyId: '', since: '' };

/** The fields that choose which events are shown. */
export class EventFilterBar {
  readonly element: HTMLElement;
  readonly #context: PanelContext;
  readonly #changed: () => void;
  readonly #inputs: Readonly<Record<keyof EventFilter, ValueElement>>;
  readonly #clear: HTMLElement;
  #timer: number | undefined;
  /** What was typed and is not in use yet. */
  #typed: Partial<EventFilter> = {};

  constructor(context: PanelContext, changed: () => void) {
    this.#context = context;
    this.#changed = changed;
    const { filter } = context.memory;
    const typed = (member: 'text' | 'address') => (value: string) => {
      window.clearTimeout(this.#timer);
      this.#typed = { ...this.#typed, [member]: value.trim() };
      this.#timer = window.setTimeout(() => this.#set({}), typingMs);
    };
    const text = textField(events.text, { value: filter.text, placeholder: events.textHint, onInput: typed('text') });
    const address = textField(events.address, {
      value: filter.address,
      placeholder: '203.0.113.9',
      onInput: typed('address'),
    });
    const severity = dropdown(
      events.severity,
      [
        { value: '', label: events.allSeverities },
        { value: 'medium', label: events.fromMedium },
        { value: 'high', label: events.fromHigh },
      ],
      filter.severity,
      (value) => this.#set({ severity: value as EventFilter['severity'] }),
    );
    const kind = dropdown(events.kind, kindChoices(), filter.kind, (value) => this.#set({ kind: value }));
    const key = dropdown(events.key, this.#keyChoices(), filter.keyId, (value) => this.#set({ keyId: value }));
    const since = dropdown(
      events.since,
      (['', '1h', '24h', '7d'] as const).map((value) => ({
        value,
        label: value === '' ? events.always : strings.ranges[value],
      })),
      filter.since,
      (value) => this.#set({ since: value as EventFilter['since'] }),
    );
    this.#inputs = {
      text: text.input,
      address: address.input,
      severity: severity.input,
      kind: kind.input,
      keyId: key.input,
      since: since.input,
    };
    this.#clear = button(events.clearFilter, { icon: 'clear-all', onClick: () => this.apply(noFilter) });
    const fields = [severity, kind, since, key, address].map((field) => field.element);
    const details = el(
      'details',
      { class: 'filters' },
      el('summary', {}, events.filters),
      el('div', { class: 'filter-fields' }, ...fields, el('div', { class: 'field filter-clear' }, this.#clear)),
    );
    details.open = Object.entries(filter).some(([name, value]) => name !== 'text' && value !== '');
    this.element = el(
      'div',
      { class: 'filter-bar', role: 'search', 'aria-label': events.filters },
      text.element,
      details,
    );
    this.#showClear();
  }

  /** Offers the keys there are now. */
  refreshKeys(): void {
    setChoices(this.#inputs.keyId, this.#keyChoices(), this.#context.memory.filter.keyId);
  }

  /** Puts a filter into the fields and uses it. */
  apply(filter: EventFilter): void {
    this.#typed = {};
    for (const [name, input] of Object.entries(this.#inputs)) input.value = filter[name as keyof EventFilter];
    if (Object.entries(filter).some(([name, value]) => name !== 'text' && value !== '')) {
      const details = this.element.querySelector('details');
      if (details !== null) details.open = true;
    }
    this.#set(filter);
  }

  /** Uses a change, and with it what has been typed so far. */
  #set(change: Partial<EventFilter>): void {
    window.clearTimeout(this.#timer);
    this.#context.remember({ filter: { ...this.#context.memory.filter, ...this.#typed, ...change } });
    this.#typed = {};
    this.#showClear();
    this.#changed();
  }

  #showClear(): void {
    const isFiltering = Object.values(this.#context.memory.filter).some((value) => value !== '');
    this.#clear.toggleAttribute('disabled', !isFiltering);
  }

  #keyChoices(): readonly { value: string; label: string }[] {
    const { directory, memory } = this.#context;
    const keys = directory.keys.map((key) => ({ value: key.id, label: directory.keyName(key.id) }));
    const chosen = memory.filter.keyId;
    const isGone = chosen !== '' && !keys.some((key) => key.value === chosen);
    return [
      { value: '', label: events.allKeys },
      ...keys,
      ...(isGone ? [{ value: chosen, label: directory.keyName(chosen) }] : []),
    ];
  }
}

/** Groups first, then every kind of them. */
function kindChoices(): readonly { value: string; label: string }[] {
  const kinds = Object.keys(strings.kinds) as AuditKind[];
  const groups = [...new Set(kinds.map((kind) => kind.split('.')[0] ?? kind))] as (keyof typeof strings.kindGroups)[];
  return [
    { value: '', label: events.allKinds },
    ...groups.flatMap((group) => [
      { value: group, label: strings.kindGroups[group] },
      ...kinds
        .filter((kind) => kind.startsWith(`${group}.`))
        .map((kind) => ({ value: kind, label: `· ${strings.kinds[kind]}` })),
    ]),
  ];
}

import type { AuditRow } from '../../src/core/audit';
import { fill, strings } from '../boot';
import { BlockActions } from '../block-actions';
import { el, put, untrusted, type Child } from '../dom';
import { explainEvent } from '../explain';
import { formatExact, formatLatency } from '../formats';
import type { PanelContext } from '../panel-context';
import { button, icon, iconButton } from '../ui/controls';
import { severityIcons } from './severity-icons';

const { events } = strings;
const dayMinutes = 24 * 60;

/** One event in full: what, who, which rule, what was done, and what can be done about it. */
export class EventDetail {
  readonly element = el('aside', { class: 'detail', 'aria-label': events.detail, tabindex: -1, hidden: true });
  readonly #context: PanelContext;
  readonly #onClose: () => void;
  readonly #actions: BlockActions;

  constructor(context: PanelContext, onClose: () => void) {
    this.#context = context;
    this.#onClose = onClose;
    this.#actions = new BlockActions(context, () => undefined);
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') onClose();
    });
  }

  open(row: AuditRow): void {
    const mark = el('span', { class: 'severity' }, icon(severityIcons[row.severity]));
    mark.dataset.severity = row.severity;
    put(
      this.element,
      el(
        'div',
        { class: 'detail-head' },
        mark,
        el('h2', {}, strings.kinds[row.kind]),
        iconButton('close', events.closeDetail, this.#onClose),
      ),
      el('p', { class: 'detail-when' }, `${formatExact(row.at)} · ${strings.severities[row.severity]}`),
      explainEvent(row, this.#context.directory.policy),
      this.#actionsFor(row),
      this.#facts(row),
    );
    this.element.hidden = false;
    this.element.focus();
  }

  close(): void {
    this.element.hidden = true;
    put(this.element);
  }

  #actionsFor({ address }: AuditRow): HTMLElement | null {
    if (address === undefined || /^(127\.|::1$)/.test(address)) return null;
    const block = this.#context.state?.security?.blocks.find(({ range }) => range === address);
    return el(
      'div',
      { class: 'actions' },
      block === undefined
        ? button(strings.actions.blockDay, {
            icon: 'circle-slash',
            onClick: () => void this.#actions.block(address, dayMinutes),
          })
        : button(strings.actions.unblock, { icon: 'unlock', onClick: () => void this.#actions.unblock(block) }),
      button(strings.actions.allowAlways, { icon: 'pass', onClick: () => void this.#actions.allow(address) }),
      button(events.sameAddress, { icon: 'filter', onClick: () => this.#context.openEvents({ address }) }),
    );
  }

  #facts(row: AuditRow): HTMLElement {
    const { directory } = this.#context;
    const facts: readonly (readonly [string, Child])[] = [
      [events.address, row.address !== undefined && untrusted(row.address, 100)],
      [events.key, row.keyId !== undefined && `${directory.keyName(row.keyId)} (${row.keyId})`],
      [events.route, row.route !== undefined && untrusted(row.route, 200)],
      [events.model, row.modelId !== undefined && untrusted(row.modelId, 200)],
      [events.engine, row.engineId !== undefined && untrusted(row.engineId, 200)],
      [events.status, row.status],
      [events.latency, row.latencyMs !== undefined && formatLatency(row.latencyMs)],
      [events.error, row.errorCode],
      [events.request, row.requestId !== undefined && untrusted(row.requestId, 100)],
      ...Object.entries(row.details ?? {}).map(
        ([name, value]) => [name, untrusted(String(value), 500)] as readonly [string, Child],
      ),
      [events.row, fill(events.rowHash, row.seq, row.hash.slice(0, 12))],
    ];
    const present = facts.filter(([, value]) => value !== false && value !== undefined);
    return el(
      'dl',
      { class: 'facts' },
      ...present.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]),
    );
  }
}

import type { ShareView } from '../../src/core/share';
import { fill, strings } from '../boot';
import { el, put } from '../dom';
import { formatCompact, formatNumber } from '../formats';
import { asking, button, emptyState, icon, rowButton } from '../ui/controls';
import { countdown, moment } from '../ui/time';
import { visibleText } from '../visible-text';
import { labelOf, type ShareActions } from './share-actions';

const { sharing, keys } = strings;

/** Running shares: for whom, what, how much of it was used, how long yet, and what can be done. */
export class ShareList {
  readonly element = el('div', { class: 'shares' });
  readonly #actions: ShareActions;
  #shown = '';

  constructor(actions: ShareActions) {
    this.#actions = actions;
  }

  update(shares: readonly ShareView[]): void {
    const shown = JSON.stringify(shares);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = this.#focused();
    if (shares.length === 0) {
      const share = button(sharing.share, { icon: 'link', onClick: () => this.#actions.run('share.create') });
      put(this.element, emptyState('link', sharing.none, share));
    } else {
      const sorted = shares.toSorted((a, b) => b.createdAt - a.createdAt);
      const cards = sorted.map((share) => this.#card(share));
      put(this.element, el('ul', { class: 'key-cards', 'aria-label': sharing.shares }, ...cards));
    }
    this.#refocus(focused);
  }

  #card(share: ShareView): HTMLElement {
    const name = labelOf(share);
    return el(
      'li',
      { class: 'key-card share-card' },
      el(
        'div',
        { class: 'key-head' },
        icon('link'),
        el('strong', { class: 'key-name' }, name),
        el('span', { class: 'tag' }, audienceOf(share)),
        el(
          'span',
          { class: 'share-end' },
          share.expiresAt === undefined ? sharing.endless : countdown(share.expiresAt, sharing.endsIn),
        ),
      ),
      el(
        'div',
        { class: 'key-facts' },
        el('span', {}, fill(sharing.usedToday, formatNumber(share.requestsToday), formatCompact(share.tokensToday))),
        el(
          'span',
          {},
          fill(sharing.usedInAll, formatNumber(share.requests), formatCompact(share.tokens)),
          share.refused > 0 && ` · ${fill(sharing.refused, formatNumber(share.refused))}`,
        ),
        el(
          'span',
          {},
          share.lastUsedAt === undefined ? sharing.neverUsed : `${sharing.lastUsed} `,
          share.lastUsedAt !== undefined && moment(share.lastUsedAt),
        ),
        el('span', { class: 'key-scope' }, limitsOf(share)),
      ),
      el(
        'div',
        { class: 'row-actions' },
        rowButton(sharing.end, name, () => void this.#actions.end(share)),
        share.expiresAt !== undefined && rowButton(asking(sharing.extend), name, () => this.#actions.extend(share)),
        rowButton(asking(sharing.rotate), name, () => this.#actions.rotate(share, () => this.#focusFirst())),
        rowButton(sharing.change, name, () => this.#actions.run('share.change', share)),
      ),
    );
  }

  /** Name of the button that has the focus; empty: one that is gone by now; undefined: none of these. */
  #focused(): string | undefined {
    const { activeElement } = document;
    return this.element.contains(activeElement) ? (activeElement?.getAttribute('aria-label') ?? '') : undefined;
  }

  /** Counters change while somebody reads: the same button has the focus afterwards, or the first one. */
  #refocus(name: string | undefined): void {
    if (name === undefined) return;
    const buttons = [...this.element.querySelectorAll<HTMLElement>('button')];
    const same = buttons.find((item) => item.getAttribute('aria-label') === name);
    if (same === undefined) this.#focusFirst();
    else same.focus();
  }

  #focusFirst(): void {
    this.element.querySelector<HTMLElement>('button, vscode-button')?.focus();
  }
}

function audienceOf({ audience }: ShareView): string {
  if (audience.type !== 'addresses') return sharing.audience[audience.type];
  return fill(sharing.audience.addresses, visibleText(audience.ranges.slice(0, 3).join(', '), 80));
}

function limitsOf({ limits }: ShareView): string {
  const list = (values: readonly string[]): string => visibleText(values.slice(0, 4).join(', '), 160);
  const { models = [], routes = [], requestsPerMinute, requestsPerDay, tokensPerDay, concurrency } = limits;
  const parts = [
    models.length > 0 ? list(models) : keys.allModels,
    routes.length > 0 && list(routes),
    requestsPerMinute !== undefined && fill(keys.perMinute, formatNumber(requestsPerMinute)),
    requestsPerDay !== undefined && fill(sharing.requestsADay, formatNumber(requestsPerDay)),
    tokensPerDay !== undefined && fill(keys.tokensADay, formatCompact(tokensPerDay)),
    concurrency !== undefined && fill(keys.atOnce, formatNumber(concurrency)),
  ];
  return parts.filter((part) => part !== false).join(' · ');
}

import type { Block } from '../../src/core/block';
import type { PanelState } from '../../src/protocol/panel-messages';
import { fill, strings } from '../boot';
import type { BlockActions } from '../block-actions';
import { el, put, untrusted } from '../dom';
import { blockSentence } from '../explain';
import { formatNumber } from '../formats';
import type { PanelContext } from '../panel-context';
import { icon, rowButton } from '../ui/controls';
import { countdown } from '../ui/time';

const maxBlocks = 5;
const { overview } = strings;

/** What a person should look at: blocks FLM made by itself, throttling, a disk that does not take records. */
export class Attention {
  readonly element = el('section', { class: 'section attention', 'aria-label': overview.attention });
  readonly #context: PanelContext;
  readonly #actions: BlockActions;
  readonly #list = el('ul', { class: 'attention-list' });
  #shown = '';

  constructor(context: PanelContext, actions: BlockActions) {
    this.#context = context;
    this.#actions = actions;
    this.element.append(el('h2', {}, overview.attention), this.#list);
  }

  update({ security }: PanelState): void {
    const blocks = (security?.blocks ?? [])
      .filter((block) => block.source === 'auto')
      .toSorted((a, b) => b.createdAt - a.createdAt);
    const shown = JSON.stringify([blocks, security?.load.throttle, security?.storage]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const hadFocus = this.#list.contains(document.activeElement);
    const rest = blocks.length - maxBlocks;
    const throttle = security?.load.throttle ?? 0;
    const items = [
      security?.storage.text && this.#item('warning', security.storage.text),
      throttle !== 0 && this.#item('dashboard', overview.throttle[throttle]),
      ...blocks.slice(0, maxBlocks).map((block) => this.#block(block)),
      rest > 0 &&
        el(
          'li',
          {},
          this.#link(fill(overview.moreBlocks, formatNumber(rest)), () => this.#context.open('blocklist')),
        ),
    ].filter((item) => item instanceof HTMLElement);
    const calm = el('li', { class: 'calm' }, icon('pass'), overview.calm);
    put(this.#list, ...(items.length === 0 ? [calm] : items));
    if (!hadFocus) return;
    const next = this.#list.querySelector<HTMLElement>('button') ?? this.#list;
    if (next === this.#list) next.tabIndex = -1;
    next.focus();
  }

  #item(name: string, text: string): HTMLElement {
    return el('li', { class: 'attention-item' }, icon(name), el('span', {}, text));
  }

  #block(block: Block): HTMLElement {
    return el(
      'li',
      { class: 'attention-item' },
      icon('error'),
      el(
        'div',
        { class: 'attention-text' },
        el('span', {}, el('strong', {}, untrusted(block.range)), ' ', countdown(block.expiresAt)),
        el('span', { class: 'attention-reason' }, blockSentence(block)),
      ),
      el(
        'div',
        { class: 'row-actions' },
        rowButton(strings.actions.why, block.range, () => this.#actions.explain(block)),
        rowButton(strings.actions.unblock, block.range, () => void this.#actions.unblock(block)),
      ),
    );
  }

  #link(text: string, run: () => void): HTMLElement {
    return el('button', { type: 'button', class: 'link-button', on: { click: run } }, text);
  }
}

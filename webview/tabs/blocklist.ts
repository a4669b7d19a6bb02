import type { AllowEntry, Block } from '../../src/core/block';
import type { PanelState } from '../../src/protocol/panel-messages';
import { fill, strings } from '../boot';
import { BlockActions } from '../block-actions';
import { el, put, untrusted } from '../dom';
import { blockSentence } from '../explain';
import { formatNumber } from '../formats';
import type { PanelContext, TabView } from '../panel-context';
import { asking, button, emptyState, icon, loading, rowButton, textField } from '../ui/controls';
import { openDialog } from '../ui/dialog';
import { countdown, moment } from '../ui/time';
import { cell, VirtualList } from '../ui/virtual-list';
import { visibleText } from '../visible-text';
import { openAddDialog } from './add-range';
import { blockFileControls } from './block-files';
import { openExtendDialog } from './extend-block';

const { blocklist } = strings;

/** Who is kept out and who is always let in. */
export class BlocklistTab implements TabView {
  readonly element: HTMLElement;
  readonly #context: PanelContext;
  readonly #actions: BlockActions;
  readonly #blocks: VirtualList<Block>;
  readonly #allowed: VirtualList<AllowEntry>;
  readonly #blocksPlace = el('div', { class: 'blocks-list' }, loading(strings.common.loading));
  readonly #allowedPlace = el('div', { class: 'allowed-list' });
  readonly #clear = button(asking(blocklist.clearTemporary), {
    icon: 'clear-all',
    onClick: () => this.#confirmClear(),
  });
  readonly #counts = { blocks: el('span', { class: 'count' }), allowed: el('span', { class: 'count' }) };
  readonly #problem = el('p', { class: 'stale', role: 'status' });
  #lists: { readonly blocks: readonly Block[]; readonly allowed: readonly AllowEntry[] } | undefined;
  #filter = '';
  #shown = '';
  #isOn = false;

  constructor(context: PanelContext) {
    this.#context = context;
    this.#actions = new BlockActions(context, () => void this.#load());
    this.#blocks = new VirtualList<Block>({
      label: blocklist.blocks,
      rowHeight: { narrow: 82, wide: 34 },
      wideFrom: 860,
      keyOf: (block) => JSON.stringify(block),
      cells: (block) => this.#blockCells(block),
    });
    this.#allowed = new VirtualList<AllowEntry>({
      label: blocklist.allowed,
      rowHeight: { narrow: 34, wide: 34 },
      keyOf: (entry) => JSON.stringify(entry),
      cells: (entry) => this.#allowedCells(entry),
    });
    const search = textField(blocklist.search, {
      placeholder: blocklist.searchHint,
      onInput: (value) => {
        this.#filter = value.trim().toLowerCase();
        this.#draw();
      },
    });
    // Until it is known whether there are any.
    this.#clear.toggleAttribute('disabled', true);
    this.element = el(
      'div',
      { class: 'blocklist' },
      el(
        'section',
        { class: 'section', 'aria-label': blocklist.blocks },
        el('div', { class: 'section-head' }, el('h2', {}, blocklist.blocks), this.#counts.blocks),
        el('div', { class: 'toolbar' }, ...this.#toolbar()),
        search.element,
        this.#problem,
        this.#blocksPlace,
      ),
      el(
        'section',
        { class: 'section', 'aria-label': blocklist.allowed },
        el('div', { class: 'section-head' }, el('h2', {}, blocklist.allowed), this.#counts.allowed),
        el('p', { class: 'hint' }, blocklist.allowedHint),
        el(
          'div',
          { class: 'toolbar' },
          button(asking(blocklist.addAllowed), {
            icon: 'add',
            onClick: () => openAddDialog(context, 'allow', () => void this.#load()),
          }),
        ),
        this.#allowedPlace,
      ),
    );
  }

  show(): void {
    this.#isOn = true;
    void this.#load();
  }

  hide(): void {
    this.#isOn = false;
  }

  /** The summary says when blocks changed; the lists themselves are asked for. */
  update({ security, connection }: PanelState): void {
    const shown = JSON.stringify([security?.blocks, connection.phase]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (this.#isOn) void this.#load();
  }

  #toolbar(): readonly HTMLElement[] {
    return [
      button(asking(blocklist.add), {
        icon: 'add',
        look: 'primary',
        onClick: () => openAddDialog(this.#context, 'block', () => void this.#load()),
      }),
      ...blockFileControls(this.#context, () => void this.#load()),
      this.#clear,
    ];
  }

  async #load(): Promise<void> {
    if (this.#context.state?.connection.phase !== 'connected') return;
    try {
      this.#lists = await this.#context.host.request('blocks/list', {});
      this.#problem.textContent = '';
      this.#draw();
    } catch (error) {
      const text = error instanceof Error ? error.message : '';
      if (this.#lists === undefined) {
        put(
          this.#blocksPlace,
          emptyState('error', text, button(strings.common.retry, { onClick: () => void this.#load() })),
        );
      } else this.#problem.textContent = text;
    }
  }

  #draw(): void {
    if (this.#lists === undefined) return;
    const all = this.#lists.blocks.toSorted((a, b) => b.createdAt - a.createdAt);
    const blocks = all.filter((block) => this.#matches(block));
    this.#counts.blocks.textContent = formatNumber(all.length);
    this.#clear.toggleAttribute('disabled', !all.some(({ expiresAt }) => expiresAt !== undefined));
    this.#counts.allowed.textContent = formatNumber(this.#lists.allowed.length);
    const hadFocus = this.#blocks.element.contains(document.activeElement);
    this.#fill(this.#blocksPlace, this.#blocks, blocks, all.length === 0 ? blocklist.noBlocks : blocklist.noMatch);
    this.#fill(this.#allowedPlace, this.#allowed, this.#lists.allowed, blocklist.noAllowed);
    // The row that had the focus may have gone with its block.
    if (hadFocus && !this.#blocks.element.contains(document.activeElement)) this.#blocks.focus();
  }

  #fill<T>(place: HTMLElement, list: VirtualList<T>, items: readonly T[], empty: string): void {
    if (items.length === 0) {
      put(place, emptyState(list.element === this.#blocks.element ? 'shield' : 'pass', empty));
      return;
    }
    if (list.element.parentElement !== place) put(place, list.element);
    list.setItems(items);
  }

  #matches({ range, reason, note, rule }: Block): boolean {
    return [range, reason, note ?? '', rule].some((text) => text.toLowerCase().includes(this.#filter));
  }

  #blockCells(block: Block): readonly HTMLElement[] {
    const { range } = block;
    const note = block.note === undefined ? null : el('span', { class: 'note' }, ' — ', untrusted(block.note, 120));
    return [
      cell(
        'range',
        el('strong', {}, untrusted(range)),
        ' ',
        el('span', { class: 'tag' }, blocklist.sources[block.source]),
      ),
      cell('reason', blockSentence(block), note),
      cell('until', countdown(block.expiresAt)),
      cell(
        'row-actions',
        rowButton(strings.actions.why, range, () => this.#actions.explain(block)),
        rowButton(strings.actions.unblock, range, () => void this.#actions.unblock(block)),
        block.expiresAt !== undefined &&
          rowButton(asking(blocklist.extend), range, () => openExtendDialog(this.#actions, block)),
      ),
    ];
  }

  #allowedCells(entry: AllowEntry): readonly HTMLElement[] {
    const remove = (): void => {
      void this.#removeAllowed(entry);
    };
    return [
      cell('range', icon('pass'), ' ', el('strong', {}, untrusted(entry.range))),
      cell('reason', entry.note !== undefined && untrusted(entry.note, 120)),
      cell(
        'until',
        entry.expiresAt === undefined ? moment(entry.createdAt) : countdown(entry.expiresAt, blocklist.allowedLeft),
      ),
      cell('row-actions', rowButton(blocklist.removeAllowed, entry.range, remove)),
    ];
  }

  async #removeAllowed(entry: AllowEntry): Promise<void> {
    const { host, notice } = this.#context;
    const { range, note, expiresAt } = entry;
    const restore = async (): Promise<void> => {
      const extras = { ...(note === undefined ? {} : { note }), ...(expiresAt === undefined ? {} : { expiresAt }) };
      await host.request('allow/add', { range, ...extras }).catch((error: unknown) => notice.fail(error));
      await this.#load();
    };
    try {
      await host.request('allow/remove', { range });
      notice.say(fill(blocklist.allowedRemoved, visibleText(range)), {
        label: strings.actions.undo,
        run: () => void restore(),
      });
    } catch (error) {
      notice.fail(error);
    }
    await this.#load();
  }

  #confirmClear(): void {
    const count = this.#lists?.blocks.filter((block) => block.expiresAt !== undefined).length ?? 0;
    openDialog({
      title: blocklist.clearTemporary,
      body: [el('p', {}, fill(blocklist.clearQuestion, formatNumber(count)))],
      actions: [
        {
          label: blocklist.clearTemporary,
          run: async () => {
            const lifted = await this.#context.host.request('blocks/clearTemporary', {});
            this.#context.notice.say(fill(blocklist.cleared, formatNumber(lifted)));
            await this.#load();
          },
        },
      ],
    });
  }
}

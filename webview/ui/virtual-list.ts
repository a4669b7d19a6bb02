import { el } from '../dom';

/** From this width on a row is one line, unless its list says otherwise. */
const wideWidth = 620;

/** Rows kept beyond both edges, so that a quick scroll does not show holes. */
const overscan = 6;

export interface VirtualListOptions<T> {
  readonly label: string;
  /** Height of a row by the width of the list: narrow ones may stack their cells (class `wide` in the style sheet). */
  readonly rowHeight: { readonly narrow: number; readonly wide: number };
  /** Width of the list in pixels from which on it counts as wide. */
  readonly wideFrom?: number;
  readonly keyOf: (item: T) => string | number;
  /** The cells of a row: cheap, since it runs for every row that scrolls into view. */
  readonly cells: (item: T) => readonly HTMLElement[];
  readonly onOpen?: (item: T) => void;
  /** The end is near: more rows may be wanted. */
  readonly onNearEnd?: () => void;
}

/**
 * A list of any length of which only the visible rows exist. One row at a time is in the tab order, with its buttons;
 * arrows, Home, End and the page keys move it, Enter opens it. To screen readers it is a grid of known length.
 */
export class VirtualList<T> {
  readonly element: HTMLElement;
  readonly #options: VirtualListOptions<T>;
  readonly #space: HTMLElement;
  readonly #rows = new Map<number, HTMLElement>();
  #items: readonly T[] = [];
  #keys = new Map<number, string | number>();
  #active = 0;
  #selected: string | number | undefined;
  #frame: number | undefined;
  /** Kept rather than asked for: reading sizes between writes makes the browser lay out again and again. */
  #rowHeight: number;
  #height = 0;
  #scrollTop = 0;

  constructor(options: VirtualListOptions<T>) {
    this.#options = options;
    this.#space = el('div', { class: 'vlist-space', role: 'rowgroup' });
    this.element = el('div', { class: 'vlist', role: 'grid', 'aria-label': options.label }, this.#space);
    const onScroll = (): void => {
      this.#scrollTop = this.element.scrollTop;
      this.#schedule();
    };
    this.element.addEventListener('scroll', onScroll, { passive: true });
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
    this.element.addEventListener('focusin', (event) => this.#onFocus(event));
    this.element.addEventListener('click', (event) => this.#onClick(event));
    this.#rowHeight = options.rowHeight.narrow;
    new ResizeObserver(([entry]) => this.#resize(entry)).observe(this.element);
  }

  get isAtTop(): boolean {
    return this.#scrollTop < this.#rowHeight;
  }

  /** Shows other items. `added` of them were put in front: what is seen then stays where it is. */
  setItems(items: readonly T[], added = 0): void {
    const wasAtTop = this.isAtTop;
    this.#items = items;
    this.element.setAttribute('aria-rowcount', String(items.length));
    if (added > 0) this.#active += added;
    this.#active = Math.max(0, Math.min(this.#active, items.length - 1));
    this.#measure();
    if (added > 0 && !wasAtTop) this.#scrollTo(this.#scrollTop + added * this.#rowHeight);
    if (added > 0) this.#dropAll();
    this.#draw();
  }

  scrollToTop(): void {
    this.#scrollTo(0);
    this.#active = 0;
    this.#redraw();
  }

  /** Marks the row whose details are shown. */
  select(key: string | number | undefined): void {
    this.#selected = key;
    for (const [index, row] of this.#rows) this.#mark(row, index);
  }

  /** Puts the focus on the active row, wherever it is. */
  focus(): void {
    this.#moveTo(this.#active);
  }

  /** A short list takes no more room than its rows (`--content` in the style sheet). */
  #measure(): void {
    const height = `${this.#items.length * this.#rowHeight}px`;
    this.#space.style.height = height;
    this.element.style.setProperty('--content', height);
  }

  #scrollTo(top: number): void {
    this.element.scrollTop = top;
    this.#scrollTop = this.element.scrollTop;
  }

  #resize(entry: ResizeObserverEntry | undefined): void {
    const { width = 0, height = 0 } = entry?.contentRect ?? {};
    // Not on screen: there is nothing to draw, and what was scrolled to is kept.
    if (width === 0) return;
    const { wideFrom = wideWidth } = this.#options;
    const { narrow, wide } = this.#options.rowHeight;
    const isWide = width >= wideFrom;
    this.element.classList.toggle('wide', isWide);
    this.#height = height;
    this.#rowHeight = isWide ? wide : narrow;
    this.#scrollTop = this.element.scrollTop;
    this.#redraw();
  }

  #redraw(): void {
    this.#measure();
    this.#dropAll();
    this.#draw();
  }

  #dropAll(): void {
    const focused = document.activeElement?.closest('[role=row]');
    for (const row of this.#rows.values()) if (row !== focused) row.remove();
    const hadFocus = focused !== null && focused !== undefined && this.element.contains(focused);
    this.#rows.clear();
    this.#keys.clear();
    if (hadFocus) {
      this.#draw();
      focused.remove();
      this.focus();
    }
  }

  #schedule(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#draw();
    });
  }

  #draw(): void {
    const height = this.#rowHeight;
    const first = Math.max(0, Math.floor(this.#scrollTop / height) - overscan);
    const end = Math.ceil((this.#scrollTop + this.#height) / height);
    const last = Math.min(this.#items.length - 1, end + overscan);
    for (const [index, row] of this.#rows) {
      const item = this.#items[index];
      const isSame = item !== undefined && this.#keys.get(index) === this.#options.keyOf(item);
      const isWanted = index >= first && index <= last;
      // The active row stays, or the focus would be lost with it.
      if (isSame && (isWanted || index === this.#active)) continue;
      row.remove();
      this.#rows.delete(index);
      this.#keys.delete(index);
    }
    for (let index = first; index <= last; index += 1) if (!this.#rows.has(index)) this.#insert(index, height);
    if (last >= this.#items.length - 1 - overscan * 4) this.#options.onNearEnd?.();
  }

  #insert(index: number, height: number): void {
    const item = this.#items[index];
    if (item === undefined) return;
    const row = el(
      'div',
      { class: 'vlist-row', role: 'row', 'aria-rowindex': index + 1 },
      ...this.#options.cells(item),
    );
    row.dataset.index = String(index);
    row.style.height = `${height}px`;
    row.style.transform = `translateY(${index * height}px)`;
    this.#rows.set(index, row);
    this.#keys.set(index, this.#options.keyOf(item));
    this.#mark(row, index);
    // In the order of the list, which is the order of the tab key and of screen readers.
    const next = [...this.#space.children].find((other) => Number((other as HTMLElement).dataset.index) > index);
    this.#space.insertBefore(row, next ?? null);
  }

  #mark(row: HTMLElement, index: number): void {
    const isActive = index === this.#active;
    row.tabIndex = isActive ? 0 : -1;
    for (const control of row.querySelectorAll('button')) control.tabIndex = isActive ? 0 : -1;
    if (this.#options.onOpen === undefined) return;
    row.setAttribute('aria-selected', String(this.#keys.get(index) === this.#selected));
  }

  #moveTo(index: number): void {
    const to = Math.max(0, Math.min(index, this.#items.length - 1));
    const before = this.#rows.get(this.#active);
    const was = this.#active;
    this.#active = to;
    if (before !== undefined) this.#mark(before, was);
    const height = this.#rowHeight;
    if (to * height < this.#scrollTop) this.#scrollTo(to * height);
    else if ((to + 1) * height > this.#scrollTop + this.#height) this.#scrollTo((to + 1) * height - this.#height);
    this.#draw();
    const row = this.#rows.get(to);
    if (row === undefined) return;
    this.#mark(row, to);
    row.focus({ preventScroll: true });
  }

  #onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    const isRow = target.getAttribute('role') === 'row';
    const page = Math.max(1, Math.floor(this.#height / this.#rowHeight) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: this.#active + 1,
      ArrowUp: this.#active - 1,
      PageDown: this.#active + page,
      PageUp: this.#active - page,
      Home: 0,
      End: this.#items.length - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) this.#moveTo(to);
    else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft')
      this.#moveInRow(target, event.key === 'ArrowRight');
    else if (isRow && (event.key === 'Enter' || event.key === ' ')) this.#open(this.#active);
    else return;
    event.preventDefault();
  }

  /** Right and left walk through a row's buttons and back to the row. */
  #moveInRow(target: HTMLElement, forward: boolean): void {
    const row = target.closest<HTMLElement>('[role=row]');
    if (row === null) return;
    const stops = [row, ...row.querySelectorAll<HTMLElement>('button')];
    stops[stops.indexOf(target) + (forward ? 1 : -1)]?.focus();
  }

  #onFocus(event: FocusEvent): void {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[role=row]');
    const index = Number(row?.dataset.index ?? this.#active);
    if (row === null || index === this.#active) return;
    const before = this.#rows.get(this.#active);
    const was = this.#active;
    this.#active = index;
    if (before !== undefined) this.#mark(before, was);
    this.#mark(row, index);
  }

  #onClick(event: MouseEvent): void {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[role=row]');
    if (row !== null) this.#open(Number(row.dataset.index));
  }

  #open(index: number): void {
    const item = this.#items[index];
    if (item !== undefined) this.#options.onOpen?.(item);
  }
}

/** A cell of a row. */
export function cell(name: string, ...children: readonly (Node | string | null | undefined | false)[]): HTMLElement {
  return el('div', { class: `cell ${name}`, role: 'gridcell' }, ...children);
}

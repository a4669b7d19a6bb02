import type { Statistics } from '../../src/core/audit-query';
import type { PanelState } from '../../src/protocol/panel-messages';
import { fill, strings } from '../boot';
import { el, put } from '../dom';
import { formatLatency, formatNumber, formatPercent, formatRate } from '../formats';
import { sparkline } from '../ui/chart';

const { tiles } = strings;
const names = ['requests', 'tokens', 'firstToken', 'cpu', 'memory', 'blocked'] as const;
type Name = (typeof names)[number];

/** Rates are those of the last minute. */
const rateSpanMs = 60_000;

/** The six figures of the moment. */
export class Tiles {
  readonly element: HTMLElement;
  readonly #values = new Map<Name, HTMLElement>();
  readonly #lines = new Map<Name, HTMLElement>();
  readonly #drawn = new Map<Name, string>();

  constructor() {
    this.element = el('dl', { class: 'tiles', 'aria-label': tiles.label });
    for (const name of names) {
      const value = el('dd', { class: 'tile-value' }, '–');
      const line = el('dd', { class: 'tile-line', 'aria-hidden': 'true' });
      this.#values.set(name, value);
      this.#lines.set(name, line);
      this.element.append(el('div', { class: `tile ${name}` }, el('dt', {}, tiles[name]), value, line));
    }
  }

  update({ proxy, security }: PanelState): void {
    const load = security?.load;
    this.#put('cpu', load?.cpu === undefined ? '–' : formatPercent(load.cpu));
    this.#put('memory', load?.memory === undefined ? '–' : formatPercent(load.memory));
    this.#meter('cpu', load?.cpu);
    this.#meter('memory', load?.memory);
    this.#put('blocked', security === null ? '–' : formatNumber(security.blocks.length));
    const running = proxy?.inFlight ?? 0;
    const text = running === 0 ? '' : fill(tiles.running, formatNumber(running));
    this.#values.get('requests')?.setAttribute('title', text);
  }

  /** Takes the last minutes in narrow buckets. */
  setRecent({ buckets, bucketMs }: Statistics): void {
    const last = buckets.slice(-Math.max(1, Math.round(rateSpanMs / bucketMs)));
    const seconds = (last.length * bucketMs) / 1000;
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    this.#put('requests', formatRate(sum(last.map((bucket) => bucket.requests)) / seconds));
    this.#put('tokens', formatRate(sum(last.map((bucket) => bucket.tokensOut)) / seconds));
    const firstToken = buckets.findLast((bucket) => bucket.firstTokenP50Ms !== undefined)?.firstTokenP50Ms;
    this.#put('firstToken', firstToken === undefined ? '–' : formatLatency(firstToken));
    this.#line(
      'requests',
      buckets.map((bucket) => bucket.requests),
    );
    this.#line(
      'tokens',
      buckets.map((bucket) => bucket.tokensOut),
    );
    this.#line(
      'firstToken',
      buckets.map((bucket) => bucket.firstTokenP50Ms ?? 0),
    );
  }

  #put(name: Name, text: string): void {
    const element = this.#values.get(name);
    if (element !== undefined && element.textContent !== text) element.textContent = text;
  }

  #line(name: Name, values: readonly number[]): void {
    const element = this.#lines.get(name);
    if (element === undefined || !this.#isNew(name, values.join())) return;
    put(element, values.some((value) => value > 0) && sparkline(values));
  }

  #meter(name: Name, share: number | undefined): void {
    const element = this.#lines.get(name);
    if (element === undefined || share === undefined || !this.#isNew(name, share.toFixed(2))) return;
    const bar = el('div', { class: `meter${share >= 0.9 ? ' high' : ''}` });
    bar.style.setProperty('--share', String(Math.min(1, Math.max(0, share))));
    put(element, bar);
  }

  /** Whether something else is to be drawn than what is there. */
  #isNew(name: Name, drawing: string): boolean {
    if (this.#drawn.get(name) === drawing) return false;
    this.#drawn.set(name, drawing);
    return true;
  }
}

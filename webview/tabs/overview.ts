import type { Statistics } from '../../src/core/audit-query';
import type { PanelState } from '../../src/protocol/panel-messages';
import { fill, strings } from '../boot';
import { BlockActions } from '../block-actions';
import { el } from '../dom';
import { formatClock } from '../formats';
import type { PanelContext, TabView } from '../panel-context';
import { Poll } from '../poll';
import { ShareActions } from '../sharing/share-actions';
import { SharingSection } from '../sharing/sharing-section';
import { Segments } from '../ui/controls';
import { Attention } from './attention';
import { ProxyBar } from './proxy-bar';
import { TrafficCharts } from './traffic-charts';
import { Tiles } from './tiles';
import { UsageTable } from './usage-table';

const refreshMs = 5_000;
const minute = 60_000;

/** Width of a bar per range: 60 to 96 bars each. */
const ranges = {
  '1h': { spanMs: 60 * minute, bucketMs: minute },
  '24h': { spanMs: 24 * 60 * minute, bucketMs: 15 * minute },
  '7d': { spanMs: 7 * 24 * 60 * minute, bucketMs: 120 * minute },
} as const;
type Range = keyof typeof ranges;

/** The tiles show the last five minutes. */
const live = { spanMs: 5 * minute, bucketMs: 10_000 };

/** Who uses the models, how fast they are, what was attempted and what FLM did. */
export class OverviewTab implements TabView {
  readonly element: HTMLElement;
  readonly #context: PanelContext;
  readonly #proxy: ProxyBar;
  readonly #tiles = new Tiles();
  readonly #charts = new TrafficCharts();
  readonly #usage: UsageTable;
  readonly #sharing: SharingSection;
  readonly #attention: Attention;
  readonly #problem = el('p', { class: 'stale', role: 'status' });
  readonly #poll: Poll;
  #loadedAt: number | undefined;

  constructor(context: PanelContext) {
    this.#context = context;
    const shareActions = new ShareActions(context);
    this.#proxy = new ProxyBar(context, shareActions);
    this.#sharing = new SharingSection(context, shareActions);
    this.#usage = new UsageTable(context);
    this.#attention = new Attention(context, new BlockActions(context, () => this.#poll.now()));
    this.#poll = new Poll(() => this.#load(), refreshMs);
    const choices = (Object.keys(ranges) as Range[]).map((value) => ({ value, label: strings.ranges[value] }));
    const range = new Segments(strings.overview.range, choices, context.memory.range, (value) => {
      context.remember({ range: value as Range });
      this.#poll.now();
    });
    this.element = el(
      'div',
      { class: 'overview' },
      this.#proxy.element,
      this.#attention.element,
      this.#tiles.element,
      el(
        'section',
        { class: 'section', 'aria-label': strings.overview.traffic },
        el('div', { class: 'section-head' }, el('h2', {}, strings.overview.traffic), range.element),
        this.#problem,
        this.#charts.element,
      ),
      this.#usage.element,
      this.#sharing.element,
    );
  }

  show(): void {
    this.#poll.start();
  }

  hide(): void {
    this.#poll.stop();
  }

  update(state: PanelState): void {
    this.#proxy.update(state);
    this.#tiles.update(state);
    this.#attention.update(state);
    this.#sharing.update(state);
    if (state.connection.phase === 'connected') this.#poll.soon();
  }

  onEvent(): void {
    this.#poll.soon();
  }

  async #load(): Promise<void> {
    if (this.#context.state?.connection.phase !== 'connected') return;
    const now = Date.now();
    const { spanMs, bucketMs } = ranges[this.#context.memory.range];
    try {
      const [statistics, recent] = await Promise.all([
        this.#statistics(now, spanMs, bucketMs),
        this.#statistics(now, live.spanMs, live.bucketMs),
        this.#context.directory.refresh(),
      ]);
      this.#loadedAt = now;
      this.#problem.textContent = '';
      this.#charts.setData(statistics);
      this.#tiles.setRecent(recent);
      this.#usage.setData(statistics);
    } catch (error) {
      const why = error instanceof Error ? error.message : '';
      this.#problem.textContent =
        this.#loadedAt === undefined ? why : fill(strings.common.stale, formatClock(this.#loadedAt, now), why);
    }
  }

  #statistics(now: number, spanMs: number, bucketMs: number): Promise<Statistics> {
    // Whole buckets, so that bars do not change their height as the window moves.
    const to = Math.ceil(now / bucketMs) * bucketMs;
    return this.#context.host.request('audit/statistics', { from: to - spanMs, to, bucketMs, top: 20 });
  }
}

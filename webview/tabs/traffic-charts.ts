import type { Statistics, StatisticsBucket } from '../../src/core/audit-query';
import { strings } from '../boot';
import { el } from '../dom';
import { formatCompact, formatLatency, formatRate } from '../formats';
import { Chart } from '../ui/chart';

const { overview } = strings;
const blue = ['--vscode-charts-blue', '--vscode-focusBorder'] as const;
const red = ['--vscode-charts-red', '--vscode-errorForeground'] as const;
const green = ['--vscode-charts-green', '--vscode-foreground'] as const;
const purple = ['--vscode-charts-purple', '--vscode-foreground'] as const;
/**
 * `charts.yellow` of the light themes is too dark beside blue to tell the two apart, and `charts.orange` is half
 * transparent.
 */
const ink = ['--vscode-charts-foreground', '--vscode-foreground'] as const;

/** Requests, tokens and waiting times over the chosen range. */
export class TrafficCharts {
  readonly element: HTMLElement;
  readonly #requests = new Chart(
    overview.requests,
    [
      { label: overview.all, color: blue, look: 'bars' },
      { label: overview.refused, color: red, look: 'bars' },
    ],
    formatCompact,
  );
  readonly #tokens = new Chart(
    overview.tokensPerSecond,
    [
      { label: overview.tokensOut, color: green, look: 'line' },
      { label: overview.tokensIn, color: purple, look: 'line', dash: [4, 3] },
    ],
    formatRate,
  );
  readonly #firstToken = new Chart(
    overview.firstToken,
    [
      { label: overview.median, color: blue, look: 'line' },
      { label: overview.slowest, color: ink, look: 'line', dash: [4, 3] },
    ],
    formatLatency,
  );

  constructor() {
    const charts = [this.#requests, this.#tokens, this.#firstToken];
    this.element = el('div', { class: 'charts' }, ...charts.map((chart) => chart.element));
  }

  setData({ buckets, bucketMs }: Statistics): void {
    const times = buckets.map((bucket) => bucket.at);
    const of = (read: (bucket: StatisticsBucket) => number | undefined): (number | null)[] =>
      buckets.map((bucket) => read(bucket) ?? null);
    const seconds = bucketMs / 1000;
    this.#requests.setData(times, [of((bucket) => bucket.requests), of((bucket) => bucket.refused)]);
    this.#tokens.setData(times, [
      of((bucket) => bucket.tokensOut / seconds),
      of((bucket) => bucket.tokensIn / seconds),
    ]);
    this.#firstToken.setData(times, [of((bucket) => bucket.firstTokenP50Ms), of((bucket) => bucket.firstTokenP95Ms)]);
  }
}

import uPlot from 'uplot';
import { fill, language, strings } from '../boot';
import { el, put } from '../dom';
import { formatExact, formatRate } from '../formats';
import { onThemeChange, themeColor } from './theme';

export interface ChartSeries {
  readonly label: string;
  /** CSS variables, the second where a theme has not the first. */
  readonly color: readonly [string, string];
  readonly look: 'bars' | 'line';
  /** Told apart without colour, too. */
  readonly dash?: readonly number[];
}

const height = 132;
const fontSize = 11;
const maxTableRows = 60;

/**
 * A chart over time: a canvas for eyes, a sentence for screen readers, and the same numbers as a table for whoever
 * wants them exactly. Follows the theme and the width of its place.
 */
export class Chart {
  readonly element: HTMLElement;
  readonly #title: string;
  readonly #series: readonly ChartSeries[];
  readonly #format: (value: number) => string;
  readonly #place = el('div', { class: 'chart-canvas', role: 'img' });
  readonly #nothing = el(
    'p',
    { class: 'chart-nothing', 'aria-hidden': 'true', hidden: true },
    strings.overview.nothing,
  );
  readonly #table = el('table', { class: 'chart-table' });
  #times: readonly number[] = [];
  #values: readonly (readonly (number | null)[])[] = [];
  #plot: uPlot | undefined;
  #shown = '';

  constructor(title: string, series: readonly ChartSeries[], format: (value: number) => string = formatRate) {
    this.#title = title;
    this.#series = series;
    this.#format = format;
    this.#place.setAttribute('aria-label', title);
    const legend = series.map((item) => {
      const mark = el('span', { class: `legend-mark ${item.look}`, 'aria-hidden': 'true' });
      mark.style.setProperty('--mark', `var(${item.color[0]}, var(${item.color[1]}))`);
      return el('span', { class: 'legend' }, mark, item.label);
    });
    const details = el(
      'details',
      { class: 'chart-numbers' },
      el('summary', { 'aria-label': fill(strings.overview.numbersOf, title) }, strings.overview.numbers),
      el('div', { class: 'chart-scroll', tabindex: 0, role: 'region', 'aria-label': title }, this.#table),
    );
    details.addEventListener('toggle', () => this.#drawTable());
    const head = el('figcaption', {}, el('span', { class: 'chart-title' }, title), ...legend);
    this.element = el('figure', { class: 'chart' }, head, this.#place, this.#nothing, details);
    new ResizeObserver(() => this.#resize()).observe(this.#place);
    onThemeChange(() => this.#draw());
  }

  /** Times in epoch ms; one list of values per series, null where there is none. */
  setData(times: readonly number[], values: readonly (readonly (number | null)[])[]): void {
    const shown = JSON.stringify([times, values]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#times = times;
    this.#values = values;
    this.#place.setAttribute('aria-label', this.#sentence());
    // Axes without anything between them only puzzle.
    const hasValues = values.some((list) => list.some((value) => (value ?? 0) > 0));
    this.#place.classList.toggle('is-empty', !hasValues);
    this.#nothing.hidden = hasValues;
    if (this.#plot === undefined) this.#draw();
    else this.#plot.setData(this.#data());
    this.#drawTable();
  }

  #draw(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
    const width = this.#place.clientWidth;
    if (width === 0 || this.#times.length === 0) return;
    this.#plot = new uPlot(this.#plotOptions(width), this.#data(), this.#place);
  }

  #resize(): void {
    if (this.#plot === undefined) this.#draw();
    else if (this.#place.clientWidth > 0) this.#plot.setSize({ width: this.#place.clientWidth, height });
  }

  #data(): uPlot.AlignedData {
    return [this.#times.map((at) => at / 1000), ...this.#values] as uPlot.AlignedData;
  }

  #plotOptions(width: number): uPlot.Options {
    const ink = themeColor('--vscode-descriptionForeground', '--vscode-foreground');
    const line = themeColor('--vscode-charts-lines', '--vscode-descriptionForeground');
    const font = `${fontSize}px ${getComputedStyle(document.body).fontFamily}`;
    const axis = { stroke: ink, font, ticks: { show: false }, grid: { stroke: line, width: 0.5, dash: [2, 4] } };
    const bars = uPlot.paths.bars?.({ size: [0.7, 24] });
    return {
      width,
      height,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, () => this.#roomAfterEnd(font), 0, 0],
      scales: { y: { range: (_, __, max) => [0, Math.max(max * 1.1, 0.000_1)] } },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 24,
          space: 60,
          values: (_, ticks) => ticks.map((tick) => this.#tick(tick * 1000)),
        },
        { ...axis, size: widthOf(font), space: 30, values: (_, ticks) => ticks.map((tick) => this.#format(tick)) },
      ],
      series: [
        {},
        ...this.#series.map((item): uPlot.Series => {
          const color = themeColor(...item.color);
          return item.look === 'bars'
            ? { fill: color, stroke: color, width: 0, points: { show: false }, ...(bars && { paths: bars }) }
            : {
                stroke: color,
                width: 1.5,
                points: { show: true, size: 5, fill: color, width: 0, filter: lonePoints },
                ...(item.dash && { dash: [...item.dash] }),
              };
        }),
      ],
    };
  }

  /** A label in the middle of the last moment reaches beyond it by half its width. */
  #roomAfterEnd(font: string): number {
    return Math.max(narrowestRoom, Math.ceil(textWidth(font, this.#tick(this.#times.at(-1) ?? 0)) / 2));
  }

  #tick(at: number): string {
    const span = (this.#times.at(-1) ?? 0) - (this.#times[0] ?? 0);
    const options: Intl.DateTimeFormatOptions =
      span > 2 * 86_400_000 ? { month: 'numeric', day: 'numeric' } : { hour: 'numeric', minute: '2-digit' };
    return new Intl.DateTimeFormat(language, options).format(at);
  }

  /** `Requests: 412 in all, at most 31 at 14:05. Refused: …` */
  #sentence(): string {
    const parts = this.#series.map((item, index) => {
      const values = (this.#values[index] ?? []).map((value) => value ?? 0);
      const max = Math.max(0, ...values);
      if (max === 0) return fill(strings.overview.chartNothing, item.label);
      const at = this.#times[values.indexOf(max)] ?? 0;
      return fill(strings.overview.chartPeak, item.label, this.#format(max), formatExact(at));
    });
    return `${this.#title}. ${parts.join(' ')}`;
  }

  #drawTable(): void {
    const details = this.#table.closest('details');
    if (details?.open !== true) return;
    const indexes = this.#times
      .map((_, index) => index)
      .filter((index) => this.#values.some((values) => (values[index] ?? 0) > 0))
      .slice(-maxTableRows)
      .reverse();
    const head = [strings.overview.time, ...this.#series.map((item) => item.label)];
    const rows = indexes.map((index) =>
      el(
        'tr',
        {},
        el('th', { scope: 'row' }, formatExact(this.#times[index] ?? 0)),
        ...this.#values.map((values) => {
          const value = values[index];
          return el('td', {}, value === null || value === undefined ? '–' : this.#format(value));
        }),
      ),
    );
    put(
      this.#table,
      el('thead', {}, el('tr', {}, ...head.map((text) => el('th', { scope: 'col' }, text)))),
      el('tbody', {}, ...rows),
    );
  }
}

const ruler = document.createElement('canvas').getContext('2d');
const labelGap = 12;
const narrowestAxis = 40;
const narrowestRoom = 8;

/** Room for the widest label of an axis: languages differ in what `1,200 ms` takes. */
function widthOf(font: string): (plot: uPlot, labels: readonly string[] | null) => number {
  return (_, labels) => {
    if (labels === null) return narrowestAxis;
    const widest = Math.max(0, ...labels.map((label) => textWidth(font, label)));
    return Math.max(narrowestAxis, Math.ceil(widest) + labelGap);
  };
}

function textWidth(font: string, text: string): number {
  if (ruler === null) return 0;
  ruler.font = font;
  return ruler.measureText(text).width;
}

/** Points with no neighbour: a line draws nothing of them. */
function lonePoints(plot: uPlot, seriesIndex: number): number[] {
  const values = plot.data[seriesIndex] ?? [];
  const isSet = (index: number): boolean => values[index] !== null && values[index] !== undefined;
  return [...values.keys()].filter((index) => isSet(index) && !isSet(index - 1) && !isSet(index + 1));
}

const svg = 'http://www.w3.org/2000/svg';

/** A line without axes behind a number. Decoration: the number beside it says what matters. */
export function sparkline(values: readonly number[]): SVGSVGElement {
  const picture = document.createElementNS(svg, 'svg');
  picture.setAttribute('class', 'sparkline');
  picture.setAttribute('viewBox', '0 0 100 24');
  picture.setAttribute('preserveAspectRatio', 'none');
  picture.setAttribute('aria-hidden', 'true');
  const max = Math.max(...values, 0.000_1);
  const step = 100 / Math.max(1, values.length - 1);
  const points = values.map((value, index) => `${(index * step).toFixed(1)},${(23 - (value / max) * 21).toFixed(1)}`);
  const line = document.createElementNS(svg, 'polyline');
  line.setAttribute('points', points.join(' '));
  const area = document.createElementNS(svg, 'polygon');
  area.setAttribute('points', `0,24 ${points.join(' ')} 100,24`);
  picture.append(area, line);
  return picture;
}

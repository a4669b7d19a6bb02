import type { Measurements, ModelMeasurement, OverheadMeasurement, Spread } from '../../core/measurements';
import { formatCount } from '../format';
import type { Localizer } from '../localizer';
import { markdownText } from '../safe-text';

/** Models of a report's table: the busiest. */
const maxRows = 20;
const longestBar = 24;

/** Time to the first token of a model; empty when none was measured. */
export function firstTokenText(l10n: Localizer, measured: ModelMeasurement | undefined): string {
  return spreadText(l10n, measured?.firstTokenMs, (ms) => durationText(l10n, ms));
}

/** Speed of a model; empty when none was measured. */
export function speedText(l10n: Localizer, measured: ModelMeasurement | undefined): string {
  return spreadText(l10n, measured?.tokensPerSecond, (speed) => l10n.t('{0} tokens/s', number(l10n, speed)));
}

/** What was measured as a part of a Markdown page; empty when nothing was. */
export function measuredSection(l10n: Localizer, { models, overheadUs }: Measurements): string {
  const rows = models
    .filter(({ requests }) => requests > 0)
    .sort((a, b) => b.requests - a.requests)
    .slice(0, maxRows)
    .map((model) => {
      const id = markdownText(`${model.engineId}/${model.modelId}`);
      const requests = formatCount(model.requests, l10n.language);
      return `| ${id} | ${requests} | ${firstTokenText(l10n, model)} | ${speedText(l10n, model)} |`;
    });
  const head = [l10n.t('Model'), l10n.t('Requests'), l10n.t('First token'), l10n.t('Speed')].join(' | ');
  const table = rows.length === 0 ? [] : [[`| ${head} |`, '|:--|--:|:--|:--|', ...rows].join('\n')];
  const parts = [...table, ...(overheadUs === undefined ? [] : overheadParts(l10n, overheadUs))];
  if (parts.length === 0) return '';
  return [`## ${l10n.t('Measured since the gateway started')}`, ...parts].join('\n\n');
}

function overheadParts(l10n: Localizer, overhead: OverheadMeasurement): readonly string[] {
  const us = (value: number): string => `${formatCount(value, l10n.language)} µs`;
  const sentence = l10n.t(
    'FLM itself added {0} to a request (median; 95th percentile {1}, 99th {2}; last {3} requests), besides the time in the queue and at the engine.',
    us(overhead.p50),
    us(overhead.p95),
    us(overhead.p99),
    formatCount(overhead.count, l10n.language),
  );
  const most = Math.max(...overhead.histogram.map(({ count }) => count), 1);
  const last = overhead.histogram.at(-2)?.upToUs ?? 0;
  const rows = overhead.histogram.map(({ upToUs, count }) => {
    const label = upToUs === undefined ? l10n.t('above {0}', us(last)) : l10n.t('up to {0}', us(upToUs));
    const bar = '█'.repeat(count === 0 ? 0 : Math.max(1, Math.round((count / most) * longestBar)));
    return `| ${label} | ${formatCount(count, l10n.language)} | ${bar} |`;
  });
  return [sentence, ['| | | |', '|--:|--:|:--|', ...rows].join('\n')];
}

function spreadText(l10n: Localizer, spread: Spread | undefined, say: (value: number) => string): string {
  if (spread === undefined) return '';
  const count = formatCount(spread.count, l10n.language);
  return l10n.t('{0} median, {1} 95th percentile (last requests: {2})', say(spread.p50), say(spread.p95), count);
}

function durationText(l10n: Localizer, ms: number): string {
  return ms < 1000 ? l10n.t('{0} ms', number(l10n, ms)) : l10n.t('{0} s', number(l10n, ms / 1000));
}

/** Two digits that mean something: 0.4, 3.2, 42, 180. */
function number({ language }: Localizer, value: number): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}

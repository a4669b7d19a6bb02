import type { Statistics, UsageSummary } from '../../core/audit-query';
import { formatAge, formatBytes, formatCount, formatSpan, formatTokens } from '../format';
import type { Localizer } from '../localizer';
import { markdownText } from '../safe-text';
import { sparkline } from './sparkline';

/** What the gateway calls requests without a key; an id is never that short. */
const localCaller = '-';

export interface StatisticsSpan {
  readonly from: number;
  readonly to: number;
}

/** Requests, tokens and refusals of a span as a Markdown page. `keyLabels`: names of keys by id. */
export function statisticsPage(
  l10n: Localizer,
  statistics: Statistics,
  span: StatisticsSpan,
  keyLabels: ReadonlyMap<string, string>,
): string {
  const { buckets } = statistics;
  const sum = (of: (bucket: Statistics['buckets'][number]) => number) =>
    buckets.reduce((total, bucket) => total + of(bucket), 0);
  const requests = sum((bucket) => bucket.requests);
  const head = [`# ${l10n.t('Use of the Last {0}', formatSpan(l10n, span.to - span.from))}`];
  if (requests === 0) return [...head, l10n.t('No request came in this time.')].join('\n\n');
  const line = (name: string, of: (bucket: Statistics['buckets'][number]) => number, format = count(l10n)) =>
    `| ${name} | ${format(sum(of))} | \`${sparkline(buckets.map(of))}\` |`;
  const overview = [
    `| | ${l10n.t('Total')} | ${l10n.t('Over time, {0} each', formatAge(l10n, statistics.bucketMs))} |`,
    '|:--|--:|:--|',
    line(l10n.t('Requests'), (bucket) => bucket.requests),
    line(l10n.t('Refused'), (bucket) => bucket.refused),
    line(l10n.t('Failed'), (bucket) => bucket.failed),
    line(l10n.t('Tokens in'), (bucket) => bucket.tokensIn, formatTokens),
    line(l10n.t('Tokens out'), (bucket) => bucket.tokensOut, formatTokens),
    line(l10n.t('Alerts'), (bucket) => bucket.alerts),
  ].join('\n');
  const local = l10n.t('this machine, without a key');
  return [
    ...head,
    overview,
    ...table(l10n, l10n.t('By Key'), statistics.byKey, span.to, (name) =>
      name === localCaller ? local : (keyLabels.get(name) ?? name),
    ),
    ...table(l10n, l10n.t('By Model'), statistics.byModel, span.to),
    ...table(l10n, l10n.t('By Address'), statistics.byAddress, span.to),
  ].join('\n\n');
}

function table(
  l10n: Localizer,
  title: string,
  summaries: readonly UsageSummary[],
  now: number,
  nameOf: (name: string) => string = (name) => name,
): string[] {
  if (summaries.length === 0) return [];
  const number = count(l10n);
  const columns = [
    '',
    l10n.t('Requests'),
    l10n.t('Refused'),
    l10n.t('Tokens in'),
    l10n.t('Tokens out'),
    l10n.t('Sent'),
    l10n.t('Last'),
  ];
  const rows = summaries.map((summary) =>
    [
      markdownText(nameOf(summary.name)),
      number(summary.requests),
      number(summary.refused),
      formatTokens(summary.tokensIn),
      formatTokens(summary.tokensOut),
      formatBytes(summary.bytesOut, l10n.language),
      l10n.t('{0} ago', formatAge(l10n, now - summary.lastAt)),
    ].join(' | '),
  );
  return [
    `## ${title}`,
    [
      `| ${columns.join(' | ')} |`,
      `|:--|${'--:|'.repeat(columns.length - 1)}`,
      ...rows.map((row) => `| ${row} |`),
    ].join('\n'),
  ];
}

function count(l10n: Localizer): (value: number) => string {
  return (value) => formatCount(value, l10n.language);
}

import type { ApiKey } from '../../core/api-key';
import type { AccessRow, Statistics } from '../../core/audit-query';
import { formatAge, formatCount, formatTime, formatTokens } from '../format';
import type { Localizer } from '../localizer';
import { markdownText } from '../safe-text';
import { keyFacts, keyLabel, publicPart, scopeLines } from './key-facts';

/** What a key may do and what it did, as a Markdown page. */
export function usagePage(
  l10n: Localizer,
  key: ApiKey,
  statistics: Statistics,
  requests: readonly AccessRow[],
  now: number,
): string {
  const usage = statistics.byKey.find(({ name }) => name === key.id);
  const number = (value: number) => formatCount(value, l10n.language);
  const lines: (readonly [string, string])[] = [
    [l10n.t('Public part'), markdownText(publicPart(key))],
    [l10n.t('State'), keyFacts(l10n, key, now).map(markdownText).join(', ')],
    [l10n.t('Created'), markdownText(formatTime(key.createdAt, l10n.language))],
    ...scopeLines(l10n, key.scope).map(([name, value]) => [name, markdownText(value)] as const),
    [l10n.t('Requests in 7 days'), number(usage?.requests ?? 0)],
    [l10n.t('Refused in 7 days'), number(usage?.refused ?? 0)],
    [l10n.t('Tokens in 7 days'), formatTokens((usage?.tokensIn ?? 0) + (usage?.tokensOut ?? 0))],
  ];
  return [
    `# ${l10n.t('API Key “{0}”', markdownText(keyLabel(key)))}`,
    ['| | |', '|:--|:--|', ...lines.map(([name, value]) => `| ${name} | ${value} |`)].join('\n'),
    ...requestTable(l10n, requests, now),
  ].join('\n\n');
}

function requestTable(l10n: Localizer, requests: readonly AccessRow[], now: number): string[] {
  if (requests.length === 0) return [l10n.t('The key has not been used in the time that is on record.')];
  const columns = [
    ...[l10n.t('When'), l10n.t('Address'), l10n.t('Model'), l10n.t('Engine')],
    ...[l10n.t('Status'), l10n.t('Tokens')],
  ];
  const rows = requests.map((row) =>
    [
      l10n.t('{0} ago', formatAge(l10n, now - row.at)),
      markdownText(row.address),
      markdownText(row.modelId ?? row.path),
      markdownText(enginesOf(l10n, row)),
      String(row.status),
      formatTokens((row.tokensIn ?? 0) + (row.tokensOut ?? 0)),
    ].join(' | '),
  );
  return [
    `## ${l10n.t('Last Requests')}`,
    [`| ${columns.join(' | ')} |`, `|${':--|'.repeat(columns.length)}`, ...rows.map((row) => `| ${row} |`)].join('\n'),
  ];
}

function enginesOf(l10n: Localizer, { engineId = '–', failedEngines = [] }: AccessRow): string {
  return failedEngines.length === 0
    ? engineId
    : l10n.t('{0}, after no answer from {1}', engineId, failedEngines.join(', '));
}

import type { AuditRow } from '../../core/audit';
import { formatCount, separator } from '../format';
import type { Localizer } from '../localizer';
import { markdownText } from '../safe-text';
import { kindLabel, severityLabel } from './kind-labels';

/** The newest security events as a Markdown page. What attackers wrote is escaped; the page holds text only. */
export function eventsPage(l10n: Localizer, rows: readonly AuditRow[]): string {
  const title = `# ${l10n.t('Security Events')}`;
  if (rows.length === 0) {
    return [title, l10n.t('Nothing is on record yet. Requests, keys, blocks and changes will be listed here.')].join(
      '\n\n',
    );
  }
  const columns = [
    l10n.t('Time'),
    l10n.t('Severity'),
    l10n.t('What happened'),
    l10n.t('Address'),
    l10n.t('Key'),
    l10n.t('Details'),
  ];
  return [
    title,
    l10n.t('The newest {0}, newest first. Times are those of this window.', formatCount(rows.length, l10n.language)),
    [
      `| ${columns.join(' | ')} |`,
      `|${':--|'.repeat(columns.length)}`,
      ...rows.map((row) => `| ${cells(l10n, row).join(' | ')} |`),
    ].join('\n'),
  ].join('\n\n');
}

function cells(l10n: Localizer, row: AuditRow): string[] {
  const time = new Intl.DateTimeFormat(l10n.language, { dateStyle: 'short', timeStyle: 'medium' }).format(row.at);
  const what = kindLabel(l10n, row.kind);
  return [
    markdownText(time),
    severityLabel(l10n, row.severity),
    row.observedOnly === true ? l10n.t('{0} (only observed)', what) : what,
    markdownText(row.address ?? ''),
    markdownText(row.keyId ?? ''),
    details(row),
  ];
}

function details(row: AuditRow): string {
  const facts = [row.rule, row.route, row.modelId, row.errorCode, row.evidence];
  return facts
    .filter((fact) => fact !== undefined && fact !== '')
    .map((fact) => markdownText(fact ?? ''))
    .join(separator);
}

import type { ImportReport } from '../../protocol/security-rpc';
import { formatCount } from '../format';
import type { Localizer } from '../localizer';
import { markdownText } from '../safe-text';

/** The gateway takes messages of 4 MiB; 100,000 addresses are less than 2. */
export const maxImportBytes = 3 * 1024 * 1024;

/** What became of an imported list, in one sentence. */
export function importText(l10n: Localizer, report: ImportReport): string {
  const count = (value: number) => formatCount(value, l10n.language);
  const added = l10n.t('{0} added, {1} there already, {2} refused.', ...counts(report).map(count));
  return report.refusedTotal === 0 ? added : `${added} ${l10n.t('The report says which and why.')}`;
}

function counts({ added, kept, refusedTotal }: ImportReport): number[] {
  return [added, kept, refusedTotal];
}

/** The lines that were refused, as a Markdown page. */
export function importPage(l10n: Localizer, report: ImportReport): string {
  const rows = report.refused.map(
    ({ line, text, why }) => `| ${formatCount(line, l10n.language)} | ${markdownText(text)} | ${markdownText(why)} |`,
  );
  const more = report.refusedTotal - report.refused.length;
  return [
    `# ${l10n.t('Import of a Blocklist')}`,
    importText(l10n, report),
    [`| ${l10n.t('Line')} | ${l10n.t('Text')} | ${l10n.t('Why')} |`, '|--:|:--|:--|', ...rows].join('\n'),
    more > 0 ? l10n.t('{0} more are not listed.', formatCount(more, l10n.language)) : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

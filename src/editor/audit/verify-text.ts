import type { ChainFault, VerifyResult } from '../../core/audit-query';
import { formatCount } from '../format';
import type { Localizer } from '../localizer';
import { messageText } from '../safe-text';

/** What verification found, in one or two sentences. */
export function verifyText(l10n: Localizer, result: VerifyResult): string {
  const rows = formatCount(result.rows, l10n.language);
  const archives = formatCount(result.archives, l10n.language);
  const gaps = result.gaps.reduce((sum, { from, to }) => sum + Math.max(0, to - from + 1), 0);
  const lost =
    gaps === 0
      ? ''
      : ` ${l10n.t('{0} rows were lost in a recovery that is on record.', formatCount(gaps, l10n.language))}`;
  if (result.ok || result.firstBad === undefined) {
    return `${l10n.t('The audit log is unaltered: {0} rows and {1} archives checked.', rows, archives)}${lost}`;
  }
  const { seq, fault, archive } = result.firstBad;
  const where =
    archive === undefined ? l10n.t('row {0}', seq) : l10n.t('row {0} in archive {1}', seq, messageText(archive));
  return `${l10n.t('The audit log was altered or damaged. First bad row: {0}. {1}', where, faultText(l10n, fault))}${lost}`;
}

function faultText(l10n: Localizer, fault: ChainFault): string {
  const texts: Record<ChainFault, string> = {
    changed: l10n.t('Its content was changed.'),
    missing: l10n.t('Rows before it are missing.'),
    truncated: l10n.t('Rows after it were cut off.'),
    anchor: l10n.t('The signed mark beside the database does not fit.'),
    archive: l10n.t('The archive cannot be read or does not fit.'),
  };
  return texts[fault];
}

import type { TlsState } from '../../core/tls';
import type { CheckupReport, SharingSummary } from '../../protocol/sharing-rpc';
import { checkupSummary } from '../checkup/checkup-page';
import type { CommandId } from '../contributions';
import { addressText, encryptionText, isOpenUnencrypted, untilText } from '../exposure/exposure-text';
import { formatDay, separator } from '../format';
import { localizeReason, type Localizer } from '../localizer';
import { plainText } from '../safe-text';
import type { NoteNode } from './sharing-node';
import { contextValue, type NodeIcon } from './tree-node';

/** What is open beyond this machine, its certificate, and what the last check-up found. Nothing of that: no row. */
export function exposureNodes(l10n: Localizer, sharing: SharingSummary): readonly NoteNode[] {
  const { tls, checkup } = sharing;
  return [
    ...exposureRows(l10n, sharing),
    ...(tls.mode === 'off' ? [] : [certificateRow(l10n, tls)]),
    ...(checkup === undefined || checkup.findings.length === 0 ? [] : [checkupRow(l10n, checkup)]),
  ];
}

function exposureRows(l10n: Localizer, sharing: SharingSummary): NoteNode[] {
  const { exposure, tls } = sharing;
  const { addresses, unconfirmed, notice, until } = exposure;
  const rows: NoteNode[] = [];
  if (addresses.length > 0) {
    const isPlain = isOpenUnencrypted(sharing);
    const facts = [plainText(addressText(l10n, addresses)), encryptionText(l10n, tls), untilText(l10n, until)];
    const description = facts.filter((fact) => fact !== '').join(separator);
    const icon: NodeIcon = isPlain
      ? { id: 'unlock', color: 'list.warningForeground' }
      : { id: 'radio-tower', color: 'charts.blue' };
    rows.push(row('exposure', l10n.t('Other machines can connect'), description, icon, ['exposure', 'open']));
  }
  if (unconfirmed !== undefined) {
    const sentence = l10n.t('The settings let other machines connect. FLM waits until you confirm it.');
    const icon = { id: 'question', color: 'list.warningForeground' };
    rows.push(
      row('exposure-unconfirmed', l10n.t('Confirm the exposure'), sentence, icon, ['exposure'], 'flm.exposure.change'),
    );
  } else if (notice !== undefined) {
    const sentence = localizeReason(l10n, notice);
    const icon = { id: 'warning', color: 'list.warningForeground' };
    rows.push(row('exposure-notice', l10n.t('Not as wished'), sentence, icon, ['exposure'], 'flm.exposure.change'));
  }
  return rows;
}

function certificateRow(l10n: Localizer, tls: TlsState): NoteNode {
  const { certificate, renewsAt, notice, mode } = tls;
  const day = (at: number) => formatDay(at, l10n.language);
  const facts = [
    encryptionText(l10n, tls),
    certificate === undefined ? '' : l10n.t('until {0}', day(certificate.notAfter)),
    renewsAt === undefined ? '' : l10n.t('renewed on {0}', day(renewsAt)),
    notice === undefined ? '' : localizeReason(l10n, notice),
  ];
  const isFine = tls.phase !== 'failed' && notice === undefined;
  const icon: NodeIcon = isFine ? { id: 'lock' } : { id: 'warning', color: 'list.warningForeground' };
  const description = facts.filter((fact) => fact !== '').join(separator);
  return row('certificate', l10n.t('Certificate'), description, icon, ['certificate', mode]);
}

function checkupRow(l10n: Localizer, report: CheckupReport): NoteNode {
  const isGrave = report.findings.some(({ severity }) => severity === 'critical' || severity === 'high');
  const icon: NodeIcon = isGrave
    ? { id: 'error', color: 'list.errorForeground' }
    : { id: 'checklist', color: 'list.warningForeground' };
  const summary = checkupSummary(l10n, report);
  return row('checkup', l10n.t('Check-up'), summary, icon, ['checkup'], 'flm.checkup.show');
}

function row(
  id: string,
  label: string,
  description: string,
  icon: NodeIcon,
  facts: readonly string[],
  command?: CommandId,
): NoteNode {
  return {
    kind: 'note',
    id,
    label,
    description,
    icon,
    contextValue: contextValue(...facts),
    expansion: 'none',
    accessibilityLabel: `${label}, ${description}`,
    sentence: `${label}: ${description}`,
    ...(command === undefined ? {} : { command }),
  };
}

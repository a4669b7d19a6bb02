import type { CheckupFinding, CheckupReport } from '../../protocol/sharing-rpc';
import { formatCount, formatTime } from '../format';
import { localizeReason, type Localizer } from '../localizer';
import { markdownText } from '../safe-text';

export function severityLabel(l10n: Localizer, severity: CheckupFinding['severity']): string {
  const labels: Record<CheckupFinding['severity'], string> = {
    critical: l10n.t('Critical'),
    high: l10n.t('High'),
    medium: l10n.t('Medium'),
    low: l10n.t('Low'),
  };
  return labels[severity];
}

/** How it went, in one sentence. */
export function checkupSummary(l10n: Localizer, { findings, isCancelled }: CheckupReport): string {
  const found =
    findings.length === 0
      ? l10n.t('The check-up found nothing.')
      : findings.length === 1
        ? l10n.t('The check-up found 1 thing to look at.')
        : l10n.t('The check-up found {0} things to look at.', formatCount(findings.length, l10n.language));
  return isCancelled ? `${found} ${l10n.t('It was ended early.')}` : found;
}

/** The whole check-up as a Markdown page: what, why, how to mend it. Strings of engines are escaped. */
export function checkupPage(l10n: Localizer, report: CheckupReport): string {
  const words = (value: CheckupFinding['what']) => localizeReason(l10n, value, markdownText);
  const findings = report.findings.flatMap((finding) => [
    `## ${severityLabel(l10n, finding.severity)}: ${words(finding.what)}`,
    words(finding.why),
    `**${l10n.t('What to do')}**: ${words(finding.fix)}`,
    ...(finding.command === undefined ? [] : [codeBlock(finding.command)]),
    ...(finding.source === undefined || !isWebAddress(finding.source) ? [] : [`<${finding.source}>`]),
  ]);
  const skipped =
    report.skipped.length === 0
      ? []
      : [`## ${l10n.t('Not checked')}`, report.skipped.map((reason) => `- ${words(reason)}`).join('\n')];
  return [
    `# ${l10n.t('Exposure Check-up')}`,
    `${checkupSummary(l10n, report)} ${formatTime(report.at, l10n.language)}`,
    ...findings,
    ...skipped,
    '',
  ].join('\n\n');
}

function codeBlock(command: string): string {
  const fence = '~'.repeat(12);
  return [fence, ...command.split(/[\r\n]+/), fence].join('\n');
}

/** Of an advisory: nothing that could end the link early. */
function isWebAddress(source: string): boolean {
  return /^https:\/\/[\w./?=&#%-]+$/.test(source);
}

import type { CheckupFinding, CheckupReport } from '../../protocol/sharing-rpc';
import type { Choice } from '../input/step-input';
import { localizeReason, type Localizer } from '../localizer';
import { messageText } from '../safe-text';
import { severityLabel } from './checkup-page';

/** What somebody wants after a check-up. */
export type AfterCheckup =
  | { readonly type: 'finding'; readonly finding: CheckupFinding }
  | { readonly type: 'report' }
  | { readonly type: 'again' };

const icons: Record<CheckupFinding['severity'], string> = {
  critical: '$(error)',
  high: '$(error)',
  medium: '$(warning)',
  low: '$(info)',
};

/** The findings as a list, and what can be done with the whole. */
export function checkupChoices(l10n: Localizer, { findings }: CheckupReport): readonly Choice<AfterCheckup>[] {
  return [
    ...findings.map((finding): Choice<AfterCheckup> => {
      return {
        label: `${icons[finding.severity]} ${localizeReason(l10n, finding.what, messageText)}`,
        description: severityLabel(l10n, finding.severity),
        detail: localizeReason(l10n, finding.fix, messageText),
        value: { type: 'finding', finding },
      };
    }),
    { label: `$(book) ${l10n.t('Show the Report')}`, value: { type: 'report' } },
    { label: `$(refresh) ${l10n.t('Check Again')}`, value: { type: 'again' } },
  ];
}

/** What can be done about one finding. */
export type Remedy = 'setUpTls' | 'setMode' | 'editPolicy' | 'renew' | 'type' | 'copy' | 'source' | 'report';

const remedies: Partial<Record<string, Remedy>> = {
  'exposed-plain-http': 'setUpTls',
  'exposed-unguarded': 'setMode',
  'trusted-proxies-wide': 'editPolicy',
  tunnel: 'editPolicy',
  certificate: 'renew',
};

/** The remedies for a finding, the one that helps most first. */
export function remedyChoices(l10n: Localizer, finding: CheckupFinding): readonly Choice<Remedy>[] {
  const labels: Record<Remedy, string> = {
    setUpTls: `$(lock) ${l10n.t('Set Up TLS…')}`,
    setMode: `$(shield) ${l10n.t('Set the Security Mode…')}`,
    editPolicy: `$(edit) ${l10n.t('Edit the Security Policy')}`,
    renew: `$(sync) ${l10n.t('Renew the Certificate')}`,
    type: `$(terminal) ${l10n.t('Type the Command into a Terminal')}`,
    copy: `$(copy) ${l10n.t('Copy the Command')}`,
    source: `$(link-external) ${l10n.t('Open the Source')}`,
    report: `$(book) ${l10n.t('Show the Report')}`,
  };
  const own = remedies[finding.check];
  const offered: Remedy[] = [
    ...(own === undefined ? [] : [own]),
    ...(finding.command === undefined ? [] : (['type', 'copy'] as const)),
    ...(finding.source === undefined ? [] : (['source'] as const)),
    'report',
  ];
  return offered.map((value) => ({
    label: labels[value],
    value,
    ...(value === 'type' || value === 'copy' ? { detail: messageText(finding.command ?? '') } : {}),
  }));
}

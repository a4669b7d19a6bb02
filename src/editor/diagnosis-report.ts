import type { DiagnosisCode, DiagnosisStep } from '../protocol/gateway-rpc';
import type { Measurements } from '../core/measurements';
import type { CommandId } from './contributions';
import { localizeFinding, type Localizer } from './localizer';
import { measuredSection } from './measurements/measured-texts';
import { markdownText, plainText } from './safe-text';

/** The command that helps most after a finding; none for those a person has to solve at the engine. */
const remedies: Partial<Record<DiagnosisCode, CommandId>> = {
  'engines.none': 'flm.engines.add',
  'engines.noneUsable': 'flm.engines.refresh',
  'proxy.off': 'flm.proxy.start',
  'proxy.failed': 'flm.proxy.restart',
  'proxy.notOurs': 'flm.proxy.restart',
  'proxy.unreachable': 'flm.proxy.restart',
  'keys.noneExposed': 'flm.keys.create',
  'exposure.refused': 'flm.keys.create',
  'exposure.unguarded': 'flm.policy.setMode',
  'storage.degraded': 'flm.log.open',
  'storage.readOnly': 'flm.log.open',
};

/** The first step that failed: what fails after it is often its consequence. Undefined: all is well. */
export function firstFailure(steps: readonly DiagnosisStep[]): DiagnosisStep | undefined {
  return steps.find((step) => !step.ok);
}

/** What can be said when no step failed: a test request needs a loaded model, and a key that ends soon should be known. */
export function successText(l10n: Localizer, steps: readonly DiagnosisStep[], clean = plainText): string {
  const findings = (code: DiagnosisCode) => steps.map(({ finding }) => finding).filter((found) => found.code === code);
  const unsent = findings('client.noModel');
  const summary =
    unsent.length === 0
      ? l10n.t('Everything works: engines, models, proxy and a test request.')
      : l10n.t('Engines, models and proxy work.');
  const notes = [...unsent, ...findings('keys.expiring')].map((found) => localizeFinding(l10n, found, clean));
  return [summary, ...notes].join(' ');
}

export function remedyOf(code: DiagnosisCode): CommandId | undefined {
  return remedies[code];
}

export function stepLabel(l10n: Localizer, step: DiagnosisStep['step']): string {
  const labels: Record<DiagnosisStep['step'], string> = {
    gateway: l10n.t('Gateway'),
    engines: l10n.t('Engines'),
    models: l10n.t('Models'),
    proxy: l10n.t('Proxy'),
    keys: l10n.t('API keys'),
    exposure: l10n.t('Exposure'),
    storage: l10n.t('Storage'),
    client: l10n.t('Client'),
    picker: l10n.t('Models in VS Code'),
  };
  return labels[step];
}

function outcome(l10n: Localizer, step: DiagnosisStep): string {
  if (step.ok) return l10n.t('OK');
  return step.finding.code === 'client.skipped' ? l10n.t('Skipped') : l10n.t('Failed');
}

/** The whole diagnosis as a Markdown page. */
export function diagnosisReport(
  l10n: Localizer,
  steps: readonly DiagnosisStep[],
  facts: readonly (readonly [name: string, value: string])[],
  measurements: Measurements = { models: [] },
): string {
  const rows = steps.map((step) => {
    return `| ${outcome(l10n, step)} | ${stepLabel(l10n, step.step)} | ${localizeFinding(l10n, step.finding, markdownText)} |`;
  });
  const failure = firstFailure(steps);
  const summary =
    failure === undefined
      ? successText(l10n, steps, markdownText)
      : `${stepLabel(l10n, failure.step)}: ${localizeFinding(l10n, failure.finding, markdownText)}`;
  const measured = measuredSection(l10n, measurements);
  return [
    `# ${l10n.t('FLM Diagnosis')}`,
    summary,
    ['| | | |', '|:--|:--|:--|', ...rows].join('\n'),
    facts.map(([name, value]) => `- ${name}: ${markdownText(value)}`).join('\n'),
    ...(measured === '' ? [] : [measured]),
    '',
  ].join('\n\n');
}

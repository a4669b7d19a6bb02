import type { MachineAddress } from '../../core/exposure';
import { parseRange } from '../../core/ip-range';
import { FieldSteps } from '../input/field-steps';
import { runSteps, type Step } from '../input/run-steps';
import type { Choice, StepInput } from '../input/step-input';
import type { Localizer } from '../localizer';
import type { FirewallSystem } from './firewall-plan';
import { systemLabel } from './firewall-page';

export interface FirewallQuestions {
  readonly input: StepInput;
  readonly l10n: Localizer;
  /** Of this machine, the likeliest first. */
  readonly systems: readonly FirewallSystem[];
  readonly addresses: readonly MachineAddress[];
}

export interface FirewallChoice {
  readonly system: FirewallSystem;
  /** None: everybody. */
  readonly ranges: readonly string[];
}

interface Draft {
  readonly system: FirewallSystem;
  readonly who: 'networks' | 'ranges' | 'everybody';
  readonly text: string;
}

/** Which firewall → who is to be let in. Rejects with `cancelled` when dismissed. */
export async function askForFirewall(questions: FirewallQuestions): Promise<FirewallChoice> {
  const [first = 'nftables'] = questions.systems;
  const networks = networkRanges(questions.addresses);
  const start: Draft = { system: first, who: networks.length > 0 ? 'networks' : 'ranges', text: '' };
  const { system, who, text } = await runSteps(start, firewallSteps(questions, networks));
  const ranges = who === 'networks' ? networks : who === 'ranges' ? rangesOf(text) : [];
  return { system, ranges };
}

/** Ranges of the networks this machine is in that are not the whole internet. */
export function networkRanges(addresses: readonly MachineAddress[]): readonly string[] {
  return [...new Set(addresses.filter(({ kind }) => kind !== 'public').map(({ range }) => range))];
}

function firewallSteps(
  { input, l10n, systems }: FirewallQuestions,
  networks: readonly string[],
): readonly Step<Draft>[] {
  const fields = new FieldSteps<Draft>(input, l10n.t('Firewall Rules'));
  return [
    fields.pick(
      'system',
      (draft) => ({
        placeHolder: l10n.t('Which firewall?'),
        choices: systems.map((value, index) => ({
          label: systemLabel(l10n, value),
          value,
          isPicked: value === draft.system,
          ...(index === 0 && { description: l10n.t('found on this machine') }),
        })),
      }),
      () => systems.length > 1,
    ),
    fields.pick(
      'who',
      (draft) => ({ placeHolder: l10n.t('Who is to be let in?'), choices: whoChoices(l10n, networks, draft.who) }),
      // The application firewall of macOS knows no ranges.
      ({ system }) => system !== 'macos-app',
    ),
    fields.text(
      'text',
      () => ({
        prompt: l10n.t('Addresses and CIDR ranges that are to be let in'),
        placeHolder: '192.168.1.20, 10.0.0.0/8',
        validate: (value) => rangesProblem(l10n, value),
      }),
      ({ system, who }) => system !== 'macos-app' && who === 'ranges',
    ),
  ];
}

function whoChoices(
  l10n: Localizer,
  networks: readonly string[],
  chosen: Draft['who'],
): readonly Choice<Draft['who']>[] {
  const choices: Choice<Draft['who']>[] = [
    ...(networks.length === 0
      ? []
      : [{ label: l10n.t('The Networks of This Machine'), detail: networks.join(', '), value: 'networks' as const }]),
    { label: l10n.t('Certain Addresses…'), value: 'ranges' },
    {
      label: l10n.t('Everybody'),
      detail: l10n.t('Also from the internet, where a way leads here'),
      value: 'everybody',
    },
  ];
  return choices.map((choice) => ({ ...choice, isPicked: choice.value === chosen }));
}

function rangesOf(text: string): readonly string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== '');
}

function rangesProblem(l10n: Localizer, text: string): string | undefined {
  const ranges = rangesOf(text);
  if (ranges.length === 0) return l10n.t('Write at least one address or range.');
  const bad = ranges.find((range) => parseRange(range) === undefined);
  return bad === undefined ? undefined : l10n.t('{0} is neither an address nor a range.', bad);
}

import type { MachineAddress } from '../../core/exposure';
import type { ShareAudience } from '../../core/share';
import { ownNetworks } from '../../core/own-networks';
import { reachText } from '../exposure/exposure-text';
import { separator } from '../format';
import type { Choice } from '../input/step-input';
import { addressesProblem, parseList } from '../keys/key-checks';
import type { Localizer } from '../localizer';
import { messageText, plainText } from '../safe-text';

export type AudienceType = ShareAudience['type'];

/** Who a share can be for; the network says which it is now. */
export function audienceChoices(
  l10n: Localizer,
  machine: readonly MachineAddress[],
  picked: AudienceType,
): readonly Choice<AudienceType>[] {
  const privateOnes = ownNetworks(machine.filter(({ kind, range }) => kind === 'private' && range.includes('/')));
  const named = privateOnes.map(({ interfaceName, ranges }) => `${plainText(interfaceName)}: ${ranges.join(', ')}`);
  const choices: readonly Choice<AudienceType>[] = [
    {
      label: l10n.t('One Address or Range…'),
      detail: l10n.t('The machine of a colleague, for example: nobody else gets in, even with the key'),
      value: 'addresses',
    },
    {
      label: l10n.t('Your Network'),
      detail: named.length > 0 ? named.join(separator) : l10n.t('This machine is in no private network now'),
      value: 'lan',
    },
    {
      label: l10n.t('The Internet'),
      detail: l10n.t('Anybody who has the key, as far as your router and firewall let them in'),
      value: 'internet',
    },
    { label: l10n.t('This Machine'), detail: l10n.t('A program here, with limits of its own'), value: 'machine' },
  ];
  return choices.map((choice) => ({ ...choice, isPicked: choice.value === picked }));
}

/** Whether there is a choice among the networks of this machine: one that is private is meant without a question. */
export function hasNetworkChoice(machine: readonly MachineAddress[]): boolean {
  const [first, ...others] = ownNetworks(machine);
  return others.length > 0 || (first !== undefined && first.kind !== 'private');
}

export function networksPrompt(l10n: Localizer): string {
  return l10n.t('Which networks of this machine? None ticked: every private one, also those it joins later.');
}

/** The networks of this machine by name. */
export function networkChoices(
  l10n: Localizer,
  machine: readonly MachineAddress[],
  picked: readonly string[],
): readonly Choice<string>[] {
  return ownNetworks(machine).map(({ interfaceName, ranges, kind }) => ({
    label: messageText(interfaceName),
    description: [ranges.join(', '), reachText(l10n, kind)].join(separator),
    value: interfaceName,
    isPicked: picked.includes(interfaceName),
  }));
}

/** What is wrong with the ranges of an audience; none is wrong too. */
export function rangesProblem(l10n: Localizer, text: string): string | undefined {
  return parseList(text).length === 0 ? l10n.t('Write at least one address.') : addressesProblem(l10n, text);
}

/** @param networks names of chosen interfaces; none: every private network */
export function audienceOf(type: AudienceType, ranges: string, networks: readonly string[] = []): ShareAudience {
  if (type === 'addresses') return { type, ranges: parseList(ranges) };
  return type === 'lan' && networks.length > 0 ? { type, interfaces: networks } : { type };
}

import type { MachineAddress } from '../../core/exposure';
import type { ShareAudience } from '../../core/share';
import { keyAddresses } from '../../core/share-audience';
import type { Choice } from '../input/step-input';
import { addressesProblem, parseList } from '../keys/key-checks';
import type { Localizer } from '../localizer';

export type AudienceType = ShareAudience['type'];

/** Who a share can be for; the network says which it is now. */
export function audienceChoices(
  l10n: Localizer,
  machine: readonly MachineAddress[],
  picked: AudienceType,
): readonly Choice<AudienceType>[] {
  const networks =
    keyAddresses(
      { type: 'lan' },
      machine.filter(({ kind }) => kind === 'private'),
    ) ?? [];
  const hasNetwork = machine.some(({ kind }) => kind === 'private');
  const choices: readonly Choice<AudienceType>[] = [
    {
      label: l10n.t('One Address or Range…'),
      detail: l10n.t('The machine of a colleague, for example: nobody else gets in, even with the key'),
      value: 'addresses',
    },
    {
      label: l10n.t('Your Network'),
      detail: hasNetwork ? networks.join(', ') : l10n.t('This machine is in no private network now'),
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

/** What is wrong with the ranges of an audience; none is wrong too. */
export function rangesProblem(l10n: Localizer, text: string): string | undefined {
  return parseList(text).length === 0 ? l10n.t('Write at least one address.') : addressesProblem(l10n, text);
}

export function audienceOf(type: AudienceType, ranges: string): ShareAudience {
  return type === 'addresses' ? { type, ranges: parseList(ranges) } : { type };
}

import type { Endpoint } from '../../core/exposure';
import { separator } from '../format';
import type { Choice } from '../input/step-input';
import type { Localizer } from '../localizer';
import { plainText } from '../safe-text';

/** Addresses of the proxy with who can use them. */
export function endpointChoices(l10n: Localizer, endpoints: readonly Endpoint[]): readonly Choice<string>[] {
  const places: Record<Endpoint['from'], string> = {
    machine: l10n.t('for this machine'),
    network: l10n.t('for the network'),
    domain: l10n.t('public name'),
  };
  return endpoints.map(({ url, from, interfaceName, isTls }) => ({
    label: url,
    description: [
      places[from],
      interfaceName === undefined ? '' : plainText(interfaceName),
      isTls || from === 'machine' ? '' : l10n.t('not encrypted'),
    ]
      .filter((fact) => fact !== '')
      .join(separator),
    value: url,
  }));
}

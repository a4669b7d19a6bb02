import type { ExposureDemand, MachineAddress } from '../../core/exposure';
import type { CreateShareParams } from '../../protocol/sharing-rpc';
import { exposureOf, isBeyondMachine, keyAddresses } from '../../core/share-audience';
import { formatTime } from '../format';
import type { Localizer } from '../localizer';
import { messageText } from '../safe-text';
import { amountText } from './share-amounts';
import { modelsText } from './share-facts';

/** How connections of others are protected once the share is made. */
export type Protection = 'encrypted' | 'self-signed' | 'plain';

export interface SummaryFacts {
  readonly params: CreateShareParams;
  readonly machine: readonly MachineAddress[];
  readonly protection: Protection;
  readonly isProxyOff: boolean;
}

/** Most models named one by one. */
const maxNamed = 8;

/** What is about to be opened, in sentences: who, over which addresses, what, how protected, until when. */
export function summaryText(
  l10n: Localizer,
  facts: SummaryFacts,
): { readonly message: string; readonly detail: string } {
  const { params, machine, protection, isProxyOff } = facts;
  const { models = [], routes = [] } = params.limits;
  const amount = amountText(l10n, params.limits);
  const list = (values: readonly string[]) => values.map(messageText).join(', ');
  const until = params.expiresAt;
  const lines = [
    whoLine(l10n, params, machine),
    overLine(l10n, exposureOf(params.audience, machine, params.addresses)),
    models.length === 0 || models.length > maxNamed
      ? l10n.t('What: {0}.', modelsText(l10n, params.limits))
      : l10n.t('What: {0}.', list(models)),
    routes.length === 0 ? '' : l10n.t('Only for: {0}.', list(routes)),
    amount === '' ? l10n.t('How much: no limit of its own.') : l10n.t('How much: {0}.', amount),
    until === undefined
      ? l10n.t('Until when: until you stop it.')
      : l10n.t('Until when: {0}. It ends by itself then.', formatTime(until, l10n.language)),
    protectionLine(l10n, protection),
    isProxyOff ? l10n.t('The proxy is off and will be started.') : '',
  ];
  return {
    message: l10n.t('Share your models as “{0}”?', messageText(params.label)),
    detail: lines.filter((line) => line !== '').join('\n\n'),
  };
}

/** Whether a person has to agree first: somebody else will be able to reach this machine. */
export function needsConsent({ audience }: CreateShareParams): boolean {
  return isBeyondMachine(audience);
}

function whoLine(l10n: Localizer, { audience }: CreateShareParams, machine: readonly MachineAddress[]): string {
  switch (audience.type) {
    case 'machine':
      return l10n.t('Who: programs on this machine that have the key.');
    case 'addresses':
      return l10n.t(
        'Who: whoever has the key and comes from {0}. Everybody else is refused.',
        audience.ranges.map(messageText).join(', '),
      );
    case 'lan': {
      const { interfaces = [] } = audience;
      if (interfaces.length === 0) {
        return l10n.t('Who: everybody on your network who has the key. Everybody else is refused.');
      }
      return l10n.t(
        'Who: everybody in {0} ({1}) who has the key. Everybody else is refused.',
        (keyAddresses(audience, machine) ?? []).join(', '),
        interfaces.map(messageText).join(', '),
      );
    }
    case 'internet':
      return l10n.t('Who: everybody who has the key, from anywhere your router and firewall let them in.');
  }
}

function overLine(l10n: Localizer, { scope, addresses = [] }: ExposureDemand): string {
  if (scope === 'all') return l10n.t('Over: every address of this machine.');
  if (scope === 'machine') return l10n.t('Over: this machine only, for now.');
  return l10n.t('Over: {0}, besides this machine itself.', addresses.join(', '));
}

function protectionLine(l10n: Localizer, protection: Protection): string {
  const lines: Record<Protection, string> = {
    encrypted: l10n.t('Connections are encrypted.'),
    'self-signed': l10n.t(
      'Connections are encrypted with a certificate that FLM makes. The other side has to trust it once.',
    ),
    plain: l10n.t(
      'Connections are NOT encrypted. Whoever is on the way can read the key, the questions and the answers.',
    ),
  };
  return lines[protection];
}

import type { MachineAddress } from '../../core/exposure';
import type { TlsState } from '../../core/tls';
import type { SharingSummary } from '../../protocol/sharing-rpc';
import { formatCount, formatTime } from '../format';
import type { Localizer } from '../localizer';
import { plainText } from '../safe-text';

/** Addresses named one by one; more are a number. */
const maxNamed = 3;

/** Other machines can reach the proxy, and read along. */
export function isOpenUnencrypted({ exposure, tls }: Pick<SharingSummary, 'exposure' | 'tls'>): boolean {
  return exposure.addresses.length > 0 && tls.phase !== 'ready';
}

/** `192.168.1.20, 10.0.0.5 and 4 more`. */
export function addressText(l10n: Localizer, addresses: readonly string[]): string {
  const named = addresses.slice(0, maxNamed).join(', ');
  const more = addresses.length - maxNamed;
  return more <= 0 ? named : l10n.t('{0} and {1} more', named, formatCount(more, l10n.language));
}

/** Whether what is said on the way can be read, in a few words. */
export function encryptionText(l10n: Localizer, { phase }: TlsState): string {
  const texts: Record<TlsState['phase'], string> = {
    off: l10n.t('not encrypted'),
    preparing: l10n.t('certificate is being prepared'),
    ready: l10n.t('encrypted'),
    failed: l10n.t('no usable certificate'),
  };
  return texts[phase];
}

/** `until 14:00`; empty without an end. */
export function untilText(l10n: Localizer, until: number | undefined): string {
  return until === undefined ? '' : l10n.t('until {0}', formatTime(until, l10n.language));
}

/** What is being decided, put before a person as a whole. */
export interface ExposurePreview {
  readonly addresses: readonly string[];
  /** Every address of this machine, also those to come. */
  readonly isEverything: boolean;
  readonly isPublic: boolean;
  readonly port: number;
  readonly isEncrypted: boolean;
  readonly usableKeys: number;
  readonly until?: number;
}

/** Question and explanation of the modal. */
export function exposureQuestion(
  l10n: Localizer,
  preview: ExposurePreview,
): { readonly message: string; readonly detail: string } {
  const { addresses, isEverything, isPublic, isEncrypted, usableKeys, until } = preview;
  const urls = addresses.map((address) => urlOf(preview, address));
  const lines = [
    isPublic
      ? l10n.t('One of these addresses is public: the whole internet may be able to connect.')
      : l10n.t('Every machine in these networks will be able to connect.'),
    usableKeys === 1
      ? l10n.t('Only somebody who has the API key gets in, and only to the models and routes it allows.')
      : l10n.t(
          'Only somebody who has one of the {0} API keys gets in, and only to the models and routes that key allows.',
          formatCount(usableKeys, l10n.language),
        ),
    isEncrypted
      ? l10n.t('The connection is encrypted.')
      : l10n.t('The connection is not encrypted: keys, prompts and answers can be read on the way.'),
    until === undefined
      ? l10n.t('It stays that way until you change it.')
      : l10n.t('It ends by itself on {0}.', formatTime(until, l10n.language)),
    '',
    ...urls,
    ...(isEverything ? [l10n.t('… and every address this machine gets later')] : []),
  ];
  return { message: l10n.t('Let other machines reach the proxy?'), detail: lines.join('\n') };
}

function urlOf({ port, isEncrypted }: ExposurePreview, address: string): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `${isEncrypted ? 'https' : 'http'}://${host}:${String(port)}/v1`;
}

/** One of this machine's addresses, in words. */
export function addressFacts(l10n: Localizer, { interfaceName, range, kind }: MachineAddress): string {
  return [plainText(interfaceName), range, reachText(l10n, kind)].join(' · ');
}

/** How far an address or a network reaches. */
export function reachText(l10n: Localizer, kind: MachineAddress['kind']): string {
  const kinds: Record<MachineAddress['kind'], string> = {
    private: l10n.t('private network'),
    'link-local': l10n.t('only this cable or radio'),
    shared: l10n.t('shared by a provider or VPN'),
    public: l10n.t('public internet'),
  };
  return kinds[kind];
}

import type { SecuritySummary } from '../../protocol/security-rpc';
import { formatCount, separator } from '../format';
import { localizeReason, type Localizer } from '../localizer';
import { activeBlocks } from '../blocks/block-facts';

/** `2 keys · attacks are refused · 1 address blocked`: how the services stand, in one line. */
export function securityLine(l10n: Localizer, security: SecuritySummary, now: number): string {
  const blocked = activeBlocks(security.blocks, now).length;
  const facts = [
    keysText(l10n, security.usableKeys),
    modeText(l10n, security.mode),
    blocked === 0 ? '' : blockedText(l10n, blocked),
  ];
  return facts.filter((fact) => fact !== '').join(separator);
}

function keysText(l10n: Localizer, count: number): string {
  if (count === 0) return l10n.t('no API key');
  return count === 1 ? l10n.t('1 API key') : l10n.t('{0} API keys', formatCount(count, l10n.language));
}

function modeText(l10n: Localizer, mode: SecuritySummary['mode']): string {
  const texts: Record<SecuritySummary['mode'], string> = {
    off: l10n.t('attack detection is off'),
    observe: l10n.t('attacks are recorded, not refused'),
    enforce: l10n.t('attacks are refused'),
  };
  return texts[mode];
}

export function blockedText(l10n: Localizer, count: number): string {
  return count === 1 ? l10n.t('1 address blocked') : l10n.t('{0} addresses blocked', formatCount(count, l10n.language));
}

/** What a person should know of the storage; undefined: all is well. */
export function storageText(
  l10n: Localizer,
  security: SecuritySummary,
  clean?: (text: string) => string,
): string | undefined {
  return security.storage.kind === 'ok' ? undefined : localizeReason(l10n, security.storage.reason, clean);
}

/** What resource protection does now; undefined: nothing. */
export function throttleText(l10n: Localizer, { load }: SecuritySummary): string | undefined {
  const texts: Record<SecuritySummary['load']['throttle'], string | undefined> = {
    0: undefined,
    1: l10n.t('The machine is busy: requests wait in a queue.'),
    2: l10n.t('The machine is busy: other machines get fewer requests at once.'),
    3: l10n.t('Memory is short: no new requests from other machines.'),
    4: l10n.t('Memory is short: no new requests.'),
  };
  return texts[load.throttle];
}

import type { ApiKey } from '../../core/api-key';
import type { Block } from '../../core/block';
import type { ShareView } from '../../core/share';
import type { SecuritySummary } from '../../protocol/security-rpc';
import { activeBlocks, blockFacts, sortBlocks } from '../blocks/block-facts';
import { formatCount, separator } from '../format';
import type { KnownKeys } from '../keys/key-list';
import { keyFacts, keyLabel, keyStanding, sortKeys } from '../keys/key-facts';
import type { Localizer } from '../localizer';
import { plainText } from '../safe-text';
import { storageText, throttleText } from '../alerts/security-lines';
import { shareFacts, shareLabel } from '../shares/share-facts';
import type { BlockNode, KeyNode, NoteNode, ShareNode, SharingNode } from './sharing-node';
import { contextValue } from './tree-node';

/** Rows of one kind shown at once. More is a list to search in, not to look at. */
export const maxRows = 100;

/**
 * What is true of sharing now: trouble first, then shares, other keys that open the door and decoys, then blocks. The
 * key of a share is its share's row.
 */
export function sharingNodes(
  l10n: Localizer,
  security: SecuritySummary | undefined,
  { keys, requestsToday }: KnownKeys,
  now: number,
  shares: readonly ShareView[] = [],
): readonly SharingNode[] {
  const ownKeys = keys.filter(({ shareId }) => shareId === undefined);
  const shownKeys = sortKeys(ownKeys, now).filter((key) => ['usable', 'decoy'].includes(keyStanding(key, now)));
  const blocks = sortBlocks(activeBlocks(security?.blocks ?? [], now));
  return [
    ...(security === undefined ? [] : troubleNodes(l10n, security)),
    ...shares.slice(0, maxRows).map((share) => shareNode(l10n, share, now)),
    ...moreNode(l10n, 'flm.shares.manage', shares.length - maxRows),
    ...shownKeys.slice(0, maxRows).map((key) => keyNode(l10n, key, now, requestsToday.get(key.id))),
    ...moreNode(l10n, 'flm.keys.manage', shownKeys.length - maxRows),
    ...blocks.slice(0, maxRows).map((block) => blockNode(l10n, block, now)),
    ...moreNode(l10n, 'flm.blocks.manage', blocks.length - maxRows),
  ];
}

/** Whether there is anything to list, as far as it is known without asking for the keys. */
export function hasSharing(security: SecuritySummary | undefined, { keys }: KnownKeys): boolean {
  if (security === undefined) return false;
  const isInTrouble = security.storage.kind !== 'ok' || security.load.throttle > 0;
  const hasDecoy = keys.some((key) => key.kind === 'decoy' && key.revokedAt === undefined);
  return isInTrouble || security.usableKeys > 0 || hasDecoy || security.blocks.length > 0;
}

function shareNode(l10n: Localizer, share: ShareView, now: number): ShareNode {
  const label = shareLabel(share);
  const description = shareFacts(l10n, share, now).join(separator);
  return {
    kind: 'share',
    id: `share:${share.id}`,
    label,
    description,
    icon: { id: 'live-share', color: 'charts.green' },
    contextValue: contextValue('share', share.audience.type),
    expansion: 'none',
    accessibilityLabel: [l10n.t('Share {0}', label), description].join(', '),
    share,
  };
}

function keyNode(l10n: Localizer, key: ApiKey, now: number, requestsToday: number | undefined): KeyNode {
  const label = keyLabel(key);
  const description = keyFacts(l10n, key, now, requestsToday).join(separator);
  const isDecoy = key.kind === 'decoy';
  return {
    kind: 'key',
    id: `key:${key.id}`,
    label,
    description,
    icon: isDecoy ? { id: 'bug', color: 'charts.yellow' } : { id: 'key' },
    contextValue: contextValue('key', isDecoy ? 'decoy' : 'normal'),
    expansion: 'none',
    accessibilityLabel: [isDecoy ? l10n.t('Decoy key {0}', label) : l10n.t('API key {0}', label), description].join(
      ', ',
    ),
    key,
  };
}

function blockNode(l10n: Localizer, block: Block, now: number): BlockNode {
  const label = plainText(block.range);
  const description = blockFacts(l10n, block, now).join(separator);
  return {
    kind: 'block',
    id: `block:${block.range}`,
    label,
    description,
    icon: { id: 'circle-slash', color: 'list.errorForeground' },
    contextValue: contextValue('block', block.source, block.expiresAt !== undefined && 'temporary'),
    expansion: 'none',
    accessibilityLabel: [l10n.t('Blocked address {0}', label), description].join(', '),
    block,
  };
}

function troubleNodes(l10n: Localizer, security: SecuritySummary): NoteNode[] {
  const storage = storageText(l10n, security);
  const throttle = throttleText(l10n, security);
  const storageLabel =
    security.storage.kind === 'read-only' ? l10n.t('Records are not kept') : l10n.t('Records are kept in memory only');
  return [
    ...(storage === undefined ? [] : [note('storage', 'warning', storageLabel, storage)]),
    ...(throttle === undefined ? [] : [note('throttle', 'dashboard', l10n.t('Throttled'), throttle)]),
  ];
}

function note(name: string, icon: string, label: string, sentence: string): NoteNode {
  return {
    kind: 'note',
    id: `note:${name}`,
    label,
    description: sentence,
    icon: { id: icon, color: 'list.warningForeground' },
    contextValue: contextValue('note', name),
    expansion: 'none',
    accessibilityLabel: `${label}, ${sentence}`,
    sentence,
  };
}

type ListCommand = 'flm.shares.manage' | 'flm.keys.manage' | 'flm.blocks.manage';

function moreNode(l10n: Localizer, command: ListCommand, count: number): NoteNode[] {
  if (count <= 0) return [];
  const label = l10n.t('{0} More…', formatCount(count, l10n.language));
  return [
    {
      kind: 'note',
      id: `more:${command}`,
      label,
      icon: { id: 'ellipsis' },
      contextValue: contextValue('more'),
      expansion: 'none',
      accessibilityLabel: label,
      sentence: label,
      command,
    },
  ];
}

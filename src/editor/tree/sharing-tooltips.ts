import type { Block } from '../../core/block';
import { blockReason, remainingText, ruleLabel } from '../blocks/block-facts';
import { formatTime } from '../format';
import { keyFacts, keyLabel, publicPart, scopeLines } from '../keys/key-facts';
import type { Localizer } from '../localizer';
import { markdownText } from '../safe-text';
import { shareLabel, shareLines } from '../shares/share-facts';
import type { SharingNode } from './sharing-node';

/** What hovering a row tells, as Markdown to be shown untrusted. Addresses and evidence are a stranger's and escaped. */
export function sharingTooltip(l10n: Localizer, node: SharingNode, now: number): string {
  switch (node.kind) {
    case 'note':
      return markdownText(node.sentence);
    case 'block':
      return blockTooltip(l10n, node.block, now);
    case 'share':
      return page(shareLabel(node.share), shareLines(l10n, node.share, now));
    case 'key': {
      const { key } = node;
      return page(keyLabel(key), [
        [l10n.t('Public part'), publicPart(key)],
        [l10n.t('State'), keyFacts(l10n, key, now).join(', ')],
        [l10n.t('Created'), formatTime(key.createdAt, l10n.language)],
        ...scopeLines(l10n, key.scope),
      ]);
    }
  }
}

function blockTooltip(l10n: Localizer, block: Block, now: number): string {
  const until = block.expiresAt === undefined ? '' : formatTime(block.expiresAt, l10n.language);
  return page(block.range, [
    [l10n.t('Why'), ruleLabel(l10n, block.source === 'auto' ? block.rule : block.source)],
    [l10n.t('What was seen'), blockReason(l10n, block)],
    [l10n.t('State'), remainingText(l10n, block, now)],
    [l10n.t('Since'), formatTime(block.createdAt, l10n.language)],
    [l10n.t('Until'), until],
    [l10n.t('Blocked before'), block.strikes === 0 ? '' : String(block.strikes)],
    [l10n.t('Note'), block.note ?? ''],
  ]);
}

function page(title: string, rows: readonly (readonly [name: string, value: string])[]): string {
  const table = rows.filter(([, value]) => value !== '').map(([name, value]) => `| ${name} | ${markdownText(value)} |`);
  return [`**${markdownText(title)}**`, ['| | |', '|:--|:--|', ...table].join('\n')].join('\n\n');
}

import type { AllowEntry, Block } from '../../core/block';
import { formatAge } from '../format';
import { localizeReason, type Localizer } from '../localizer';
import { plainText } from '../safe-text';

/** Newest first, as people look for what just happened. */
export function sortBlocks(blocks: readonly Block[]): readonly Block[] {
  return [...blocks].sort((a, b) => b.createdAt - a.createdAt || a.range.localeCompare(b.range));
}

/** Blocks that still hold. The gateway takes ended ones off the list up to half a minute late. */
export function activeBlocks(blocks: readonly Block[], now: number): readonly Block[] {
  return blocks.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
}

/** `blocked 27 min more`, `blocked until lifted`. */
export function remainingText(l10n: Localizer, block: Pick<Block, 'expiresAt'>, now: number): string {
  if (block.expiresAt === undefined) return l10n.t('blocked until lifted');
  return l10n.t('blocked {0} more', formatAge(l10n, block.expiresAt - now));
}

/** Why somebody is blocked, in the reader's words. */
export function ruleLabel(l10n: Localizer, rule: string): string {
  const labels: Readonly<Record<string, string>> = {
    'auth-guessing': l10n.t('guessed API keys'),
    intrusion: l10n.t('attack patterns in its requests'),
    anomaly: l10n.t('unusual amount or kind of requests'),
    honeypot: l10n.t('touched decoy paths'),
    manual: l10n.t('blocked by you'),
    import: l10n.t('from an imported list'),
  };
  return Object.hasOwn(labels, rule) ? (labels[rule] ?? rule) : plainText(rule);
}

/** `blocked 27 min more · guessed API keys · my note`. */
export function blockFacts(l10n: Localizer, block: Block, now: number): string[] {
  const cause = block.source === 'auto' ? ruleLabel(l10n, block.rule) : ruleLabel(l10n, block.source);
  const facts = [remainingText(l10n, block, now), cause, plainText(block.note ?? '')];
  return facts.filter((fact) => fact !== '');
}

/** What the gateway saw when it blocked, in the reader's words where it is known as data. Nothing for blocks by people. */
export function blockReason(l10n: Localizer, { source, reason, cause }: Block): string {
  if (source !== 'auto') return '';
  if (cause === undefined) return plainText(reason);
  const quote = cause.quote === undefined ? '' : l10n.t('Last seen: {0}', plainText(cause.quote));
  return [localizeReason(l10n, cause.sentence), quote].filter((part) => part !== '').join(' ');
}

export function allowFacts(l10n: Localizer, entry: AllowEntry, now: number): string[] {
  const until =
    entry.expiresAt === undefined
      ? l10n.t('always allowed')
      : l10n.t('allowed {0} more', formatAge(l10n, entry.expiresAt - now));
  return [until, plainText(entry.note ?? '')].filter((fact) => fact !== '');
}

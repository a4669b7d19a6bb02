import type { LocalizedStrings } from '../../../protocol/panel-strings';
import type { Localizer } from '../../localizer';

export function blocklistTexts(l10n: Localizer): Pick<LocalizedStrings, 'blocklist'> {
  return {
    blocklist: {
      blocks: l10n.t('Blocked addresses'),
      allowed: l10n.t('Always allowed addresses'),
      allowedHint: l10n.t('The allowlist wins over every block and limit.'),
      search: l10n.t('Search'),
      searchHint: l10n.t('Address, reason, rule, note'),
      add: l10n.t('Block an Address'),
      addAction: l10n.t('Block'),
      addAllowed: l10n.t('Allow an Address'),
      allowAction: l10n.t('Allow'),
      range: l10n.t('Address or range'),
      rangeHint: l10n.t('203.0.113.9, 203.0.113.0/24 or 2001:db8::/48'),
      noRange: l10n.t('{0} is no address and no range. Write 203.0.113.9 or 203.0.113.0/24.'),
      note: l10n.t('Note'),
      noteHint: l10n.t('Why, for yourself'),
      howLong: l10n.t('For'),
      extend: l10n.t('Extend'),
      extendTitle: l10n.t('Extend the block of {0}'),
      longerBy: l10n.t('Longer by'),
      import: l10n.t('Import'),
      imported: l10n.t('Added: {0}. Already there: {1}. Refused: {2}.'),
      refusedLines: l10n.t('Lines that were not taken'),
      line: l10n.t('Line {0}:'),
      exportAs: l10n.t('Export…'),
      exportPlain: l10n.t('Plain list'),
      exported: l10n.t('Blocklist written to {0}'),
      clearTemporary: l10n.t('Lift Temporary Blocks'),
      clearQuestion: l10n.t(
        'Blocks that would end by themselves: {0}. They are lifted now, and the scores of these addresses are cleared.',
      ),
      cleared: l10n.t('Blocks lifted: {0}.'),
      noBlocks: l10n.t('Nobody is blocked. FLM adds addresses here when they attack; you can add your own.'),
      noMatch: l10n.t('No block matches the search.'),
      noAllowed: l10n.t('No address is on the allowlist. This machine is never blocked anyway.'),
      removeAllowed: l10n.t('Remove'),
      allowedRemoved: l10n.t('{0} is no longer on the allowlist.'),
      untilLifted: l10n.t('blocked until lifted'),
      left: l10n.t('blocked {0} more'),
      allowedLeft: l10n.t('allowed {0} more'),
      sources: {
        manual: l10n.t('by hand'),
        auto: l10n.t('automatic'),
        import: l10n.t('imported'),
      },
    },
  };
}

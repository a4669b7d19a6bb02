import type { ShareView } from '../../core/share';
import type { Localizer } from '../localizer';
import { markdownText } from '../safe-text';
import { shareLabel, shareLines } from './share-facts';

/** Everything of a share, as a Markdown page. */
export function sharePage(l10n: Localizer, share: ShareView, now: number): string {
  const rows = shareLines(l10n, share, now)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `| ${name} | ${markdownText(value)} |`);
  const title = l10n.t('Share “{0}”', markdownText(shareLabel(share)));
  return [`# ${title}`, ['| | |', '|:--|:--|', ...rows].join('\n')].join('\n\n');
}

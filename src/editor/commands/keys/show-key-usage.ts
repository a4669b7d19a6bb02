import type { CommandHandler } from '../../command-services';
import { dayMs } from '../../keys/key-expiry';
import { keyLabel } from '../../keys/key-facts';
import { usagePage } from '../../keys/usage-page';
import { withProgress } from '../../progress';
import { plainText } from '../../safe-text';
import { pickKey } from './pick-key';

const shownRequests = 50;

/** What a key may do and what it did: a page. */
export const showKeyUsage: CommandHandler = async (services, argument) => {
  const { l10n, gateway, clock, reports } = services;
  const key = await pickKey(services, argument, l10n.t('Key whose use to show'));
  const now = clock.now();
  const span = { from: now - 7 * dayMs, to: now + 1, bucketMs: dayMs, top: 100 };
  const answers = Promise.all([
    gateway.request('audit/statistics', span),
    gateway.request('access/query', { keyId: key.id, limit: shownRequests }),
  ]);
  const [statistics, { rows }] = await withProgress(l10n.t('Reading the records'), answers);
  const name = l10n.t('Use of {0}', plainText(keyLabel(key)).replace(/[\\/:?#]/g, '-'));
  await reports.show(name, usagePage(l10n, key, statistics, rows, now));
};

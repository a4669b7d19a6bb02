import { collectRows } from '../../audit/collect-rows';
import { eventsPage } from '../../audit/events-page';
import type { CommandHandler } from '../../command-services';
import { withProgress } from '../../progress';

const shownEvents = 200;

/** The newest security events as a page. */
export const showEvents: CommandHandler = async ({ gateway, l10n, reports }) => {
  const rows = await withProgress(l10n.t('Reading the records'), collectRows(gateway, {}, shownEvents));
  await reports.show(l10n.t('FLM Security Events'), eventsPage(l10n, rows));
};

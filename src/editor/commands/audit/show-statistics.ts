import { statisticsPage } from '../../audit/statistics-page';
import type { CommandHandler } from '../../command-services';
import { formatSpan } from '../../format';
import { answered } from '../../input/questions';
import { dayMs } from '../../keys/key-expiry';
import { keyLabel } from '../../keys/key-facts';
import { withProgress } from '../../progress';

const hourMs = 60 * 60 * 1000;

/** Spans to choose from, each with bars that are few enough to read. */
const spans = [
  { lengthMs: hourMs, bucketMs: 2 * 60 * 1000 },
  { lengthMs: dayMs, bucketMs: hourMs },
  { lengthMs: 7 * dayMs, bucketMs: 6 * hourMs },
] as const;

/** Who used which model how much: a page. */
export const showStatistics: CommandHandler = async ({ gateway, l10n, reports, input, clock, keyList }) => {
  const title = l10n.t('Use of the Models');
  const choices = spans.map((span) => ({
    label: l10n.t('Last {0}', formatSpan(l10n, span.lengthMs)),
    value: span,
    isPicked: span.lengthMs === dayMs,
  }));
  const span = answered(await input.pick({ title, placeHolder: l10n.t('Which time?'), choices }));
  const to = clock.now() + 1;
  const from = to - span.lengthMs;
  const request = gateway.request('audit/statistics', { from, to, bucketMs: span.bucketMs, top: 20 });
  const [statistics] = await withProgress(l10n.t('Reading the records'), Promise.all([request, keyList.refresh()]));
  const labels = new Map(keyList.known.keys.map((key) => [key.id, keyLabel(key)]));
  await reports.show(l10n.t('FLM Use'), statisticsPage(l10n, statistics, { from, to }, labels));
};
